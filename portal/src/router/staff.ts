/** The console of the platform's staff. */

import { Grid, Key, OfficeBuilding, Tickets, UploadFilled, UserFilled } from "@element-plus/icons-vue";

import type { Page } from "./types.ts";

export const staff: Page[] = [
  {
    path: "/staff/enterprises",
    name: "staff-enterprises",
    component: () => import("@/pages/staff/EnterprisesPage.vue"),
    meta: { title: { "zh-CN": "企业认证", en: "Enterprises" }, for: "staff", menu: { group: "staff", icon: OfficeBuilding } },
  },
  {
    path: "/staff/accounts",
    name: "staff-accounts",
    component: () => import("@/pages/staff/AccountsPage.vue"),
    meta: { title: { "zh-CN": "账号管理", en: "Accounts" }, for: "staff", menu: { group: "staff", icon: UserFilled } },
  },
  {
    path: "/staff/registry",
    name: "staff-registry",
    component: () => import("@/pages/staff/RegistryPage.vue"),
    meta: { title: { "zh-CN": "登记信息导入", en: "Registry" }, for: "staff", menu: { group: "staff", icon: UploadFilled } },
  },
  {
    path: "/staff/applications",
    name: "staff-applications",
    component: () => import("@/pages/staff/ApplicationsPage.vue"),
    meta: { title: { "zh-CN": "应用目录", en: "Applications" }, for: "staff", menu: { group: "staff", icon: Grid } },
  },
  {
    path: "/staff/trust",
    name: "staff-trust",
    component: () => import("@/pages/staff/TrustPage.vue"),
    meta: { title: { "zh-CN": "发证机构与吊销列表", en: "Card authorities" }, for: "staff", menu: { group: "staff", icon: Key } },
  },
  {
    path: "/staff/audit",
    name: "staff-audit",
    component: () => import("@/pages/staff/AuditPage.vue"),
    meta: { title: { "zh-CN": "审计日志", en: "Audit" }, for: "staff", menu: { group: "staff", icon: Tickets } },
  },
];
