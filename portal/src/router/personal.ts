/** The pages of a person. */

import { Bell, HomeFilled } from "@element-plus/icons-vue";

import type { Page } from "./types.ts";

export const personal: Page[] = [
  {
    path: "/",
    name: "workbench",
    component: () => import("@/pages/workbench/WorkbenchPage.vue"),
    meta: { title: { "zh-CN": "工作台", en: "Workbench" }, for: "anyone", menu: { group: "me", icon: HomeFilled } },
  },
  {
    path: "/messages",
    name: "messages",
    component: () => import("@/pages/messages/MessagesPage.vue"),
    meta: { title: { "zh-CN": "消息提醒", en: "Messages" }, for: "anyone", menu: { group: "me", icon: Bell } },
  },
];
