/** The pictures of docs/manual/enterprise.md: all that an administrator does. */

import { choose, logIn } from "../stack/walk.ts";
import { picture, portrait } from "./camera.ts";
import { CARDS, CHEN, LI, SUN, WANG, ZHAO, ZHENG, ZHOU } from "./people.ts";
import { expect, test, type Stage } from "./stage.ts";
import { button, inDays, part } from "./walk.ts";

/** 应用权限 of a trading enterprise. */
const ENTITLEMENTS = [
  { application: "goods_declaration", actions: ["view", "create", "edit", "submit", "approve", "amend", "print", "export"] },
  { application: "manifest", actions: ["view", "create", "submit", "print"] },
  { application: "licence", actions: ["view", "create", "submit", "print"] },
  { application: "certificate_of_origin", actions: ["view", "create", "submit", "print"] },
  { application: "tax_payment", actions: ["view", "pay", "approve", "print"] },
  { application: "export_rebate", actions: ["view", "create", "submit"] },
  { application: "query_statistics", actions: ["view", "print", "export"] },
];

/** The enterprise with operators of every kind, and what they may do. */
async function office(stage: Stage): Promise<string> {
  const { server } = stage;
  const admin = await stage.enterprise();
  const accounts = await stage.operators(admin, LI, WANG, SUN);
  await stage.adds(admin, ZHAO, { card_number: CARDS.operator, department: "单证部" });
  await server.register(ZHENG);
  await stage.adds(admin, ZHENG, { department: "财务部" });
  await server.done("POST", `/v1/operators/${accounts.get(SUN)}/suspend`, undefined, admin);
  await server.done("PUT", "/v1/enterprise/entitlements", { entitlements: ENTITLEMENTS }, admin);
  const grant = (to: string | undefined, grants: unknown): Promise<unknown> => server.done("PUT", `/v1/operators/${to}/grants`, { grants }, admin);
  await grant(accounts.get(LI), [
    { application: "goods_declaration", actions: ["view", "create", "edit", "submit"] },
    { application: "manifest", actions: ["view", "create", "submit", "print"] },
    { application: "query_statistics", actions: ["view"] },
  ]);
  await grant(accounts.get(WANG), [
    { application: "tax_payment", actions: ["view", "pay", "print"] },
    { application: "export_rebate", actions: ["view", "create", "submit"] },
  ]);
  await grant(accounts.get(SUN), [{ application: "licence", actions: ["view", "create"] }]);
  return admin;
}

test("operators are added, brought in from a file, changed and suspended", async ({ page, stage }) => {
  await office(stage);
  await page.goto("/operators");
  await logIn(page, CHEN);
  const list = part(page, "操作员");
  await expect(list.getByRole("row")).toHaveCount(6);
  await button(list, `更多 ${LI.name}`).click();
  await expect(page.getByRole("menuitem", { name: "重置密码" })).toBeVisible();
  const more = page.locator(".el-dropdown__popper").filter({ visible: true });
  await picture(page, "operators", { of: [list, more], mark: [button(list, "新增操作员"), button(list, "批量导入"), more] });
  await page.keyboard.press("Escape");

  await button(list, "新增操作员").click();
  const dialog = page.getByRole("dialog", { name: "新增操作员" });
  await dialog.getByLabel("姓名").fill(ZHOU.name);
  await dialog.getByLabel("用户名").fill(ZHOU.username);
  await dialog.getByLabel("证件号码").fill(CHEN.idNumber);
  await dialog.getByLabel("手机号").fill(CHEN.phone);
  await dialog.getByLabel("部门").fill("报关部");
  await dialog.getByText("有卡", { exact: true }).click();
  await dialog.getByLabel("操作员卡号").fill(CARDS.stranger);
  await picture(page, "operator-add", { of: [dialog], mark: [dialog.getByRole("radiogroup"), button(dialog, "保存")] });
  await button(dialog, "取消").click();

  await button(list, "批量导入").click();
  const wizard = page.getByRole("dialog", { name: "批量导入操作员" });
  const rows = [
    "用户名,姓名,证件类型,证件号码,手机号,卡号",
    `${ZHOU.username},${ZHOU.name},居民身份证,${ZHOU.idNumber},${ZHOU.phone},`,
    `hanxue,韩雪,居民身份证,${ZHOU.idNumber.slice(0, 17)}1,13900000010,`,
    "yangfan,杨帆,护照,E12345678,1390000001,8930000104280",
  ];
  await wizard.locator("input[type=file]").setInputFiles({ name: "操作员.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) });
  await expect(wizard).toContainText("共 3 行");
  await wizard.locator("label").filter({ hasText: "只看有误的行" }).click();
  await picture(page, "operator-import", { of: [wizard], mark: [wizard.locator(".is-bad").first(), button(wizard, "导入 1 名操作员")] });
});

test("a person whom the administrator made changes the initial password first", async ({ page, stage }) => {
  const admin = await stage.enterprise();
  await stage.adds(admin, ZHAO);
  const { text } = await stage.server.sms(ZHAO.phone);
  const initial = /初始密码(.+?)，/.exec(text)?.[1] ?? "";
  await page.goto("/");
  await page.getByLabel("账号", { exact: true }).fill(ZHAO.username);
  await page.getByLabel("密码", { exact: true }).fill(initial);
  await button(page, "登录").click();
  const dialog = page.getByRole("dialog", { name: "请先修改初始密码" });
  await picture(page, "initial-password", { of: [dialog], mark: [button(dialog, "修改密码")] });
});

test("qualifications are entered and end", async ({ page, stage }) => {
  const admin = await stage.enterprise();
  const add = (kind: string, department: string, number: string, from: number, to: number | null): Promise<unknown> =>
    stage.server.done("POST", "/v1/enterprise/qualifications", { kind, department, number, valid_from: inDays(from), ...(to === null ? {} : { valid_to: inDays(to) }) }, admin);
  await add("customs_registration", "海关", "3301960001", -900, null);
  await add("business_licence", "市场监管", "91330100123456788G", -1400, 2200);
  await add("road_transport", "交通运输", "330100000001", -1080, 15);
  await add("trade_licence", "商务", "浙商许 2023-0001", -1100, -5);
  await page.goto("/qualifications");
  await logIn(page, CHEN);
  const list = part(page, "企业资质");
  await expect(list.getByRole("row")).toHaveCount(5);
  await picture(page, "qualifications", { of: [list], mark: [button(list, "登记资质")] });
  await button(list, "登记资质").click();
  const dialog = page.getByRole("dialog", { name: "登记资质" });
  await choose(dialog, "资质类型", "出口退（免）税备案");
  await dialog.getByLabel("编号").fill("330100-2026-0001");
  await dialog.getByLabel("备注").fill("一类企业");
  await picture(page, "qualification-add", { of: [dialog], mark: [button(dialog, "保存")] });
});

test("applications are opened and granted", async ({ page, stage }) => {
  await office(stage);
  await page.goto("/permissions");
  await logIn(page, CHEN);
  const [grants, entitlements] = [part(page, "人员授权"), part(page, "应用权限")];
  await expect(grants.getByRole("row")).toHaveCount(6);
  await portrait(page, "permissions");
  await picture(page, "entitlements", { of: [entitlements], mark: [entitlements.getByRole("listitem").first(), button(entitlements, "保存修改")] });
  const cell = grants.getByRole("button", { name: new RegExp(`^${LI.name}，货物申报`) });
  await picture(page, "matrix", { of: [grants], mark: [cell] });
  await cell.click();
  const dialog = page.getByRole("dialog", { name: `${LI.name} · 货物申报` });
  await picture(page, "matrix-cell", { of: [dialog], mark: [button(dialog, "保存")] });
});

test("an operator sees what was granted", async ({ page, stage }) => {
  await office(stage);
  await page.goto("/permissions");
  await logIn(page, LI);
  const mine = part(page, "我的权限");
  await expect(mine).toContainText("舱单申报");
  await picture(page, "my-permissions", { of: [page.locator("header").first(), mine] });
});

test("the administrator's place is handed over", async ({ page, stage }) => {
  await office(stage);
  await stage.asks(ZHOU);
  await page.goto("/operators");
  await logIn(page, CHEN);
  const waiting = part(page, "待审核的关联申请");
  await expect(waiting).toContainText(ZHOU.name);
  await picture(page, "waiting", { of: [waiting], mark: [button(waiting, `审核通过 ${ZHOU.name}`)] });
  await button(waiting, `审核通过 ${ZHOU.name}`).click();
  await expect(waiting).toHaveCount(0);
  await page.goto("/enterprise");
  await button(page, "变更企业管理员账号").click();
  const dialog = page.getByRole("dialog", { name: "变更企业管理员" });
  await choose(dialog, "新管理员", `${ZHOU.name}（${ZHOU.username}）`);
  await expect(dialog).toContainText("变更后您将不再是管理员");
  await picture(page, "transfer", { of: [dialog], mark: [dialog.locator(".el-select"), button(dialog, "确定")] });
});

test("the administrator at work: what ends, what has come in, what was done", async ({ page, stage }) => {
  const admin = await office(stage);
  await stage.server.done("POST", "/v1/enterprise/qualifications", { kind: "road_transport", department: "交通运输", number: "330100000001", valid_from: inDays(-1080), valid_to: inDays(15) }, admin);
  await page.goto("/");
  await logIn(page, CHEN);
  await stage.reads(admin);
  await stage.asks(ZHOU);
  await page.reload();
  await expect(page.getByRole("main")).toContainText(ZHOU.name);
  await portrait(page, "workbench");
  await picture(page, "workbench", { of: [page.locator(".app > header"), page.locator("nav.menu a").last(), part(page, "即将到期")] });

  await page.goto("/trail");
  const trail = part(page, "操作日志");
  await button(trail, "详情 修改人员授权").first().click();
  await picture(page, "trail", { of: [trail.getByRole("search"), trail.locator("dl"), trail.getByRole("row").nth(5)], mark: [trail.getByRole("search")] });
});
