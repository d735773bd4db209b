/** 应用权限 and 授权 (J14). */

import type { Page } from "@playwright/test";
import { enter, Office, told } from "../stack/enterprise.ts";
import { accessible, expect, logIn, test } from "../stack/test.ts";

const cell = (page: Page, person: string, application: string) => page.getByRole("button", { name: new RegExp(`^${person}，${application}：`) });

/** Ticks what an enterprise is to use, in the part of the page where it says so. */
async function entitle(page: Page, application: string): Promise<void> {
  await page.getByRole("region", { name: "应用权限" }).getByText(application, { exact: true }).click();
}

test("an administrator entitles the enterprise, grants in the matrix, and what is taken away takes its grants along", async ({ page, server }) => {
  const office = await Office.open(server);
  const [li, wang] = [await office.operator(), await office.operator()];
  await server.done("POST", `/v1/operators/${wang.id}/suspend`, undefined, office.admin.token);
  await page.goto("/permissions");
  await logIn(page, office.admin.person);
  const entitlements = page.getByRole("region", { name: "应用权限" });
  await expect(page.getByText("企业还没有开通任何应用，请先在“应用权限”中开通。")).toBeVisible();
  await accessible(page, "permissions-none");
  await entitle(page, "货物申报");
  await entitlements.getByRole("group", { name: "企业资质" }).getByText("查看", { exact: true }).click();
  await entitlements.getByRole("button", { name: "保存修改" }).dblclick();
  await told(page, "应用权限已保存");

  const grid = page.getByRole("grid", { name: "人员授权" });
  await expect(grid.getByRole("row", { name: new RegExp(office.admin.person.name) })).toContainText("管理员");
  await expect(grid.getByRole("row", { name: new RegExp(wang.person.name) })).toContainText("已停用");
  await expect(cell(page, office.admin.person.name, "货物申报")).toHaveAccessibleName(/全部授权/);
  await expect(cell(page, li.person.name, "舱单申报")).toHaveAccessibleName(/企业未开通/);
  await cell(page, li.person.name, "货物申报").click();
  const dialog = page.getByRole("dialog", { name: `${li.person.name} · 货物申报` });
  await dialog.getByText("录入", { exact: true }).click();
  await dialog.getByText("申报", { exact: true }).click();
  await accessible(page, "permissions-grant");
  await dialog.getByRole("button", { name: "保存" }).dblclick();
  await told(page, `已保存 ${li.person.name} 的授权`);
  await expect(cell(page, li.person.name, "货物申报")).toHaveAccessibleName(/部分授权，2 \/ 9/);
  await cell(page, li.person.name, "企业资质").click();
  await expect(page.getByRole("dialog")).toContainText("企业未开通此操作");
  await page.getByRole("dialog").getByText("全部操作").click();
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await expect(cell(page, li.person.name, "企业资质")).toHaveAccessibleName(/全部授权，1 \/ 1/);
  await accessible(page, "permissions");
  const granted = async (): Promise<unknown> => (await office.ask<{ grants: unknown }>(`/v1/operators/${li.id}/grants`)).grants;
  expect(await granted()).toEqual([
    { application: "enterprise_qualification", actions: ["view"] },
    { application: "goods_declaration", actions: ["create", "submit"] },
  ]);

  await entitle(page, "货物申报");
  await entitlements.getByRole("button", { name: "保存修改" }).dblclick();
  const question = page.getByRole("dialog", { name: "取消应用权限" });
  await expect(question).toContainText("操作员已有的相应授权也会同时取消：货物申报");
  await accessible(page, "permissions-take-away");
  await question.getByRole("button", { name: "保存修改" }).click();
  await expect(cell(page, li.person.name, "货物申报")).toHaveAccessibleName(/企业未开通/);
  expect(await granted()).toEqual([{ application: "enterprise_qualification", actions: ["view"] }]);

  await enter(page, li.person, "/permissions");
  const own = page.getByRole("region", { name: "我的权限" });
  await expect(own).toContainText("企业资质");
  await expect(own).not.toContainText("货物申报");
  await expect(own).toContainText("企业尚未认证，只有标明开放的应用可以使用。");
  await accessible(page, "permissions-operator");
  await page.goto("/messages");
  await expect(page.getByRole("main")).toContainText("应用权限已变更");
});

test("of two tabs the second is told that somebody was faster, in entitlements and in grants", async ({ page, server, context }) => {
  const office = await Office.open(server);
  const li = await office.operator();
  const goods = { entitlements: [{ application: "goods_declaration", actions: ["view", "create"] }] };
  const { headers } = await server.call("GET", "/v1/enterprise/entitlements", undefined, office.admin.token);
  expect(headers.get("etag")).not.toBeNull();
  await server.done("PUT", "/v1/enterprise/entitlements", goods, office.admin.token);
  await page.goto("/permissions");
  await logIn(page, office.admin.person);
  const other = await context.newPage();
  await other.goto("/permissions");
  await expect(cell(other, li.person.name, "货物申报")).toBeVisible();

  await cell(page, li.person.name, "货物申报").click();
  await page.getByRole("dialog").getByText("查看", { exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await told(page, "已保存");
  await cell(other, li.person.name, "货物申报").click();
  await other.getByRole("dialog").getByText("录入", { exact: true }).click();
  await other.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await expect(other.getByRole("alert").filter({ hasText: `他人刚刚修改过 ${li.person.name} 的授权，已载入最新内容，请核对后重新修改。` })).toBeVisible();
  await expect(cell(other, li.person.name, "货物申报")).toHaveAccessibleName(/部分授权，1 \/ 2/);
  await accessible(other, "permissions-stale");

  await entitle(page, "跨境电商");
  await page.getByRole("button", { name: "保存修改" }).click();
  await told(page, "应用权限已保存");
  await entitle(other, "原产地证");
  await other.getByRole("button", { name: "保存修改" }).click();
  await expect(other.getByRole("alert").filter({ hasText: "他人刚刚修改过，已载入最新内容，请核对后重新修改。" })).toBeVisible();
  const ticked = other.getByRole("region", { name: "应用权限" }).getByRole("listitem").filter({ hasText: "跨境电商" });
  await expect(ticked).toContainText("已开通 6 / 6");
  await other.close();
});

test("the matrix is walked with the keyboard", async ({ page, server }) => {
  const office = await Office.open(server);
  const li = await office.operator();
  await server.done("PUT", "/v1/enterprise/entitlements", { entitlements: [{ application: "goods_declaration", actions: ["view", "create"] }] }, office.admin.token);
  await page.goto(`/permissions?who=${encodeURIComponent(li.person.name)}`);
  await logIn(page, office.admin.person);
  await cell(page, li.person.name, "货物申报").focus();
  await page.keyboard.press("ArrowRight");
  await expect(cell(page, li.person.name, "舱单申报")).toBeFocused();
  await page.keyboard.press("Home");
  await expect(cell(page, li.person.name, "货物申报")).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("全部操作");
  await dialog.getByRole("checkbox", { name: "全部操作" }).focus();
  await page.keyboard.press("Space");
  await dialog.getByRole("button", { name: "保存" }).press("Enter");
  await expect(cell(page, li.person.name, "货物申报")).toHaveAccessibleName(/全部授权，2 \/ 2/);
});
