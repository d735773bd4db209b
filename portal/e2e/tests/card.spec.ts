/** Login by card (J11), the account that it makes and its activation (J5), binding and unbinding (J10); and all that can go wrong at the desk. */

import type { Page } from "@playwright/test";
import { Elsewhere } from "../stack/elsewhere.ts";
import { sent } from "../stack/session.ts";
import { accessible, cardNumber, enterprise, expect, logIn, logOut, person, test, type Desk, type Enterprise, type Person } from "../stack/test.ts";

const PIN = { pin: "123456" } as const;
const SUBMIT = "用 IC 卡登录";

/** A person's card. */
function ofPerson({ name, idNumber }: Person, of: Enterprise, number: string, more: { class?: "legal_person" | "operator"; kind?: string } = {}) {
  return { class: "operator", ...more, name, idNumber, cardNumber: number, enterprise: of.name, uscc: of.uscc } as const;
}

/** Opens the tab of the card, and connects. */
async function cardTab(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("tab", { name: "IC 卡登录" }).click();
  await page.getByRole("button", { name: "连接读卡器" }).click();
}

/** `card` is put in; null: one is in already. */
async function logInByCard(page: Page, desk: Desk, card: string | null): Promise<void> {
  await cardTab(page);
  if (card !== null) {
    desk.insert(card);
  }
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
  desk.personAnswers(PIN);
  await page.getByRole("button", { name: SUBMIT }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
}

test("a card that nobody knows logs in: the page shows reader and card as they are, the account is made, activated, and has a password of its own", async ({
  page,
  server,
  desk,
  authority,
}) => {
  const [zhang, of, number] = [person(), enterprise(), cardNumber()];
  const card = authority.issue(ofPerson(zhang, of, number));
  await cardTab(page);
  await expect(page.getByText("读卡器中没有卡")).toBeVisible();
  await accessible(page, "login-card-empty");
  desk.insert(card);
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
  await expect(page.getByRole("tabpanel", { name: "IC 卡登录" })).toContainText(number);
  await expect(page.getByRole("tabpanel", { name: "IC 卡登录" })).toContainText(of.name);
  await accessible(page, "login-card");
  desk.personAnswers(PIN);
  const logins = sent(page, "POST", "/v1/sessions");
  await page.getByRole("button", { name: SUBMIT }).dblclick();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
  await expect(page.getByRole("main")).toContainText(zhang.name);
  await expect(page.getByRole("main")).toContainText(of.name);
  await expect(page.getByRole("main")).toContainText("未激活");
  expect(desk.shown()).toContain(server.origin);
  await accessible(page, "workbench-inactive");
  expect(logins()).toBe(1);

  // Without a password of its own the account is open to nobody who knows what the card says.
  await logOut(page);
  await page.getByLabel("账号", { exact: true }).fill(zhang.idNumber);
  await page.getByLabel("密码", { exact: true }).fill(zhang.password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  const refused = page.getByRole("tabpanel", { name: "账号登录" }).locator("[data-code='account.inactive']");
  await expect(refused).toContainText("账号尚未激活");
  await expect(refused).toContainText("请用 IC 卡登录并完成账号激活");
  await accessible(page, "login-inactive");
  await logInByCard(page, desk, null);

  await page.getByRole("link", { name: "激活账号" }).click();
  await accessible(page, "activation");
  await page.getByRole("button", { name: "激活账号" }).click();
  await expect(page.getByText("请填写此项")).toHaveCount(5);
  await page.getByLabel("用户名", { exact: true }).fill(zhang.username);
  await page.getByLabel("手机号码", { exact: true }).fill(zhang.phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(zhang.phone));
  await page.getByLabel("登录密码", { exact: true }).fill(zhang.password);
  await page.getByLabel("确认登录密码", { exact: true }).fill(zhang.password);
  const activations = sent(page, "POST", "/v1/me/activation");
  await page.getByRole("button", { name: "激活账号" }).dblclick();
  await expect(page.getByText("账号已激活").first()).toBeVisible();
  expect(activations()).toBe(1);
  await logOut(page);
  await logIn(page, zhang);
  await expect(page.getByRole("main")).toContainText(of.name);
});

test("a wrong PIN says how often one may still try; a closed window and a card pulled at the question have words of their own; then it works", async ({
  page,
  desk,
  authority,
}) => {
  const zhang = person();
  const card = authority.issue(ofPerson(zhang, enterprise(), cardNumber()));
  await cardTab(page);
  desk.insert(card);
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
  const panel = page.getByRole("tabpanel", { name: "IC 卡登录" });
  const button = panel.getByRole("button", { name: SUBMIT });

  desk.personAnswers({ pin: "654321" });
  await button.click();
  await expect(panel.getByRole("alert").first()).toContainText("PIN");
  await expect(panel.getByRole("alert").first()).toContainText("2");
  await accessible(page, "login-card-wrong-pin");

  desk.personAnswers("cancel");
  await button.click();
  await expect(panel.getByRole("alert").first()).toContainText(/取消|关闭/);

  desk.personAnswers("wait");
  await button.click();
  await expect.poll(() => desk.shown().split("GETPIN").length).toBe(4);
  await accessible(page, "login-card-asking");
  desk.remove();
  await expect(panel.getByRole("alert").first()).toContainText(/取出/);
  await expect(panel.getByText("读卡器中没有卡")).toBeVisible();

  desk.insert(card);
  await expect(panel.getByText("卡已插入", { exact: true })).toBeVisible();
  await expect(panel.getByText(/取出/)).toHaveCount(0);
  desk.personAnswers(PIN);
  await button.click();
  await expect(page.getByRole("main")).toContainText(zhang.name);
});

test("a card that another tab is signing with is read by itself once that is done", async ({ page, context, desk, authority }) => {
  await cardTab(page);
  desk.insert(authority.issue(ofPerson(person(), enterprise(), cardNumber())));
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
  desk.personAnswers("wait");
  await page.getByRole("button", { name: SUBMIT }).click();
  await expect.poll(() => desk.shown()).toContain("GETPIN");

  const other = await context.newPage();
  await cardTab(other);
  const panel = other.getByRole("tabpanel", { name: "IC 卡登录" });
  await expect(panel.getByText("读卡器中有卡，尚未读取")).toBeVisible();
  await expect(panel.locator("[data-code='bridge.busy']")).toBeVisible();
  await accessible(other, "login-card-busy");
  await page.close();
  await expect(panel.getByText("卡已插入", { exact: true })).toBeVisible();
  await expect(panel.locator("[data-code]")).toHaveCount(0);
});

test("a PIN that was wrong three times is blocked, which the page says at once and at each further try", async ({ page, desk, authority }) => {
  await cardTab(page);
  desk.insert(authority.issue(ofPerson(person(), enterprise(), cardNumber())));
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
  const panel = page.getByRole("tabpanel", { name: "IC 卡登录" });
  const alert = panel.getByRole("alert").first();
  const button = panel.getByRole("button", { name: SUBMIT });
  for (const left of ["2", "1"]) {
    desk.personAnswers({ pin: "654321" });
    await button.click();
    await expect(alert).toContainText(`PIN 还可以尝试 ${left} 次`);
  }
  desk.personAnswers({ pin: "654321" });
  await button.click();
  await expect(alert).toContainText("PIN 已锁定");
  await expect(alert).toContainText("制卡中心");
  expect(desk.shown(), "the window of the bridge warned").toContain("最后一次机会");
  await accessible(page, "login-card-blocked");
  const questions = desk.shown().split("GETPIN").length;
  desk.personAnswers(PIN);
  await button.click();
  await expect(button).toBeEnabled();
  await expect(alert).toContainText("PIN 已锁定");
  expect(desk.shown().split("GETPIN").length, "nobody is asked for a PIN that can't be right").toBe(questions);
});

test("without a bridge the page says what to install, and finds it once it runs; a bridge that goes away and comes back is found again", async ({ page, desk, authority }) => {
  await desk.stopBridge();
  await cardTab(page);
  const panel = page.getByRole("tabpanel", { name: "IC 卡登录" });
  await expect(panel).toContainText("没有找到卡助手");
  await accessible(page, "login-card-no-bridge");
  await desk.startBridge();
  await panel.getByRole("button", { name: "连接读卡器" }).click();
  await expect(panel.getByText("读卡器中没有卡")).toBeVisible();
  await desk.stopBridge();
  await expect(panel.getByText("与卡助手的连接断开")).toBeVisible();
  desk.insert(authority.issue());
  await desk.startBridge();
  await expect(panel.getByText("卡已插入", { exact: true })).toBeVisible({ timeout: 30_000 });
});

for (const [kind, words] of [
  ["expired", /过期|到期/],
  ["foreign", /颁发|信任/],
  ["wrong_key_usage", /用途/],
] as const) {
  test(`a card that is ${kind} is refused with words of its own`, async ({ page, desk, authority }) => {
    await cardTab(page);
    desk.insert(authority.issue({ ...ofPerson(person(), enterprise(), cardNumber()), kind }));
    await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
    desk.personAnswers(PIN);
    const panel = page.getByRole("tabpanel", { name: "IC 卡登录" });
    await panel.getByRole("button", { name: SUBMIT }).click();
    await expect(panel.getByRole("alert").first()).toContainText(words);
    await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("工作台");
  });
}

test("a person binds their own card, logs in with it, and unbinds it; another person's card and another number are refused", async ({ page, server, desk, authority }) => {
  const [zhang, li, of] = [person(), person(), enterprise()];
  const [own, other] = [cardNumber(), cardNumber()];
  await server.register(zhang);
  const ownCard = authority.issue(ofPerson(zhang, of, own));
  const otherCard = authority.issue(ofPerson(li, of, other));
  await page.goto("/card");
  await logIn(page, zhang);
  await expect(page.getByText("未绑定 IC/Key 设备")).toBeVisible();
  await accessible(page, "card-none");
  await page.getByRole("button", { name: "绑定", exact: true }).click();
  await accessible(page, "card-bind");

  await page.getByLabel("需绑定的卡号").fill(other);
  await page.getByRole("button", { name: "确定", exact: true }).click();
  await expect(page.getByRole("main").getByText("没有插卡")).toBeVisible();
  desk.insert(otherCard);
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
  // A card is there now.
  await expect(page.getByRole("main").getByText("没有插卡")).toHaveCount(0);
  desk.personAnswers(PIN, PIN);
  await page.getByRole("button", { name: "确定", exact: true }).click();
  await expect(page.getByRole("main")).toContainText("信息不符");
  await accessible(page, "card-bind-refused");
  desk.remove();

  await page.waitForTimeout(2100);
  desk.insert(ownCard);
  await page.getByRole("button", { name: "读取卡号" }).click();
  await expect(page.getByLabel("需绑定的卡号")).toHaveValue(own);
  await page.getByLabel("需绑定的卡号").fill(other);
  desk.personAnswers(PIN);
  await page.getByRole("button", { name: "确定", exact: true }).click();
  await expect(page.getByRole("main").getByText("卡号与卡不符")).toBeVisible();
  await expect(page.getByText("绑定成功")).toHaveCount(0);
  await page.getByLabel("需绑定的卡号").fill(own);
  desk.personAnswers(PIN);
  const bindings = sent(page, "POST", "/v1/me/card");
  await page.getByRole("button", { name: "确定", exact: true }).dblclick();
  await expect(page.getByText("绑定成功，以后可以插卡登录。")).toBeVisible();
  await expect(page.getByRole("main")).toContainText(own);
  await accessible(page, "card-bound");
  expect(bindings()).toBe(1);
  await logOut(page);
  desk.remove();

  await page.waitForTimeout(2100);
  await logInByCard(page, desk, ownCard);
  await expect(page.getByRole("main")).toContainText(zhang.name);
  await page.goto("/card");
  await page.getByRole("button", { name: "解除绑定" }).click();
  const question = page.getByRole("dialog", { name: "解除绑定" });
  await expect(question).toContainText("立即结束");
  await accessible(page, "card-unbind");
  const unbindings = sent(page, "DELETE", "/v1/me/card");
  await question.getByRole("button", { name: "解除绑定" }).dblclick();
  // The session was the card's: it is over.
  await expect(page.getByRole("button", { name: "登录", exact: true }).first()).toBeVisible();
  expect(unbindings()).toBe(1);
});

test("a person changes the card's PIN on its page: asked for by the bridge, wrong once, and the new one logs in", async ({ page, desk, authority }) => {
  await logInByCard(page, desk, authority.issue(ofPerson(person(), enterprise(), cardNumber())));
  await page.goto("/card");
  await page.getByRole("button", { name: "连接读卡器" }).click();
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
  const button = page.getByRole("button", { name: "修改 PIN" });
  desk.personAnswers({ pin: "654321" }, { pin: "246810" }, { pin: "246810" });
  await button.click();
  await expect(page.getByRole("region", { name: "读卡器" }).getByRole("alert").first()).toContainText("PIN 还可以尝试 2 次");
  await accessible(page, "card-pin-wrong");
  desk.personAnswers(PIN, { pin: "246810" }, { pin: "246810" });
  await button.dblclick();
  await expect(page.getByText("PIN 已修改").first()).toBeVisible();
  expect(desk.log()).not.toContain("246810");
  await logOut(page);
  await cardTab(page);
  desk.personAnswers({ pin: "246810" });
  await page.getByRole("button", { name: SUBMIT }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
});

test("an account that has only its card can't lose it", async ({ page, desk, authority }) => {
  const zhang = person();
  await logInByCard(page, desk, authority.issue(ofPerson(zhang, enterprise(), cardNumber())));
  await page.goto("/card");
  await page.getByRole("button", { name: "解除绑定" }).click();
  await page.getByRole("dialog", { name: "解除绑定" }).getByRole("button", { name: "解除绑定" }).click();
  await expect(page.getByRole("main").getByRole("alert").first()).toContainText(/激活/);
});

test("from the internet the page explains the browser's question first; no has words of its own, and yes logs in", async ({ browser, desk, authority }, info) => {
  test.setTimeout(120_000);
  const elsewhere = await Elsewhere.start(browser, info.project.use.launchOptions);
  try {
    elsewhere.server.trust(authority.trustFile());
    const zhang = person();
    await desk.stopBridge();
    await desk.startBridge([elsewhere.server.origin]);
    desk.insert(authority.issue(ofPerson(zhang, enterprise(), cardNumber())));
    const page = await elsewhere.context.newPage();
    await elsewhere.permit("prompt");
    await page.goto("/");
    await page.getByRole("tab", { name: "IC 卡登录" }).click();
    await page.getByRole("button", { name: "连接读卡器" }).click();
    const dialog = page.getByRole("dialog", { name: "浏览器将询问一个问题" });
    await expect(dialog).toBeVisible();
    await accessible(page, "login-card-permission");
    await elsewhere.permit("denied");
    await dialog.getByRole("button", { name: "知道了，继续" }).click();
    await expect(page.getByRole("tabpanel", { name: "IC 卡登录" })).toContainText("浏览器不允许访问本机");
    await elsewhere.permit("granted");
    await page.getByRole("button", { name: "连接读卡器" }).click();
    await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
    desk.personAnswers(PIN);
    await page.getByRole("button", { name: SUBMIT }).click();
    await expect(page.getByRole("main")).toContainText(zhang.name);
  } finally {
    await elsewhere.end();
  }
});

test.describe("in English on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a person logs in by card and activates the account", async ({ page, server, desk, authority }) => {
    const [zhang, of] = [person(), enterprise()];
    desk.insert(authority.issue(ofPerson(zhang, of, cardNumber())));
    await page.goto("/");
    await page.getByRole("button", { name: "切换到英文" }).click();
    await page.getByRole("tab", { name: "IC card" }).click();
    const panel = page.getByRole("tabpanel", { name: "IC card" });
    await panel.getByRole("button", { name: "Connect the reader" }).click();
    await expect(panel).toContainText(of.name);
    await accessible(page, "login-card-en-390");
    desk.personAnswers(PIN);
    await panel.getByRole("button", { name: "Log in with the card" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Workbench");
    await page.goto("/activation");
    await accessible(page, "activation-en-390");
    await page.getByLabel("Username", { exact: true }).fill(zhang.username);
    await page.getByLabel("Phone number", { exact: true }).fill(zhang.phone);
    await page.getByRole("button", { name: "Get a code" }).click();
    await page.getByLabel("Code", { exact: true }).fill(await server.smsCode(zhang.phone));
    await page.getByLabel(/^(Login )?password$/i).first().fill(zhang.password);
    await page.getByLabel(/password.*(again|once more)/i).fill(zhang.password);
    await page.getByRole("button", { name: /activate/i }).click();
    await expect(page.getByText(/is active|activated/i).first()).toBeVisible();
    await page.goto("/card");
    await accessible(page, "card-en-390");
  });

  test("a person binds their card, and unbinds it", async ({ page, server, desk, authority }) => {
    const [zhang, of, number] = [person(), enterprise(), cardNumber()];
    await server.register(zhang);
    await page.goto("/card");
    await page.getByRole("button", { name: "切换到英文" }).click();
    await page.getByLabel("Username", { exact: true }).fill(zhang.username);
    await page.getByLabel("Password", { exact: true }).fill(zhang.password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByRole("button", { name: "Bind a card", exact: true }).click();
    await page.getByRole("button", { name: "Connect the reader" }).click();
    desk.insert(authority.issue(ofPerson(zhang, of, number)));
    await expect(page.getByText("A card is in the reader")).toBeVisible();
    await page.getByRole("button", { name: "Read the number" }).click();
    await expect(page.getByLabel("Number of the card")).toHaveValue(number);
    await accessible(page, "card-bind-en-390");
    desk.personAnswers(PIN);
    await page.getByRole("button", { name: "OK", exact: true }).click();
    await expect(page.getByText("The card is bound").first()).toBeVisible();
    await expect(page.getByRole("main")).toContainText(number);
    await accessible(page, "card-bound-en-390");
    await page.getByRole("button", { name: "Unbind" }).click();
    await page.getByRole("dialog", { name: "Unbind the card" }).getByRole("button", { name: "Unbind" }).click();
    await expect(page.getByText("No card is bound.")).toBeVisible();
  });
});
