/** Where every page is, and who may go there. */

import { watchEffect } from "vue";
import { createRouter, createWebHistory, type RouteLocationNormalized, type Router } from "vue-router";

import { useSession } from "@/session/session.ts";
import common from "@/texts/common.ts";
import { language, useTexts } from "@/texts/index.ts";
import { breath } from "@/ui/breath.ts";

import { enterprise } from "./enterprise.ts";
import { personal } from "./personal.ts";
import { staff } from "./staff.ts";
import { watchUnreached } from "./unreached.ts";
import { visitors } from "./visitors.ts";

/** Every page of who is logged in, in the order of the menu. */
export const pages = [...personal, ...enterprise, ...staff];

export function makeRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    // A page whose content is still to come goes to its own places.
    scrollBehavior: (to, _from, saved) => saved ?? (to.hash === "" ? { top: 0 } : false),
    routes: [
      { path: "/visitor", redirect: { name: "login" }, component: () => import("@/layout/VisitorLayout.vue"), children: visitors },
      { path: "/in", redirect: { name: "workbench" }, component: () => import("@/layout/AppLayout.vue"), children: pages },
      {
        path: "/manual/:chapter?",
        name: "manual",
        component: () => import("@/pages/manual/ManualPage.vue"),
        meta: { title: { "zh-CN": "使用手册", en: "Manual" }, everyone: true },
      },
      {
        path: "/:unknown(.*)*",
        name: "unknown",
        component: () => import("@/pages/unknown/UnknownPage.vue"),
        meta: { title: { "zh-CN": "页面不存在", en: "Not found" }, everyone: true },
      },
    ],
  });

  router.beforeEach(async (to) => {
    const session = useSession();
    if (session.isExpected()) {
      fetchAhead(to);
    }
    await session.start();
    if (to.meta.everyone === true) {
      return true;
    }
    const audience = to.meta.for;
    if (audience === undefined) {
      // Who is logged in already has nothing to do there.
      return session.isLoggedIn ? { name: "workbench" } : true;
    }
    if (!session.isLoggedIn) {
      return { name: "login", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
    }
    return session.may(audience) ? true : { name: "workbench" };
  });

  // A page's files have just run; it is drawn next.
  router.beforeResolve(breath);

  watchUnreached(router);

  const { t } = useTexts(common);
  watchEffect(() => {
    const title = router.currentRoute.value.meta.title?.[language.value];
    document.title = title === undefined ? t("title") : `${title} - ${t("title")}`;
    document.documentElement.lang = language.value;
  });
  return router;
}

/** Has the files of a page fetched while the session is still being taken up, which takes as long: then neither waits for the other. */
function fetchAhead({ matched }: RouteLocationNormalized): void {
  for (const component of matched.flatMap(({ components }) => Object.values(components ?? {}))) {
    if (typeof component === "function") {
      // What doesn't come is told where the router asks for it.
      void (component as () => Promise<unknown>)().catch(() => undefined);
    }
  }
}

/** Where a person goes after a login: back to what they wanted, if that is a place of this page. */
export function afterLogin(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/";
}
