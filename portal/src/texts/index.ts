/**
 * Every text that a person reads, in Chinese and in English.
 *
 * A page keeps its texts beside it, in a `texts.ts` of its own: `export default texts("login", { … 中文 … }, { … English … })`. Both languages
 * have the same keys, or it doesn't compile. They arrive with the page, not before.
 */

import { computed, type ComputedRef } from "vue";
import { createI18n } from "vue-i18n";

/** The languages, the first one by default. */
export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

interface Tree {
  readonly [key: string]: string | Tree;
}

/** The same keys with other texts. */
type Same<T> = { readonly [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

/** The ways to the texts of `T`: `form.name`. */
export type Key<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Key<T[K]>}` }[keyof T & string];

/** The texts of one page or part. */
export interface Texts<T> {
  readonly name: string;
  readonly "zh-CN": T;
  readonly en: Same<T>;
}

const KEPT = "eport.language";

export const i18n = createI18n({
  legacy: false,
  locale: kept(),
  fallbackLocale: "zh-CN",
  messages: { "zh-CN": {}, en: {} } as Record<Language, Record<string, Tree>>,
  missingWarn: import.meta.env.DEV,
});

/** Takes the texts of a page in. `name` is the page's own: no other may have it. */
export function texts<const T extends Tree>(name: string, zh: T, en: Same<T>): Texts<T> {
  i18n.global.mergeLocaleMessage("zh-CN", { [name]: zh });
  i18n.global.mergeLocaleMessage("en", { [name]: en });
  return { name, "zh-CN": zh, en };
}

/** Reads the texts of a page, in the language of the moment: a template that uses `t` changes with it. */
export function useTexts<T>(of: Texts<T>): { t: (key: Key<T>, values?: Record<string, unknown>) => string } {
  return { t: (key, values = {}) => i18n.global.t(`${of.name}.${key}`, values) };
}

/** Whether there is such a text: for keys that come from outside, such as a message's kind. */
export function hasText<T>(of: Texts<T>, key: string): key is Key<T> {
  return i18n.global.te(`${of.name}.${key}`) || i18n.global.te(`${of.name}.${key}`, "zh-CN");
}

/** The language of the moment. */
export const language: ComputedRef<Language> = computed(() => i18n.global.locale.value as Language);

/** Changes the language, for good. */
export function speak(to: Language): void {
  i18n.global.locale.value = to;
  try {
    localStorage.setItem(KEPT, to);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

function kept(): Language {
  try {
    return localStorage.getItem(KEPT) === "en" ? "en" : "zh-CN";
  } catch {
    return "zh-CN";
  }
}

/** A day, `2026年11月22日` or `22 Nov 2026`; a dash for nothing. */
export function day(at: string | null | undefined): string {
  // What is a day and no moment is that day everywhere.
  const isDay = at?.length === "2026-11-22".length;
  return format(at, { dateStyle: "medium", ...(isDay ? { timeZone: "UTC" } : {}) });
}

/** The zone of this page's clock: `GMT+08:00`. */
export function zone(): string {
  const parts = new Intl.DateTimeFormat("en", { timeZoneName: "longOffset" }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** What everybody takes a time for who sees none: China has one zone. */
const EXPECTED_ZONE = "GMT+08:00";

/** A day and its time, to the minute, with the zone where the person's clock isn't China's. */
export function moment(at: string | null | undefined): string {
  const text = format(at, { dateStyle: "medium", timeStyle: "short" });
  return at === null || at === undefined || zone() === EXPECTED_ZONE ? text : `${text} ${zone()}`;
}

function format(at: string | null | undefined, options: Intl.DateTimeFormatOptions): string {
  if (at === null || at === undefined) {
    return "—";
  }
  return new Intl.DateTimeFormat(language.value === "en" ? "en-GB" : "zh-CN", options).format(new Date(at));
}
