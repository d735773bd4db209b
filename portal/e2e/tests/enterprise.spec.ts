/** The enterprise's contact data (J4), its synchronisation with the registry (J6), what another enterprise sees of it, and all its pages in English and on a phone. */

import type { Page } from "@playwright/test";
import { enter, importRegistry, Office, told } from "../stack/enterprise.ts";
import { accessible, cardNumber, expect, logIn, person, test, uscc } from "../stack/test.ts";
import type { Server } from "../stack/server.ts";

const PAGES = ["enterprise", "operators", "qualifications", "permissions", "seals", "signatures", "trail"] as const;

test("an administrator edits the contact data once, a malformed one is told beside its field, and of two tabs the second is told", async ({ page, server, context }) => {
  const office = await Office.open(server);
  const li = await office.operator();
  await page.goto("/enterprise");
  await logIn(page, office.admin.person);
  const contact = page.getByRole("region", { name: "联系信息" });
  await expect(contact.getByRole("button", { name: "保存" })).toBeDisabled();
  await contact.getByLabel("联系人").fill("孙会计");
  await contact.getByLabel("电子邮箱").fill("not an address");
  await contact.getByLabel("邮政编码").fill("31000");
  await contact.getByRole("button", { name: "保存" }).click();
  await expect(contact.getByLabel("电子邮箱")).toHaveAttribute("aria-invalid", "true");
  await expect(contact.getByLabel("邮政编码")).toHaveAttribute("aria-invalid", "true");
  await accessible(page, "enterprise-contact-wrong");
  await contact.getByLabel("电子邮箱").fill("office@example.cn");
  await contact.getByLabel("邮政编码").fill("310008");
  await contact.getByLabel("联系电话").fill("0571-88888888");
  await contact.getByLabel("通信地址").fill("杭州市上城区望江路 2 号");
  const other = await context.newPage();
  await other.goto("/enterprise");
  const theirs = other.getByRole("region", { name: "联系信息" });
  await expect(theirs.getByLabel("联系人")).toBeVisible();
  await contact.getByRole("button", { name: "保存" }).dblclick();
  await told(page, "联系信息已保存");
  await expect(contact.getByRole("button", { name: "保存" })).toBeDisabled();

  await theirs.getByLabel("联系人").fill("周会计");
  await theirs.getByRole("button", { name: "保存" }).click();
  await expect(theirs.getByRole("alert").filter({ hasText: "他人刚刚修改过，已载入最新内容，请核对后重新修改。" })).toBeVisible();
  await expect(theirs.getByLabel("联系人")).toHaveValue("孙会计");
  await expect(theirs.getByLabel("邮政编码")).toHaveValue("310008");
  await accessible(other, "enterprise-contact-stale");
  await other.close();

  await enter(page, li.person, "/enterprise");
  await expect(contact).toContainText("office@example.cn");
  await expect(contact.getByRole("textbox")).toHaveCount(0);
});

test("what changed in the registry is shown field by field, old and new, and taken over once; a registry that knows nothing says so", async ({ page, server }) => {
  const office = await Office.open(server);
  await page.goto("/enterprise");
  await logIn(page, office.admin.person);
  await page.getByRole("button", { name: "同步更新" }).click();
  const dialog = page.getByRole("dialog", { name: "同步更新" });
  await expect(dialog.locator("[data-code='registry.enterprise_unknown']")).toBeVisible();
  await accessible(page, "sync-unknown");
  await dialog.getByRole("button", { name: "关闭" }).last().click();

  const { uscc: code } = office.enterprise;
  importRegistry(server, [{ uscc: code, name: "杭州新名贸易有限公司", registered_address: "杭州市滨江区江南大道 100 号", business_scope: "货物进出口；技术进出口", legal_person_name: "吴法人" }]);
  await page.getByRole("button", { name: "同步更新" }).click();
  const row = (field: string) => dialog.getByRole("row", { name: new RegExp(`^${field}`) });
  await expect(row("企业名称").locator("del")).toHaveText(office.enterprise.name);
  await expect(row("企业名称").locator("ins")).toHaveText("杭州新名贸易有限公司");
  await expect(row("注册地址").locator("ins")).toHaveText("杭州市滨江区江南大道 100 号");
  await expect(row("法定代表人").locator("del")).toHaveText("（空）");
  // What is the same is no difference.
  await expect(row("经营范围")).toHaveCount(0);
  await accessible(page, "sync");
  await expect(page.getByRole("region", { name: "企业信息" })).toContainText(office.enterprise.name);
  await dialog.getByRole("button", { name: "确认更新" }).dblclick();
  await told(page, "企业信息已更新");
  const info = page.getByRole("region", { name: "企业信息" });
  await expect(info).toContainText("杭州新名贸易有限公司");
  await expect(info).toContainText("吴法人");
  await expect(page.getByRole("banner")).toContainText("杭州新名贸易有限公司");
  await page.getByRole("button", { name: "同步更新" }).click();
  await expect(dialog).toContainText("登记信息与本系统一致，无需更新。");
  await accessible(page, "sync-none");
});

/** An enterprise with something on every page; what it is known by. */
async function furnished(server: Server): Promise<{ office: Office; marks: string[] }> {
  const office = await Office.open(server);
  const { token } = office.admin;
  const li = await office.operator();
  const number = `33${String(Date.now()).slice(-8)}`;
  await server.done("POST", "/v1/enterprise/qualifications", { kind: "customs_registration", department: "海关", number }, token);
  await server.done("PUT", "/v1/enterprise/entitlements", { entitlements: [{ application: "goods_declaration", actions: ["view"] }] }, token);
  const { enterprise: of, admin } = office;
  return { office, marks: [of.name, of.uscc, admin.person.username, li.person.username, admin.id, li.id, number] };
}

test("two enterprises side by side: no page of one has anything of the other, whatever is asked for", async ({ page, server }) => {
  const [ours, theirs] = [await furnished(server), await furnished(server)];
  await page.goto("/");
  await logIn(page, ours.office.admin.person);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
  for (const path of ["", ...PAGES, "messages"]) {
    await page.goto(`/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("button", { name: /^个人中心/ })).toBeVisible();
    await expect(page.getByRole("main").getByRole("status", { name: "正在加载" })).toHaveCount(0);
    const text = await page.content();
    for (const mark of theirs.marks) {
      expect(text, `${path} has ${mark}`).not.toContain(mark);
    }
  }
  await page.goto("/operators");
  await expect(page.getByRole("main")).toContainText(ours.marks[3] ?? "");
  for (const query of [theirs.marks[3] ?? "", theirs.marks[2] ?? ""]) {
    await page.getByLabel("姓名或用户名的开头，或完整的手机号、证件号码").fill(query);
    await page.getByRole("button", { name: "查询", exact: true }).click();
    await expect(page.getByText("没有符合条件的操作员")).toBeVisible();
  }
  for (const path of [`/v1/operators/${theirs.marks[5]}`, `/v1/operators/${theirs.marks[5]}/grants`]) {
    expect((await server.call("GET", path, undefined, ours.office.admin.token)).status).toBe(404);
  }
});

/** Every page of the administrator, and what opens on it. */
async function walk(page: Page, suffix: string, texts: { add: string; import: string; enter: string; sync: string; hand: string; sign: string; heading: RegExp | null }): Promise<void> {
  for (const name of PAGES) {
    await page.goto(`/${name}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("region").first()).toBeVisible();
    if (texts.heading !== null) {
      await expect(page.getByRole("main")).not.toContainText(texts.heading);
    }
    await accessible(page, `${name}-${suffix}`);
  }
  for (const [name, what] of [
    ["operators", "add"],
    ["operators", "import"],
    ["qualifications", "enter"],
    ["enterprise", "sync"],
    ["enterprise", "hand"],
    ["signatures", "sign"],
  ] as const) {
    await page.goto(`/${name}`);
    await page.getByRole("button", { name: texts[what], exact: true }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    if (texts.heading !== null) {
      await expect(page.getByRole("dialog")).not.toContainText(texts.heading);
    }
    await accessible(page, `${name}-${what}-${suffix}`);
  }
}

/** Four Chinese characters in a row are a text that nobody has translated: a name has three at most. */
const CHINESE = /[一-龥]{4}/;
const ENGLISH = {
  add: "Add an operator",
  import: "Import",
  enter: "Enter a qualification",
  sync: "Synchronise",
  hand: "Change the administrator",
  sign: "Make a signature",
  heading: CHINESE,
};

/** An enterprise whose data are English, with people and things on every page. */
async function english(server: Server): Promise<Office> {
  const described = { registered_address: "1 Wangjiang Road, Hangzhou", business_scope: "Import and export of goods" };
  const office = await Office.open(server, { name: "Hangzhou Example Trading Co., Ltd.", uscc: uscc(), ...described });
  const { token } = office.admin;
  await office.operator();
  const li = await office.operator();
  await server.done("POST", `/v1/operators/${li.id}/suspend`, undefined, token);
  const added = person();
  await server.done(
    "POST",
    "/v1/operators",
    { username: added.username, name: added.name, id_type: "resident_id", id_number: added.idNumber, phone: added.phone, card_number: cardNumber(), department: "Customs desk" },
    token,
  );
  await server.done("POST", "/v1/enterprise/qualifications", { kind: "customs_registration", department: "Customs", number: "3301960ABC", valid_to: "2026-01-31" }, token);
  await server.done("PUT", "/v1/enterprise/entitlements", { entitlements: [{ application: "goods_declaration", actions: ["view", "create"] }] }, token);
  return office;
}

test("every page of an enterprise is complete in English", async ({ page, server }) => {
  // Thirteen pages and dialogs, each with all of axe.
  test.setTimeout(900_000);
  const office = await english(server);
  await page.goto("/enterprise");
  await logIn(page, office.admin.person);
  await page.getByRole("button", { name: "切换到英文" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Enterprise");
  await walk(page, "en", ENGLISH);
  // One thing is done in English from its beginning to its end.
  await page.goto("/qualifications");
  await page.getByRole("button", { name: /^Edit .*3301960ABC$/ }).click();
  const dialog = page.getByRole("dialog", { name: "Change a qualification" });
  await dialog.getByLabel("Number").fill("3301960AB");
  await dialog.getByRole("button", { name: "Save" }).last().click();
  await expect(dialog).toContainText("A customs registration code has 10 digits or capital letters.");
  await dialog.getByLabel("Number").fill("3301960XYZ");
  await dialog.getByRole("button", { name: "Save" }).last().click();
  await told(page, "Saved");
  await expect(page.getByRole("row", { name: /3301960XYZ/ })).toContainText("Expired");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("every page of an enterprise fits, in Chinese and in English", async ({ page, server }) => {
    test.setTimeout(1_500_000);
    const office = await english(server);
    await page.goto("/enterprise");
    await logIn(page, office.admin.person);
    await expect(page.getByRole("region", { name: "企业信息" })).toBeVisible();
    const chinese = { add: "新增操作员", import: "批量导入", enter: "登记资质", sync: "同步更新", hand: "变更企业管理员账号", sign: "制作签名", heading: null };
    await walk(page, "390", chinese);
    await page.goto("/enterprise");
    await page.getByRole("button", { name: "切换到英文" }).click();
    await walk(page, "en-390", ENGLISH);
    await page.goto("/operators");
    await page.getByRole("button", { name: "Open the navigation" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Permissions" }).click();
    await expect(page.getByRole("grid", { name: "Grants" })).toBeVisible();
  });
});
