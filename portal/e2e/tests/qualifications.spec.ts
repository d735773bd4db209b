/** 企业资质 (J13). */

import { confirm, Office, told } from "../stack/enterprise.ts";
import { accessible, choose, expect, logIn, test } from "../stack/test.ts";

/** A day so many days from now, as a person types it. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 24 * 3600 * 1000).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
}

test("a customs registration is entered once, with 10 characters and days in order, changed, told when it ends soon, and removed", async ({ page, server }) => {
  const office = await Office.open(server);
  await page.goto("/qualifications");
  await logIn(page, office.admin.person);
  await expect(page.getByText("还没有登记资质。点击“登记资质”")).toBeVisible();
  await accessible(page, "qualifications-none");
  await page.getByRole("button", { name: "登记资质" }).click();
  const dialog = page.getByRole("dialog", { name: "登记资质" });
  const save = dialog.getByRole("button", { name: "保存" }).last();
  await save.click();
  await expect(dialog.getByLabel("编号")).toHaveAttribute("aria-invalid", "true");
  await accessible(page, "qualifications-add-empty");
  await choose(dialog, "资质类型", "海关注册编码");
  await expect(dialog.getByLabel("主管部门")).not.toHaveValue("");
  await dialog.getByLabel("编号").fill("330196012");
  await save.click();
  await expect(dialog.getByLabel("编号")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog).toContainText("海关注册编码为 10 位数字或大写字母。");
  await dialog.getByLabel("编号").fill("330196012A");
  await dialog.getByLabel("有效期起").fill(inDays(0));
  await dialog.getByLabel("有效期起").press("Enter");
  await dialog.getByLabel("有效期止").fill(inDays(-3));
  await dialog.getByLabel("有效期止").press("Enter");
  await save.click();
  await expect(dialog.getByText("有效期止不能早于有效期起")).toBeVisible();
  await accessible(page, "qualifications-add-order");
  await dialog.getByLabel("有效期止").fill(inDays(20));
  await dialog.getByLabel("有效期止").press("Enter");
  await dialog.getByLabel("备注").fill("正本在档案室");
  await save.dblclick();
  await told(page, "资质已保存");
  const row = page.getByRole("row", { name: /330196012A/ });
  await expect(row).toContainText("即将到期");
  await expect(row).toContainText("正本在档案室");

  await page.getByRole("button", { name: "登记资质" }).click();
  await choose(dialog, "资质类型", "海关注册编码");
  await expect(dialog.getByText("海关注册编码为 10 位数字或大写字母", { exact: true })).toBeVisible();
  await dialog.getByLabel("编号").fill("330196012A");
  await save.click();
  await expect(dialog.locator("[data-code='qualification.exists']")).toContainText("请修改已有的那一条");
  await dialog.getByRole("button", { name: "取消" }).click();
  await accessible(page, "qualifications");

  await page.getByRole("button", { name: /^修改 .*330196012A$/ }).click();
  const edit = page.getByRole("dialog", { name: "修改资质" });
  await expect(edit.getByLabel("编号")).toHaveValue("330196012A");
  await edit.getByLabel("有效期止").fill(inDays(800));
  await edit.getByLabel("有效期止").press("Enter");
  await edit.getByRole("button", { name: "保存" }).last().dblclick();
  await expect(row).toContainText("有效");
  await expect(row).not.toContainText("即将到期");
  await page.getByRole("button", { name: /^删除 .*330196012A$/ }).dblclick();
  await expect(page.getByRole("dialog", { name: "删除" })).toContainText("330196012A");
  await confirm(page, "删除");
  await told(page, "资质已删除");
  await expect(row).toHaveCount(0);
});

test("of two tabs that change a qualification the second is told, and sees the newest", async ({ page, server, context }) => {
  const office = await Office.open(server);
  const body = { kind: "customs_registration", department: "海关", number: "3301960XYZ", valid_from: null, valid_to: null, notes: null };
  await server.done("POST", "/v1/enterprise/qualifications", body, office.admin.token);
  await page.goto("/qualifications");
  await logIn(page, office.admin.person);
  const other = await context.newPage();
  await other.goto("/qualifications");
  for (const tab of [page, other]) {
    await tab.getByRole("button", { name: /^修改 .*3301960XYZ$/ }).click();
    await expect(tab.getByRole("dialog").getByLabel("编号")).toHaveValue("3301960XYZ");
  }
  await other.getByLabel("备注").fill("先改的");
  await other.getByRole("dialog").getByRole("button", { name: "保存" }).last().click();
  await told(other, "资质已保存");
  await page.getByLabel("备注").fill("后改的");
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).last().click();
  await expect(page.getByRole("dialog").getByRole("alert").filter({ hasText: "他人刚刚修改过" })).toBeVisible();
  await expect(page.getByLabel("备注")).toHaveValue("先改的");
  await other.close();
});
