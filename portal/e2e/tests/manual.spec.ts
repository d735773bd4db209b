/** The manual, as it is reached from the page. */

import { asPerson } from "../stack/session.ts";
import { accessible, expect, test } from "../stack/test.ts";

test("who isn't logged in finds the manual, goes from chapter to chapter, and comes back", async ({ page }) => {
  await page.goto("/");
  const [manual] = await Promise.all([page.waitForEvent("popup"), page.getByRole("link", { name: "帮助" }).click()]);
  await expect(manual.getByRole("heading", { level: 1 })).toHaveText("使用手册");
  await accessible(manual, "manual");
  await manual.getByRole("article").getByRole("link", { name: "IC 卡", exact: true }).click();
  await expect(manual.getByRole("heading", { level: 1 })).toHaveText("IC 卡");
  await accessible(manual, "manual-card");
  await manual.getByRole("navigation").getByRole("link", { name: "解卡", exact: true }).click();
  await expect(manual.getByRole("heading", { level: 2, name: "解卡" })).toBeInViewport();
  await manual.getByRole("article").getByRole("link", { name: "激活账号" }).last().click();
  await expect(manual.getByRole("heading", { level: 2, name: "账号激活" })).toBeInViewport();
  await manual.goBack();
  await expect(manual.getByRole("heading", { level: 1 })).toHaveText("IC 卡");
});

test("every picture of every chapter comes", async ({ page }) => {
  await page.goto("/manual");
  const chapters = page.getByRole("navigation").getByRole("link");
  await expect(chapters).toHaveCount(8);
  const addresses = await chapters.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname));
  for (const address of addresses) {
    await page.goto(address);
    await expect(page.getByRole("article")).toBeVisible();
    for (const picture of await page.getByRole("article").locator("img").all()) {
      await picture.scrollIntoViewIfNeeded();
      await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0), { message: address }).toBe(true);
    }
  }
});

test("who is logged in keeps what they typed beside the manual; a link to a part of it works from outside", async ({ page, server }) => {
  await asPerson(page, server, "/account");
  await page.getByRole("button", { name: "修改: 联系信息" }).click();
  await page.getByLabel("联系地址").fill("杭州市上城区");
  const [manual] = await Promise.all([page.waitForEvent("popup"), page.getByRole("link", { name: "帮助" }).click()]);
  await manual.goto("/manual/account#账户设置");
  await expect(manual.getByRole("heading", { level: 2, name: "账户设置" })).toBeInViewport();
  await manual.goto("/manual/nothing");
  await expect(manual.getByRole("heading", { name: "页面不存在" })).toBeVisible();
  await expect(page.getByLabel("联系地址")).toHaveValue("杭州市上城区");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("the manual is read without scrolling sideways", async ({ page }) => {
    await page.goto("/manual/enterprise");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("企业管理");
    await accessible(page, "manual-390");
  });
});
