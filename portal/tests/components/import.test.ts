// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { expect, test, vi } from "vitest";

import OperatorImport from "../../src/components/OperatorImport.vue";
import type { NewOperator } from "../../src/operators/rows.ts";
import type { Outcome } from "../../src/operators/submit.ts";

const HEADING = "用户名,姓名,证件类型,证件号码,手机号,卡号";

async function bring(lines: string[], send: (operator: NewOperator) => Promise<Outcome>): Promise<VueWrapper> {
  const page = mount(OperatorImport, { props: { known: [], send }, attachTo: document.body });
  const input = page.find("input[type=file]");
  const file = new File([[HEADING, ...lines].join("\n")], "a.csv");
  Object.defineProperty(input.element, "files", { configurable: true, value: [file] });
  await input.trigger("change");
  await vi.waitFor(() => expect(page.find("tbody").exists()).toBe(true), { timeout: 10_000 });
  return page;
}

const button = (page: VueWrapper, text: string) => page.findAll("button").find((one) => one.text().startsWith(text));

test("a row is corrected in place, then everything good is sent and its outcome stands beside it", async () => {
  const sent: string[] = [];
  const send = async ({ username }: NewOperator): Promise<Outcome> => {
    sent.push(username);
    return username === "wangwu" ? { kind: "refused", detail: "手机号已注册。", fix: "请核对。" } : { kind: "created" };
  };
  const page = await bring(["lisi,李四,,11010519491231002X,1381234567,", "wangwu,王五,,440524188001010014,13912345678,"], send);
  expect(page.find("[role=status]").text()).toContain("共 2 行，1 行可导入，1 行有误");
  // Only what is wrong is shown at first.
  expect(page.findAll("tbody tr")).toHaveLength(1);
  const phone = page.findAll("tbody td")[4];
  expect(phone?.text()).toContain("手机号应为");
  await phone?.find("button").trigger("keydown", { key: "Enter" });
  await page.find("input.operator-import__editor").setValue("13812345678");
  await page.find("input.operator-import__editor").trigger("blur");
  expect(page.find("[role=status]").text()).toContain("2 行可导入，0 行有误");
  await button(page, "导入 2 名操作员")?.trigger("click");
  await flushPromises();
  expect(sent).toEqual(["lisi", "wangwu"]);
  expect(page.text()).toContain("导入完成：新建 1，邀请 0，失败 1");
  expect(page.text()).toContain("手机号已注册。请核对。");
  expect(page.emitted("changed")).toHaveLength(1);
  page.unmount();
});

test("a second click while it is being sent sends nothing twice", async () => {
  let answer: (outcome: Outcome) => void = () => undefined;
  const send = vi.fn(() => new Promise<Outcome>((resolve) => (answer = resolve)));
  const page = await bring(["lisi,李四,,11010519491231002X,13812345678,"], send);
  const start = button(page, "导入 1 名操作员");
  await start?.trigger("click");
  await start?.trigger("click");
  expect(send).toHaveBeenCalledTimes(1);
  answer({ kind: "created" });
  await flushPromises();
  expect(page.text()).toContain("新建 1");
  page.unmount();
});
