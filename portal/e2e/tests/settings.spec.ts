/** J7 (账户设置): which reminders reach a person, how, and how early. */

import type { Page } from "@playwright/test";
import { asPerson, sent } from "../stack/session.ts";
import { accessible, expect, test } from "../stack/test.ts";

const DAYS = "IC 卡证书即将到期: 提前天数";

/** A box by its name; its own drawing covers the input, so that it is reached as by keyboard. */
async function toggle(page: Page, name: string): Promise<void> {
  await page.getByRole("checkbox", { name, exact: true }).focus();
  await page.keyboard.press("Space");
}

async function type(page: Page, days: string): Promise<void> {
  const field = page.getByRole("combobox", { name: DAYS });
  await field.focus();
  await page.keyboard.type(days);
  await expect(page.getByRole("option", { name: days, exact: true })).toBeVisible();
  await field.press("Enter");
  await field.press("Escape");
}

test("a person chooses channels, lead days and the language of SMS, saves them once, and finds them again", async ({ page, server }) => {
  await asPerson(page, server, "/settings");
  const card = page.getByRole("row", { name: /IC 卡证书即将到期/ });
  await expect(card).toContainText("30 天");
  await expect(page.getByRole("row", { name: /企业资质即将到期/ }), "only an administrator hears of it").toHaveCount(0);
  await expect(page.getByRole("checkbox", { name: "密码已修改: 站内消息" }), "the inbox always has it").toBeDisabled();
  await accessible(page, "settings");

  await toggle(page, "IC 卡证书即将到期: 短信");
  await toggle(page, "应用权限变更: 站内消息");
  await page.getByRole("combobox", { name: DAYS }).press("ArrowDown");
  await page.getByRole("option", { name: "60 天", exact: true }).click();
  await page.keyboard.press("Escape");
  await type(page, "45");
  await page.getByRole("radiogroup", { name: "短信语言" }).getByText("英文").click();
  const saves = sent(page, "PUT", "/v1/me/settings");
  await page.getByRole("button", { name: "保存" }).dblclick();
  await expect(page.getByText("已保存").first()).toBeVisible();
  await expect(page.getByText(/上次修改/)).toBeVisible();
  expect(saves()).toBe(1);

  await page.reload();
  await expect(page.getByRole("checkbox", { name: "IC 卡证书即将到期: 短信" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "IC 卡证书即将到期: 站内消息" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "应用权限变更: 站内消息" })).not.toBeChecked();
  for (const days of ["60 天", "45 天", "30 天", "7 天", "1 天"]) {
    await expect(card.getByText(days, { exact: true })).toBeVisible();
  }
  await expect(page.getByRole("radio", { name: "英文" })).toBeChecked();
});

test("days that can't be are told beside their field, and what else was changed stays", async ({ page, server }) => {
  await asPerson(page, server, "/settings");
  const field = page.getByRole("combobox", { name: DAYS });
  await toggle(page, "应用权限变更: 短信");

  await type(page, "soon");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription("请填写整数天数，例如 45");
  await expect(page.getByText("soon")).toHaveCount(0);

  await type(page, "200");
  await page.getByRole("button", { name: "保存" }).click();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(/1 至 180/);
  await expect(page.getByRole("checkbox", { name: "应用权限变更: 短信" })).toBeChecked();
  await accessible(page, "settings-invalid");

  // The last one is what was typed last.
  await field.press("Backspace");
  await field.press("Escape");
  await page.getByRole("button", { name: "保存" }).click();
  await expect(page.getByText("已保存").first()).toBeVisible();
  await expect(field).not.toHaveAttribute("aria-invalid", "true");
});

test("what was changed in another tab meanwhile is not overwritten unseen", async ({ context, page, server }) => {
  await asPerson(page, server, "/settings");
  await expect(page.getByRole("row", { name: /IC 卡证书即将到期/ })).toBeVisible();
  const other = await context.newPage();
  await other.goto("/settings");
  await toggle(other, "应用权限变更: 短信");
  await other.getByRole("button", { name: "保存" }).click();
  await expect(other.getByText("已保存").first()).toBeVisible();
  await toggle(page, "关联申请有了结果: 短信");
  await page.getByRole("button", { name: "保存" }).click();
  await expect(page.getByRole("main").getByRole("alert").first()).toContainText("修改");
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "应用权限变更: 短信" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "关联申请有了结果: 短信" })).not.toBeChecked();
});
