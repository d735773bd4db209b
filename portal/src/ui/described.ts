/** What is wrong with a field, tied to its input where Element Plus has no way to pass that on: `v-described="{ by: id, invalid }"`. */

import type { Directive } from "vue";

interface Described {
  /** The id of what describes it; undefined where nothing does. */
  readonly by: string | undefined;
  readonly invalid: boolean;
}

function describe(part: HTMLElement, { by, invalid }: Described): void {
  const input = part.querySelector("input");
  for (const [name, value] of [["aria-describedby", by], ["aria-invalid", invalid ? "true" : undefined]] as const) {
    if (value === undefined) {
      input?.removeAttribute(name);
    } else {
      input?.setAttribute(name, value);
    }
  }
}

export const vDescribed: Directive<HTMLElement, Described> = {
  mounted: (part, { value }) => describe(part, value),
  updated: (part, { value }) => describe(part, value),
};
