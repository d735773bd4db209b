/** 变更企业管理员 (J12). */

import { cardOf, enter, logInByCard, Office, PIN, told } from "../stack/enterprise.ts";
import { sent } from "../stack/session.ts";
import { accessible, choose, expect, logIn, test } from "../stack/test.ts";
import { Server } from "../stack/server.ts";
import type { Person } from "../stack/people.ts";
import type { Locator, Page } from "@playwright/test";

/** Waits until the login is too old and asks to hand over to `to`; the dialog, which has said so. */
async function tooLate(page: Page, to: Person): Promise<Locator> {
  await page.waitForTimeout(20_500);
  await page.getByRole("button", { name: "变更企业管理员账号" }).click();
  const dialog = page.getByRole("dialog", { name: "变更企业管理员" });
  await choose(dialog, "新管理员", `${to.name}（${to.username}）`);
  await dialog.getByRole("button", { name: "确定" }).click();
  await expect(dialog.locator("[data-code='session.fresh_login_required']")).toBeVisible();
  return dialog;
}

test("an administrator hands over to an operator: both are told, and each has the other's place at once", async ({ page, server }) => {
  const office = await Office.open(server);
  await page.goto("/enterprise");
  await logIn(page, office.admin.person);
  await page.getByRole("button", { name: "变更企业管理员账号" }).click();
  const dialog = page.getByRole("dialog", { name: "变更企业管理员" });
  await expect(dialog).toContainText("没有可选的操作员。请新管理员先注册并关联本企业。");
  await accessible(page, "transfer-nobody");
  await dialog.getByRole("button", { name: "取消" }).click();
  const [li, wang] = [await office.operator(), await office.operator()];
  await server.done("POST", `/v1/operators/${wang.id}/suspend`, undefined, office.admin.token);
  await page.getByRole("button", { name: "变更企业管理员账号" }).click();
  await dialog.getByRole("combobox", { name: "新管理员" }).click();
  // Who is suspended can't take over.
  await expect(page.getByRole("option", { name: new RegExp(wang.person.username) })).toHaveCount(0);
  await page.getByRole("option", { name: new RegExp(li.person.username) }).click();
  await expect(dialog).toContainText(`变更后您将不再是管理员。确定移交给 ${li.person.name} 吗？`);
  await accessible(page, "transfer");
  await dialog.getByRole("button", { name: "确定" }).dblclick();
  await told(page, "企业管理员已变更");
  await expect(page.getByRole("region", { name: "企业信息" })).toContainText(li.person.name);
  await expect(page.getByRole("button", { name: "变更企业管理员账号" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "操作员管理" })).toHaveCount(0);
  await page.goto("/messages");
  await expect(page.getByRole("main")).toContainText(`您已将 ${office.enterprise.name} 的企业管理员变更为 ${li.person.name}`);

  await enter(page, li.person, "/messages");
  await expect(page.getByRole("main")).toContainText(`${office.admin.person.name} 已将 ${office.enterprise.name} 的企业管理员变更为您`);
  await page.goto("/operators");
  await expect(page.getByRole("row", { name: new RegExp(office.admin.person.name) })).toContainText("正常");
  await expect(page.getByRole("row", { name: new RegExp(li.person.name) })).toHaveCount(0);
});

test("a login that is too old is not enough: the page asks for the password again, and goes on", async ({ page }) => {
  const server = new Server({ fresh_login_seconds: "20" });
  await server.start();
  try {
    const office = await Office.open(server);
    const li = await office.operator();
    await page.goto(`${server.origin}/enterprise`);
    await logIn(page, office.admin.person);
    const dialog = await tooLate(page, li.person);
    await expect(dialog.getByLabel("登录密码")).toBeVisible();
    await accessible(page, "transfer-fresh");
    await dialog.getByRole("button", { name: "确定" }).click();
    await expect(dialog.getByLabel("登录密码")).toHaveAttribute("aria-invalid", "true");
    await dialog.getByLabel("登录密码").fill("not the password");
    await dialog.getByRole("button", { name: "确定" }).click();
    await expect(dialog.locator("[data-code='session.credentials_wrong']")).toBeVisible();
    await dialog.getByLabel("登录密码").fill(office.admin.person.password);
    await dialog.getByRole("button", { name: "确定" }).dblclick();
    await told(page, "企业管理员已变更");
    await expect(page.getByRole("region", { name: "企业信息" })).toContainText(li.person.name);
  } finally {
    await server.end();
  }
});

test("who logged in by card too long ago hands over with the card's signature in place of the password", async ({ page, desk, authority }) => {
  test.setTimeout(120_000);
  const server = new Server({ fresh_login_seconds: "20" });
  await server.start();
  try {
    server.trust(authority.trustFile());
    await desk.stopBridge();
    await desk.startBridge([server.origin]);
    const office = await Office.open(server);
    const li = await office.operator();
    // The legal-person card makes enterprise and administrator verified, and is the administrator's from now on.
    await logInByCard(page, desk, authority.issue(cardOf(office.admin.person, office.enterprise)), server.origin);
    await page.goto(`${server.origin}/enterprise`);
    const dialog = await tooLate(page, li.person);
    const byCard = dialog.getByRole("button", { name: "用 IC 卡确认并变更" });

    desk.personAnswers("cancel");
    await byCard.click();
    await expect(dialog.locator("[data-code='bridge.cancelled']")).toBeVisible();
    desk.personAnswers({ pin: "654321" });
    await byCard.click();
    await expect(dialog.getByRole("alert")).toContainText("PIN 还可以尝试 2 次");
    await accessible(page, "transfer-card-wrong");
    expect((await office.ask<{ administrator: { name: string } }>("/v1/enterprise")).administrator.name).toBe(office.admin.person.name);

    desk.personAnswers(PIN);
    const transfers = sent(page, "POST", "/v1/enterprise/admin-transfer");
    await byCard.dblclick();
    await told(page, "企业管理员已变更");
    expect(transfers()).toBe(1);
    expect(desk.shown(), "the window of the bridge said what for").toContain("移交企业管理员");
    await expect(page.getByRole("region", { name: "企业信息" })).toContainText(li.person.name);
    await expect(page.getByRole("button", { name: "变更企业管理员账号" })).toHaveCount(0);
    await page.goto(`${server.origin}/messages`);
    await expect(page.getByRole("main")).toContainText(`您已将 ${office.enterprise.name} 的企业管理员变更为 ${li.person.name}`);
  } finally {
    await server.end();
  }
});
