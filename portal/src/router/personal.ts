/** The pages of a person. */

import { Bell, CreditCard, HomeFilled, Monitor, Setting, User } from "@element-plus/icons-vue";

import type { Page } from "./types.ts";

export const personal: Page[] = [
  {
    path: "/",
    name: "workbench",
    component: () => import("@/pages/workbench/WorkbenchPage.vue"),
    meta: { title: { "zh-CN": "工作台", en: "Workbench" }, for: "anyone", menu: { group: "me", icon: HomeFilled } },
  },
  {
    path: "/account",
    name: "account",
    component: () => import("@/pages/account/AccountPage.vue"),
    meta: { title: { "zh-CN": "账号信息", en: "My account" }, for: "anyone", menu: { group: "me", icon: User } },
  },
  {
    path: "/activation",
    name: "activation",
    component: () => import("@/pages/activation/ActivationPage.vue"),
    meta: { title: { "zh-CN": "账号激活", en: "Activate the account" }, for: "person" },
  },
  {
    path: "/card",
    name: "card",
    component: () => import("@/pages/card/CardPage.vue"),
    meta: { title: { "zh-CN": "IC 卡管理", en: "IC card" }, for: "person", menu: { group: "me", icon: CreditCard } },
  },
  {
    path: "/messages",
    name: "messages",
    component: () => import("@/pages/messages/MessagesPage.vue"),
    meta: { title: { "zh-CN": "消息提醒", en: "Messages" }, for: "anyone", menu: { group: "me", icon: Bell } },
  },
  {
    path: "/settings",
    name: "settings",
    component: () => import("@/pages/settings/SettingsPage.vue"),
    meta: { title: { "zh-CN": "账户设置", en: "Settings" }, for: "person", menu: { group: "me", icon: Setting } },
  },
  {
    path: "/sessions",
    name: "sessions",
    component: () => import("@/pages/sessions/SessionsPage.vue"),
    meta: { title: { "zh-CN": "会话与设备", en: "Sessions and devices" }, for: "anyone", menu: { group: "me", icon: Monitor } },
  },
];
