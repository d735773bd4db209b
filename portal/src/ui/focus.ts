/** The keyboard's place on a page where what had it goes away: a browser would begin at the top again. */

import { nextTick, type Directive } from "vue";

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

/** Goes to `place` once the page is as it will be, unless the keyboard has a place. */
export async function settle(place: () => HTMLElement | null): Promise<void> {
  await nextTick();
  if (isLost()) {
    place()?.focus();
  }
}

/** What a form is in, for when it is gone. */
const around = new WeakMap<HTMLElement, HTMLElement | null>();

/** On a form that comes in the place of the button that opened it: to its first field, and when it goes to the button that has come back. */
export const vArrive: Directive<HTMLElement> = {
  mounted(form) {
    around.set(form, form.closest<HTMLElement>("li, section"));
    form.querySelector<HTMLElement>("input, textarea")?.focus();
  },
  unmounted(form) {
    const place = around.get(form);
    void settle(() => (place?.isConnected ? (place.querySelector("button") ?? place) : document.querySelector<HTMLElement>("main")));
  },
};
