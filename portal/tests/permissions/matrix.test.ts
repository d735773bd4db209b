import { expect, test } from "vitest";

import { cellState, findPeople, fromItems, moveFocus, toItems, withActions, type Application, type Person } from "../../src/permissions/matrix.ts";

const DECLARATION: Application = { code: "goods_declaration", name: "货物申报", actions: ["view", "edit", "submit"].map((code) => ({ code, name: code })) };
const TAX: Application = { code: "tax", name: "税费支付", actions: [{ code: "pay", name: "支付" }] };
const ENTITLED = new Map([["goods_declaration", new Set(["view", "edit"])]]);

function person(name: string, more: Partial<Person> = {}): Person {
  return { id: name, name, username: name, administrator: false, suspended: false, ...more };
}

test("a cell is full when everything that the enterprise may use is granted, not everything there is", () => {
  const lisi = person("李四");
  const level = (...actions: string[]) => cellState(lisi, DECLARATION, ENTITLED, new Map([["goods_declaration", new Set(actions)]])).level;
  expect(level()).toBe("none");
  expect(level("view")).toBe("some");
  expect(level("view", "edit")).toBe("all");
  // Left over from an entitlement that was taken away: it counts for nothing.
  expect(level("submit")).toBe("none");
});

test("what the enterprise doesn't use can't be granted", () => {
  expect(cellState(person("李四"), TAX, ENTITLED, new Map())).toEqual({ level: "unavailable", granted: 0, available: 0 });
});

test("the administrator has everything that the enterprise has, and no more", () => {
  const administrator = person("张三", { administrator: true });
  expect(cellState(administrator, DECLARATION, ENTITLED, new Map()).level).toBe("all");
  expect(cellState(administrator, TAX, ENTITLED, new Map()).level).toBe("unavailable");
});

test("a change leaves the other applications and the original alone", () => {
  const grants = fromItems([{ application: "goods_declaration", actions: ["view"] }, { application: "tax", actions: ["pay"] }]);
  const changed = withActions(grants, "goods_declaration", ["edit", "view"]);
  expect(toItems(changed)).toEqual([{ application: "goods_declaration", actions: ["edit", "view"] }, { application: "tax", actions: ["pay"] }]);
  expect(toItems(withActions(grants, "goods_declaration", []))).toEqual([{ application: "tax", actions: ["pay"] }]);
  expect(toItems(grants)[0]?.actions).toEqual(["view"]);
});

test("people are found by any part of name and username", () => {
  const people = [person("李四", { username: "lisi" }), person("王五", { username: "wang.wu" }), person("赵六", { username: null })];
  expect(findPeople(people, " WANG  五").map(({ name }) => name)).toEqual(["王五"]);
  expect(findPeople(people, "")).toHaveLength(3);
  expect(findPeople(people, "钱")).toEqual([]);
});

test("keys move within the grid and never out of it", () => {
  const press = (key: string, ctrlKey = false, from = { row: 5, column: 3 }) => moveFocus(from, { key, ctrlKey }, 500, 12, 10);
  expect(press("ArrowDown")).toEqual({ row: 6, column: 3 });
  expect(press("PageUp")).toEqual({ row: 0, column: 3 });
  expect(press("Home")).toEqual({ row: 5, column: 0 });
  expect(press("End", true)).toEqual({ row: 499, column: 11 });
  expect(press("ArrowRight", false, { row: 0, column: 11 })).toEqual({ row: 0, column: 11 });
  expect(press("a")).toBeNull();
});
