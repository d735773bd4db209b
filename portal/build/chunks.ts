/**
 * What comes in one file. Left to itself the build makes a file of whatever two pages share, and the login page is 38 requests: on a phone's
 * network each costs more than what is in it.
 *
 * A file holds what is nearly always needed together. The first group that takes a module keeps it, with all that the module needs.
 */

import type { Rolldown } from "vite";

type Groups = Extract<NonNullable<Rolldown.OutputOptions["codeSplitting"]>, object>["groups"];

/** Parts of Element Plus, with their styles. */
const parts = (...names: string[]): string => `element-plus/es/components/(${names.join("|")})/`;

/** In this order. */
const FILES: readonly { name: string; test: RegExp; initial?: true; shared?: number }[] = [
  // What every page has before it is known which one it is: of others, and ours. Others' changes with our packages only.
  { name: "vendor", test: /node_modules/, initial: true },
  { name: "app", test: /^(?!.*\/src\/main\.ts$)/, initial: true },
  // Of lodash and the like, what most pages have.
  { name: "base", test: /node_modules\/(lodash-es|@vueuse|element-plus\/es\/(hooks|utils|constants))\//, shared: 12 },
  { name: "common", test: /src\/(layout\/(BrandMark|texts)|ui\/(LanguageSwitch|texts))|element-plus\/es\/(utils|constants)\// },
  { name: "form", test: new RegExp(`${parts("input", "form", "form-item")}|src/ui/(FormField|useSubmit|SmsCodeField|CountdownButton)`) },
  { name: "login", test: new RegExp(`${parts("tabs", "tab-pane")}|src/pages/login/(?!CardLogin|LogInAgain)|src/layout/VisitorLayout`) },
  // What stands around a page of who is logged in, and most dialogs and lists that open.
  { name: "shell", test: new RegExp(parts("dropdown", "drawer", "badge", "tooltip", "popper", "dialog", "overlay")) },
  { name: "page", test: new RegExp(`${parts("tag", "alert", "skeleton", "empty")}|src/ui/(PageCard|PageSkeleton|FactList|useLoad|useList)`) },
];

export const groups: Groups = FILES.map(({ name, test, initial, shared }, i) => ({
  name,
  test,
  priority: FILES.length - i,
  ...(initial === true ? { tags: ["$initial"] } : {}),
  ...(shared === undefined ? {} : { minShareCount: shared }),
}));
