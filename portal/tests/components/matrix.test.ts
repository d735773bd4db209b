// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { beforeAll, expect, test } from "vitest";

import PermissionMatrix from "../../src/components/PermissionMatrix.vue";
import type { Application, Person } from "../../src/permissions/matrix.ts";

const ROWS_IN_SIGHT = 10;

beforeAll(() => {
  // The test's page has no layout: the list gets the height of ten rows.
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 45 * ROWS_IN_SIGHT });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 1000 });
});

const APPLICATIONS: Application[] = [
  { code: "goods", name: "货物申报", actions: [{ code: "view", name: "查看" }, { code: "submit", name: "申报" }, { code: "delete", name: "删除" }] },
  { code: "tax", name: "税费支付", actions: [{ code: "pay", name: "支付" }] },
];
const ENTITLED = new Map([["goods", new Set(["view", "submit"])]]);
const PEOPLE: Person[] = Array.from({ length: 500 }, (_, i) => ({ id: `p${i}`, name: `李四${i}`, username: `user${i}`, administrator: i === 0, suspended: false }));

async function show(): Promise<VueWrapper> {
  const grants = new Map([["p1", new Map([["goods", new Set(["view"])]])], ["p2", new Map()]]);
  const matrix = mount(PermissionMatrix, {
    props: { people: PEOPLE, applications: APPLICATIONS, entitlements: ENTITLED, grants },
    attachTo: document.body,
    global: { stubs: { teleport: true } },
  });
  await flushPromises();
  return matrix;
}

test("of 500 people only those in sight are drawn, and all are counted", async () => {
  const matrix = await show();
  const rows = matrix.findAll("tbody tr[aria-rowindex]");
  expect(rows.length).toBeGreaterThanOrEqual(ROWS_IN_SIGHT);
  expect(rows.length).toBeLessThan(60);
  expect(matrix.find("table").attributes("aria-rowcount")).toBe("501");
  matrix.unmount();
});

test("each cell says who may do how much of what", async () => {
  const matrix = await show();
  const labels = matrix.findAll("button.mark").map((button) => button.attributes("aria-label"));
  expect(labels.slice(0, 5)).toEqual([
    "李四0，货物申报：全部授权，2 / 2",
    "李四0，税费支付：企业未开通，0 / 0",
    "李四1，货物申报：部分授权，1 / 2",
    "李四1，税费支付：企业未开通，0 / 0",
    "李四2，货物申报：未授权，0 / 2",
  ]);
  // The others' grants are not known yet, and asked for.
  expect(matrix.findAll(".is-unknown").length).toBeGreaterThan(0);
  expect(matrix.emitted("needed")?.[0]?.[0]).toContain("p3");
  matrix.unmount();
});

test("the Tab key finds one cell, and the arrows take it along", async () => {
  const matrix = await show();
  const inOrder = (): string[] => matrix.findAll('button.mark[tabindex="0"]').map((button) => `${button.attributes("data-row")}/${button.attributes("data-column")}`);
  expect(inOrder()).toEqual(["0/0"]);
  await matrix.find(".permission-matrix__scroller").trigger("keydown", { key: "ArrowDown" });
  await matrix.find(".permission-matrix__scroller").trigger("keydown", { key: "ArrowRight" });
  expect(inOrder()).toEqual(["1/1"]);
  matrix.unmount();
});

test("what is chosen for a person is saved, and only what the enterprise may use can be", async () => {
  const matrix = await show();
  await matrix.find('[data-row="1"][data-column="0"]').trigger("click");
  await flushPromises();
  const boxes = matrix.findAll(".permission-matrix__actions input");
  expect(boxes.map((box) => (box.element as HTMLInputElement).disabled)).toEqual([false, false, true]);
  expect(boxes.map((box) => (box.element as HTMLInputElement).checked)).toEqual([true, false, false]);
  await boxes[1]?.setValue(true);
  await matrix.findAll("button").find((button) => button.text() === "保存")?.trigger("click");
  expect(matrix.emitted("save")).toEqual([[{ person: "p1", application: "goods", actions: ["view", "submit"] }]]);
  matrix.unmount();
});

test("the administrator's cell opens to be read, not to be changed", async () => {
  const matrix = await show();
  await matrix.find('[data-row="0"][data-column="0"]').trigger("click");
  await flushPromises();
  expect(matrix.findAll("button").some((button) => button.text() === "保存")).toBe(false);
  matrix.unmount();
});

test("an application that the enterprise doesn't use opens nothing", async () => {
  const matrix = await show();
  await matrix.find('[data-row="1"][data-column="1"]').trigger("click");
  await flushPromises();
  expect(matrix.find(".permission-matrix__actions").exists()).toBe(false);
  matrix.unmount();
});

test("people are found by their name", async () => {
  const matrix = await show();
  await matrix.find(".permission-matrix__search input").setValue("user499");
  await flushPromises();
  expect(matrix.find("[role=status]").text()).toBe("1 / 500 人");
  expect(matrix.find("tbody th").text()).toContain("李四499");
  matrix.unmount();
});
