/** What the stories do again and again. */

import type { Locator, Page } from "@playwright/test";
import type { Desk } from "../stack/desk.ts";
import { expect } from "./stage.ts";
import { PIN } from "./people.ts";

/** A part of a page, by its heading. A table in it may be called the same. */
export const part = (page: Page, heading: string): Locator => page.locator("section.card").and(page.getByRole("region", { name: heading, exact: true }));

/** A button that is seen: a form's own, which Enter presses, may be called the same. */
export function button(within: Page | Locator, name: string): Locator {
  const page = "goto" in within ? within : within.page();
  return within.getByRole("button", { name, exact: true }).and(page.locator(":not(.heard)"));
}

/** A field with its label, its hint and what is wrong with it. */
export const field = (within: Locator, label: string): Locator => within.locator(".el-form-item").filter({ has: within.page().getByText(label, { exact: true }) });

/** What stands around the ways to log in. */
export const loginPanel = (page: Page): Locator => page.locator("section.panel");

/** Connects to the empty reader; once more where the machine was too slow to answer in time. */
export async function connect(page: Page): Promise<void> {
  await expect(async () => {
    await button(page, "连接读卡器").click({ timeout: 5000 });
    await expect(page.getByText("读卡器中没有卡", { exact: true })).toBeVisible({ timeout: 20_000 });
  }).toPass();
}

/** Opens the tab of the card, and connects. */
export async function cardTab(page: Page): Promise<Locator> {
  await page.goto("/login");
  await page.getByRole("tab", { name: "IC 卡登录" }).click();
  await connect(page);
  return page.getByRole("tabpanel", { name: "IC 卡登录" });
}

/** Puts a card into the empty reader of an open page. */
export async function insert(page: Page, desk: Desk, card: string): Promise<void> {
  desk.insert(card);
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
}

/** The reader is slow to notice that one card has followed another. */
export async function remove(page: Page, desk: Desk): Promise<void> {
  desk.remove();
  await expect(page.getByText("读卡器中没有卡", { exact: true })).toBeVisible();
  await page.waitForTimeout(2100);
}

export async function logInByCard(page: Page, desk: Desk, card: string): Promise<void> {
  const panel = await cardTab(page);
  await insert(page, desk, card);
  desk.personAnswers(PIN);
  await button(panel, "用 IC 卡登录").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
}

/** A day from today, as forms take it. */
export const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
