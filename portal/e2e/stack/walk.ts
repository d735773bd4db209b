/** What a person does again and again, and what is looked at on every page. */

import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";
import type { Person } from "./people.ts";

/** Logs in on the page that is open, in Chinese. */
export async function logIn(page: Page, { username, password }: Pick<Person, "username" | "password">): Promise<void> {
  await page.getByLabel("账号", { exact: true }).fill(username);
  await page.getByLabel("密码", { exact: true }).fill(password);
  const button = page.getByRole("button", { name: "登录", exact: true });
  await button.click();
  // The page of the login has a heading, too.
  await expect(button).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

export async function logOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^个人中心/ }).click();
  await page.getByRole("menuitem", { name: "退出登录" }).click();
  await expect(page.getByRole("button", { name: "登录", exact: true })).toBeVisible();
}

/** Chooses from a list that opens, by its label and the words of an option: all of them, or a pattern. */
export async function choose(within: Page | Locator, list: string | RegExp, option: string | RegExp): Promise<void> {
  const page = "page" in within ? within.page() : within;
  const wanted = page.getByRole("option", { name: option, exact: true }).filter({ visible: true });
  // Where a dialog is just going, it takes the first click.
  await expect(async () => {
    // What is chosen now lies over the input, and takes the click for it.
    await within.getByRole("combobox", { name: list }).click({ force: true });
    await expect(wanted).toBeVisible({ timeout: 3000 });
  }).toPass();
  await wanted.click();
}

/** Nothing on the page keeps people out who see or move differently, nothing sticks out at its sides; and a picture of it to be looked at. */
export async function accessible(page: Page, name: string): Promise<void> {
  await pictured(page, name);
  // A word that passes fades while axe looks, and would be found too pale.
  await expect(page.locator(".el-message")).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(found, `axe on ${name}`).toEqual([]);
}

/** A picture of the page to be looked at; nothing sticks out at its sides. */
export async function pictured(page: Page, name: string): Promise<void> {
  // What fades in is neither here nor there yet.
  await page.evaluate(async () => {
    const passing = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.all(passing.map((animation) => animation.finished.catch(() => undefined)));
  });
  await page.screenshot({ path: join(import.meta.dirname, `../results/pages/${name}.png`), fullPage: true });
  const [inside, outside] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
  expect(outside, `${name} has to be scrolled sideways`).toBeLessThanOrEqual(inside ?? 0);
}
