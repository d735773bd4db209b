/** The pictures of docs/manual/staff.md: the console of the platform's staff. */

import { logIn } from "../stack/walk.ts";
import { picture } from "./camera.ts";
import { CHEN, ENTERPRISE, LI, NEW_ENTERPRISE, STAFF, WANG, ZHOU } from "./people.ts";
import { expect, test } from "./stage.ts";
import { button, part } from "./walk.ts";

test("the console of the staff", async ({ page, stage }) => {
  const { server } = stage;
  const admin = await stage.enterprise();
  await stage.operators(admin, LI, WANG);
  // Claimed with another address than the registry learns of later.
  await server.register(ZHOU);
  const claimant = await server.logIn(ZHOU);
  const { name, registered_address, business_scope } = NEW_ENTERPRISE;
  await server.done("POST", "/v1/associations", { role: "admin", uscc: NEW_ENTERPRISE.uscc, enterprise: { name, registered_address, business_scope } }, claimant);
  stage.register({ ...NEW_ENTERPRISE, registered_address: "浙江省宁波市鄞州区示例路 6 号", legal_person_name: ZHOU.name });

  await page.goto("/staff/enterprises");
  await logIn(page, STAFF);
  const enterprises = part(page, "企业");
  await picture(page, "staff-enterprises", { of: [enterprises], mark: [button(enterprises, `审核 ${NEW_ENTERPRISE.name}`)] });
  await button(enterprises, `审核 ${NEW_ENTERPRISE.name}`).click();
  const review = page.getByRole("dialog", { name: NEW_ENTERPRISE.name });
  await expect(review).toContainText("鄞州区");
  await picture(page, "staff-review", { of: [review], mark: [button(review, "驳回"), button(review, "认证通过")] });
  await button(review, "关闭").last().click();

  await page.goto("/staff/accounts");
  const accounts = part(page, "账号");
  await expect(accounts).toContainText(LI.name);
  await picture(page, "staff-accounts", { of: [accounts], mark: [button(accounts, `锁定 ${LI.name}`), button(accounts, `查看完整信息 ${LI.name}`), button(accounts, `IC 卡 ${LI.name}`)] });
  await button(accounts, `查看完整信息 ${LI.name}`).click();
  const reason = page.getByRole("dialog", { name: `查看完整信息：${LI.name}` });
  await reason.getByLabel("原因").fill("本人来电核实身份，工单 2026-0001");
  await picture(page, "staff-reason", { of: [reason], mark: [reason.locator(".el-input"), button(reason, "查看完整信息")] });

  await page.goto("/staff/registry");
  const upload = part(page, "导入企业登记信息");
  const rows = [
    "uscc,name,registered_address,business_scope,legal_person_name",
    `${ENTERPRISE.uscc},${ENTERPRISE.name},${ENTERPRISE.registered_address},${ENTERPRISE.business_scope},${CHEN.name}`,
    "913301003456789091,嘉兴示例国际货运有限公司,浙江省嘉兴市南湖区示例路 3 号,国际货物运输代理,王芳",
    "91330100456789011C,绍兴示例纺织品有限公司,浙江省绍兴市柯桥区示例路 5 号,纺织品进出口,李明",
  ];
  await upload.locator("input[type=file]").setInputFiles({ name: "登记信息.csv", mimeType: "text/csv", buffer: Buffer.from(`${rows.join("\n")}\n`) });
  await button(upload, "开始导入").click();
  await expect(upload).toContainText("有误的行");
  await picture(page, "staff-registry", { of: [upload], mark: [button(upload, "开始导入"), upload.getByRole("region", { name: "有误的行" })] });

  await page.goto("/staff/applications");
  const applications = part(page, "应用目录");
  await expect(applications).toContainText("货物申报");
  await picture(page, "staff-applications", { of: [page.locator("main h1"), applications.getByRole("row").nth(5)], mark: [button(applications, "新增应用")] });

  await page.goto("/staff/trust");
  await picture(page, "staff-trust", { of: [part(page, "信任的发证机构"), part(page, "吊销列表")], mark: [button(page, "添加发证机构"), button(page, "导入吊销列表")] });

  await page.goto("/staff/audit");
  const trail = part(page, "审计日志");
  await expect(trail.getByRole("row").nth(6)).toBeVisible();
  await picture(page, "staff-audit", { of: [page.locator("main h1"), trail.getByRole("row").nth(6)], mark: [trail.getByRole("search"), button(trail, "导出")] });
});
