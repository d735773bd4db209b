/** Every page of visitors and of a person, in both languages, on a desk and on a phone: nothing keeps anybody out, nothing sticks out, and a picture of each. */

import type { Page } from "@playwright/test";
import type { Server } from "../stack/server.ts";
import { accessible, cardNumber, enterprise, expect, person, test, type Enterprise, type Person } from "../stack/test.ts";

const WORDS = {
  zh: { phone: "手机号登录", card: "IC 卡登录", terms: "《用户注册协议》", close: "关闭", connect: "连接读卡器", inserted: "卡已插入", bind: "绑定", edit: "修改: 联系信息", phoneChange: "更换手机号", password: "修改密码", menu: "打开导航" },
  en: { phone: "Phone", card: "IC card", terms: "terms of registration", close: "Close", connect: "Connect the reader", inserted: "A card is in the reader", bind: "Bind a card", edit: "Edit: Contact data", phoneChange: "Change the phone number", password: "Change the password", menu: "Open the navigation" },
} as const;

/** A person who administers an enterprise that nobody has verified yet. */
async function administrator(server: Server, who: Person, of: Enterprise): Promise<void> {
  await server.register(who);
  const token = await server.logIn(who);
  const entry = { name: of.name, registered_address: "杭州市上城区望江路 1 号", business_scope: "货物进出口" };
  await server.done("POST", "/v1/associations", { role: "admin", uscc: of.uscc, enterprise: entry }, token);
}

/** Logs in such a person, and changes the language. */
async function enter(page: Page, server: Server, language: "zh" | "en"): Promise<{ who: Person; of: Enterprise }> {
  const [who, of] = [person(), enterprise()];
  await administrator(server, who, of);
  await page.goto("/");
  await page.getByLabel("账号", { exact: true }).fill(who.username);
  await page.getByLabel("密码", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByRole("main")).toContainText(of.name);
  await speak(page, language);
  return { who, of };
}

async function speak(page: Page, language: "zh" | "en"): Promise<void> {
  if (language === "en") {
    await page.getByRole("button", { name: "切换到英文" }).click();
  }
}

for (const language of ["zh", "en"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`${language}, ${width} pixels`, () => {
      test.use({ viewport: { width, height: width === 390 ? 844 : 800 }, hasTouch: width === 390 });
      const words = WORDS[language];
      const look = (page: Page, name: string): Promise<void> => accessible(page, `${name}-${language}-${width}`);
      /** No Chinese in English but names and what a person typed. */
      const spoken = async (page: Page): Promise<void> => {
        if (language === "en") {
          await expect(page.getByRole("main")).not.toContainText(/[，。：；！？（）]/);
        }
      };

      test("the pages of visitors", async ({ page, desk, authority }) => {
        await page.goto("/");
        await speak(page, language);
        await look(page, "login");
        await page.getByRole("tab", { name: words.phone }).click();
        await look(page, "login-phone");
        await page.getByRole("tab", { name: words.card }).click();
        await look(page, "login-card-off");
        await page.getByRole("button", { name: words.connect }).click();
        desk.insert(authority.issue({ name: person().name, enterprise: enterprise().name }));
        await expect(page.getByText(words.inserted, { exact: true })).toBeVisible();
        await look(page, "login-card");
        await spoken(page);
        await page.goto("/register");
        await look(page, "register");
        await page.getByRole("button", { name: words.terms }).click();
        await expect(page.getByRole("dialog")).toBeVisible();
        await look(page, "register-terms");
        await page.goto("/forgotten-password");
        await look(page, "forgotten");
        await page.goto("/no/such/page");
        await look(page, "unknown");
        await spoken(page);
      });

      test("the pages that tell a person something", async ({ page, server }) => {
        const { of } = await enter(page, server, language);
        await page.reload();
        await expect(page.getByRole("main")).toContainText(of.name);
        await look(page, "workbench");
        await spoken(page);
        if (width === 390) {
          await page.getByRole("button", { name: words.menu }).click();
          await expect(page.getByRole("dialog")).toBeVisible();
          await look(page, "menu");
        }
        for (const name of ["messages", "settings", "sessions"]) {
          await page.goto(`/${name}`);
          await expect(page.getByRole("main").getByRole(name === "settings" ? "row" : "listitem").first()).toBeVisible();
          await look(page, name);
          await spoken(page);
        }
      });

      test("the pages where a person changes something", async ({ page, server, desk, authority }) => {
        const { who, of } = await enter(page, server, language);
        await page.goto("/account");
        await expect(page.getByRole("main")).toContainText(who.name);
        await look(page, "account");
        await page.getByRole("button", { name: words.edit }).click();
        await look(page, "account-edit");
        await page.getByRole("button", { name: words.phoneChange }).click();
        await look(page, "account-phone");
        await page.getByRole("button", { name: words.password }).first().click();
        await look(page, "account-password");
        await spoken(page);
        await page.goto("/activation");
        await expect(page.getByRole("main").getByRole("heading", { level: 2 })).toBeVisible();
        await look(page, "activation-done");
        await page.goto("/card");
        await page.getByRole("button", { name: words.connect }).click();
        desk.insert(authority.issue({ name: who.name, idNumber: who.idNumber, enterprise: of.name, uscc: of.uscc, cardNumber: cardNumber() }));
        await expect(page.getByText(words.inserted, { exact: true })).toBeVisible();
        await page.getByRole("button", { name: words.bind, exact: true }).click();
        await look(page, "card-bind");
        await spoken(page);
      });
    });
  }
}
