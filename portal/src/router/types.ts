/** What a route says of itself. The menu, the guards and the page's title are made from it. */

import type { Component } from "vue";
import type { RouteRecordRaw } from "vue-router";

import type { Audience } from "@/session/session.ts";
import type { Language } from "@/texts/index.ts";

/** A name in both languages. */
export type Title = Readonly<Record<Language, string>>;

/** The parts of the side menu, from the top. */
export const GROUPS = ["me", "enterprise", "staff"] as const;
export type Group = (typeof GROUPS)[number];

declare module "vue-router" {
  interface RouteMeta {
    /** The page's name: its heading, its menu entry, the browser's tab. */
    title?: Title;
    /** Whom it is for. Absent: who isn't logged in. */
    for?: Audience;
    /** Set where it is for who is logged in and who isn't. */
    everyone?: true;
    /** Where it stands in the side menu; absent where it doesn't. */
    menu?: { readonly group: Group; readonly icon: Component };
  }
}

/** A page within the layout of those who are logged in. */
export type Page = RouteRecordRaw & { name: string; meta: { title: Title; for: Audience } };
