/** The pages of who isn't logged in. */

import type { RouteRecordRaw } from "vue-router";

export const visitors: RouteRecordRaw[] = [
  {
    path: "/login",
    name: "login",
    component: () => import("@/pages/login/LoginPage.vue"),
    meta: { title: { "zh-CN": "登录", en: "Log in" } },
  },
];
