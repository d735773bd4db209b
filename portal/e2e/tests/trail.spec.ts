/** 操作日志 (J19): the enterprise's own. */

import { Office } from "../stack/enterprise.ts";
import { accessible, choose, expect, logIn, person, test } from "../stack/test.ts";

test("an administrator reads who did what, what was refused and what changed, and finds one thing among the others", async ({ page, server }) => {
  const office = await Office.open(server);
  const { token } = office.admin;
  const li = await office.operator();
  await server.done("PATCH", "/v1/enterprise", { contact_name: "孙会计" }, token);
  await server.done("POST", `/v1/operators/${li.id}/suspend`, undefined, token);
  const wang = person();
  const body = { username: wang.username, name: wang.name, id_type: "resident_id", id_number: wang.idNumber, phone: wang.phone };
  await server.done("POST", "/v1/operators", body, token);
  // Somebody tries what is not theirs.
  expect((await server.call("GET", "/v1/operators", undefined, li.token)).status).toBe(403);
  await page.goto("/trail");
  await logIn(page, office.admin.person);
  const table = page.getByRole("region", { name: "操作日志" }).getByRole("table");
  const row = (words: string) => table.getByRole("row").filter({ hasText: words });
  await expect(row("停用操作员")).toContainText(office.admin.person.name);
  await expect(row("停用操作员")).toContainText("成功");
  await expect(row("停用操作员")).toContainText("密码");
  await expect(row("新增操作员")).toBeVisible();
  await expect(row("修改企业联系信息")).toBeVisible();
  await expect(row("被拒绝").first()).toContainText(li.person.name);
  await expect(row("被拒绝").first()).toContainText("您在企业中的资格已停用");
  await accessible(page, "trail");
  await table.getByRole("button", { name: "详情 修改企业联系信息" }).click();
  await expect(table).toContainText("enterprise.updated");
  // That it was changed, not what a person is called.
  await expect(table).toContainText('"contact_name": "***"');
  await expect(table).not.toContainText("孙会计");
  await accessible(page, "trail-details");
  // Secrets and whole numbers are in none of it.
  const text = await page.content();
  for (const secret of [wang.idNumber, wang.phone, li.person.password, li.person.phone]) {
    expect(text).not.toContain(secret);
  }

  const action = page.getByLabel("操作", { exact: true });
  await action.fill("停用操作员");
  await action.press("Enter");
  await expect(row("新增操作员")).toHaveCount(0);
  await expect(row("停用操作员")).toHaveCount(1);
  await accessible(page, "trail-found");
  await action.fill("");
  await choose(page, "结果", "被拒绝");
  await expect(row("被拒绝").first()).toBeVisible();
  await expect(row("成功")).toHaveCount(0);
  await action.fill("删除印章");
  await page.getByRole("button", { name: "查询", exact: true }).click();
  await expect(page.getByText("没有符合条件的记录，请放宽时间或操作。")).toBeVisible();
});
