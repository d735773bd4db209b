/** The pages of who isn't logged in. */

import type { RouteRecordRaw } from "vue-router";

export const visitors: RouteRecordRaw[] = [
  {
    path: "/login",
    name: "login",
    component: () => import("@/pages/login/LoginPage.vue"),
    meta: { title: { "zh-CN": "登录", en: "Log in" } },
  },
  {
    path: "/register",
    name: "register",
    component: () => import("@/pages/register/RegisterPage.vue"),
    meta: { title: { "zh-CN": "注册账户", en: "Register" } },
  },
  {
    path: "/forgotten-password",
    name: "forgotten-password",
    component: () => import("@/pages/forgotten/ForgottenPage.vue"),
    meta: { title: { "zh-CN": "忘记密码", en: "Forgotten password" } },
  },
];
