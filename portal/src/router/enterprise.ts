/** The pages of an enterprise and of who administers it. */

import { Avatar, Document, EditPen, Grid, OfficeBuilding, Stamp, Tickets } from "@element-plus/icons-vue";

import type { Page } from "./types.ts";

export const enterprise: Page[] = [
  {
    path: "/enterprise",
    name: "enterprise",
    component: () => import("@/pages/enterprise/EnterprisePage.vue"),
    meta: { title: { "zh-CN": "关联企业", en: "Enterprise" }, for: "person", menu: { group: "enterprise", icon: OfficeBuilding } },
  },
  {
    path: "/operators",
    name: "operators",
    component: () => import("@/pages/operators/OperatorsPage.vue"),
    meta: { title: { "zh-CN": "操作员管理", en: "Operators" }, for: "admin", menu: { group: "enterprise", icon: Avatar } },
  },
  {
    path: "/qualifications",
    name: "qualifications",
    component: () => import("@/pages/qualifications/QualificationsPage.vue"),
    meta: { title: { "zh-CN": "企业资质", en: "Qualifications" }, for: "admin", menu: { group: "enterprise", icon: Document } },
  },
  {
    path: "/permissions",
    name: "permissions",
    component: () => import("@/pages/permissions/PermissionsPage.vue"),
    meta: { title: { "zh-CN": "应用权限", en: "Permissions" }, for: "member", menu: { group: "enterprise", icon: Grid } },
  },
  {
    path: "/seals",
    name: "seals",
    component: () => import("@/pages/seals/SealsPage.vue"),
    meta: { title: { "zh-CN": "印章管理", en: "Seals" }, for: "member", menu: { group: "enterprise", icon: Stamp } },
  },
  {
    path: "/signatures",
    name: "signatures",
    component: () => import("@/pages/signatures/SignaturesPage.vue"),
    meta: { title: { "zh-CN": "签名管理", en: "Signatures" }, for: "person", menu: { group: "enterprise", icon: EditPen } },
  },
  {
    path: "/trail",
    name: "trail",
    component: () => import("@/pages/trail/TrailPage.vue"),
    meta: { title: { "zh-CN": "操作日志", en: "Audit" }, for: "admin", menu: { group: "enterprise", icon: Tickets } },
  },
];
