/** 关联企业 (J9), and the decision about it, from the message (J17) or from the list. */

import { enter, importRegistry, member, Office, told } from "../stack/enterprise.ts";
import { accessible, enterprise, expect, logIn, person, test } from "../stack/test.ts";

/** The same code with another check character. */
function misspelt(uscc: string): string {
  return uscc.slice(0, 17) + (uscc.endsWith("A") ? "B" : "A");
}

test("the registry fills the form; a wrong check character is told beside the field; two clicks join once", async ({ page, server }) => {
  const [zhang, of] = [person(), enterprise()];
  await server.register(zhang);
  importRegistry(server, [{ ...of, registered_address: "杭州市上城区望江路 1 号", business_scope: "货物进出口", legal_person_name: "钱法人" }]);
  await page.goto("/enterprise");
  await logIn(page, zhang);
  await expect(page.getByRole("region", { name: "关联企业" })).toContainText("首次登录需先关联企业");
  await accessible(page, "enterprise-join");
  await page.getByRole("radio", { name: "企业管理员" }).check({ force: true });

  const code = page.getByLabel("统一社会信用代码");
  const lookUp = page.getByRole("button", { name: "查询企业" });
  await code.fill(misspelt(of.uscc));
  await expect(code).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("校验码与前 17 位不符，请对照营业执照逐位核对")).toBeVisible();
  await expect(lookUp).toBeDisabled();
  await accessible(page, "enterprise-join-check-character");
  await code.fill(`${of.uscc.slice(0, 8)}I${of.uscc.slice(9)}`);
  await expect(page.getByText("第 9 位“I”不会出现在统一社会信用代码中")).toBeVisible();

  // As people paste it.
  await code.fill(` ${of.uscc.toLowerCase().slice(0, 9)} ${of.uscc.toLowerCase().slice(9)}`);
  await lookUp.click();
  await expect(page.getByText("已查询到企业信息，请核对")).toBeVisible();
  for (const words of [of.name, "杭州市上城区望江路 1 号", "货物进出口", "钱法人"]) {
    await expect(page.getByRole("main")).toContainText(words);
  }
  await accessible(page, "enterprise-join-found");
  await page.getByRole("button", { name: "确定关联" }).dblclick();
  await told(page, "企业关联成功");
  const facts = page.getByRole("region", { name: "企业信息" });
  await expect(facts).toContainText(of.uscc);
  await expect(facts).toContainText("企业未认证前");
  await expect(facts).toContainText("未绑定 IC/Key 设备，绑定后可使用设备登录");
  await accessible(page, "enterprise-admin-unverified");
  const token = await server.logIn(zhang);
  const { items } = await server.done<{ items: unknown[] }>("GET", "/v1/associations?mine=true", undefined, token);
  expect(items).toHaveLength(1);
  await expect(page.getByRole("link", { name: "操作员管理" })).toBeVisible();
});

test("what the registry doesn't know is entered by hand; where there is an administrator the page says the way, and the request waits", async ({ page, server }) => {
  const [zhang, li, of] = [person(), person(), enterprise()];
  await server.register(zhang);
  await server.register(li);
  await page.goto("/enterprise");
  await logIn(page, zhang);
  await page.getByLabel("统一社会信用代码").fill(of.uscc);
  await page.getByRole("button", { name: "查询企业" }).click();
  await expect(page.getByText("未查询到企业信息。如企业管理员已在本平台登记该企业，可直接提交申请；否则请先由企业管理员关联并登记企业。")).toBeVisible();
  await page.getByRole("button", { name: "确定关联" }).click();
  await expect(page.locator("[data-code='association.admin_required']")).toContainText("请由企业管理员先关联并登记企业");
  await accessible(page, "enterprise-join-operator-first");

  await page.getByRole("radio", { name: "企业管理员" }).check({ force: true });
  await expect(page.getByText("未查询到企业信息，请手工录入企业名称、注册地址及经营范围")).toBeVisible();
  await page.getByRole("button", { name: "确定关联" }).click();
  for (const label of ["企业名称", "注册地址", "经营范围"]) {
    await expect(page.getByLabel(label)).toHaveAttribute("aria-invalid", "true");
  }
  await accessible(page, "enterprise-join-by-hand");
  await page.getByLabel("企业名称").fill(of.name);
  await page.getByLabel("注册地址").fill("西安市未央区凤城八路 1 号");
  await page.getByLabel("经营范围").fill("信息服务");
  await page.getByRole("button", { name: "确定关联" }).dblclick();
  await expect(page.getByRole("region", { name: "企业信息" })).toContainText("西安市未央区凤城八路 1 号");

  await enter(page, li, "/enterprise");
  await page.getByRole("radio", { name: "企业管理员" }).check({ force: true });
  await page.getByLabel("统一社会信用代码").fill(of.uscc);
  await page.getByRole("button", { name: "确定关联" }).click();
  await page.getByLabel("企业名称").fill(of.name);
  await page.getByLabel("注册地址").fill("别处");
  await page.getByLabel("经营范围").fill("别的");
  await page.getByRole("button", { name: "确定关联" }).click();
  const refusal = page.locator("[data-code='association.admin_exists']");
  await expect(refusal).toContainText("请以操作员身份申请关联，经审核后由现任管理员变更企业管理员");
  await accessible(page, "enterprise-join-admin-exists");
  await page.getByRole("radio", { name: "企业用户" }).check({ force: true });
  await page.getByRole("button", { name: "确定关联" }).dblclick();
  await told(page, "关联申请已提交，请等待企业管理员审核");
  const mine = page.getByRole("region", { name: "我的关联申请" });
  await expect(mine).toContainText("待审核");
  await expect(mine.getByRole("listitem")).toHaveCount(1);
  await expect(page.getByLabel("统一社会信用代码")).toHaveCount(0);
  await accessible(page, "enterprise-waiting");

  await mine.getByRole("button", { name: "撤回申请" }).dblclick();
  await accessible(page, "enterprise-withdraw");
  await page.getByRole("dialog", { name: "撤回申请" }).getByRole("button", { name: "撤回申请" }).click();
  await expect(mine).toContainText("已撤回");
  await expect(page.getByLabel("统一社会信用代码")).toBeVisible();
});

test("the administrator approves from the message, and the operator is in", async ({ page, server }) => {
  const office = await Office.open(server);
  const li = await member(server);
  await server.done("POST", "/v1/associations", { role: "operator", uscc: office.enterprise.uscc }, li.token);
  await page.goto("/");
  await logIn(page, office.admin.person);
  await page.getByRole("banner").getByRole("link", { name: /消息提醒/ }).click();
  const message = page.getByRole("main").getByRole("listitem").filter({ hasText: "关联申请待审核" });
  await expect(message).toContainText(li.person.name);
  await accessible(page, "messages-association");
  await message.getByRole("button", { name: "审核通过" }).dblclick();
  await expect(message).toContainText("已通过");
  await expect(message.getByRole("button", { name: "审核通过" })).toHaveCount(0);
  await page.goto("/operators");
  await expect(page.getByRole("row", { name: new RegExp(li.person.name) })).toContainText("正常");

  await enter(page, li.person, "/enterprise");
  await expect(page.getByRole("region", { name: "企业信息" })).toContainText("企业用户");
  await expect(page.getByRole("button", { name: "同步更新" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "变更企业管理员账号" })).toHaveCount(0);
  await accessible(page, "enterprise-operator");
  await page.goto("/messages");
  await expect(page.getByRole("main")).toContainText(`您已成为 ${office.enterprise.name} 的操作员`);
  // Pages of the administrator lead an operator back.
  await page.goto("/operators");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
});

test("from the list a request is approved or turned down with a reason, which its person reads and may ask again", async ({ page, server }) => {
  const office = await Office.open(server);
  const [li, wang] = [await member(server), await member(server)];
  for (const one of [li, wang]) {
    await server.done("POST", "/v1/associations", { role: "operator", uscc: office.enterprise.uscc }, one.token);
  }
  await page.goto("/operators");
  await logIn(page, office.admin.person);
  const waiting = page.getByRole("table", { name: "待审核的关联申请" });
  await expect(waiting.getByRole("row")).toHaveCount(3);
  await accessible(page, "operators-waiting");
  await page.getByRole("button", { name: `审核通过 ${li.person.name}`, exact: true }).dblclick();
  await told(page, `已通过，${li.person.name} 成为本企业操作员`);
  await page.getByRole("button", { name: `不通过 ${wang.person.name}`, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "驳回关联申请" });
  await dialog.getByRole("button", { name: "不通过" }).click();
  await expect(dialog.getByLabel("原因")).toHaveAttribute("aria-invalid", "true");
  await accessible(page, "operators-reject");
  await dialog.getByLabel("原因").fill("不是本企业员工");
  await dialog.getByRole("button", { name: "不通过" }).dblclick();
  await told(page, `已驳回 ${wang.person.name} 的申请`);
  await expect(waiting).toHaveCount(0);
  await expect(page.getByRole("row", { name: new RegExp(li.person.name) })).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(wang.person.name) })).toHaveCount(0);

  await enter(page, wang.person, "/enterprise");
  const mine = page.getByRole("region", { name: "我的关联申请" });
  await expect(mine).toContainText("未通过");
  await expect(mine).toContainText("不是本企业员工");
  await accessible(page, "enterprise-rejected");
  await page.getByLabel("统一社会信用代码").fill(office.enterprise.uscc);
  await page.getByRole("button", { name: "确定关联" }).click();
  await expect(mine.getByRole("listitem")).toHaveCount(2);
});
