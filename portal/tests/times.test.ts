import { afterEach, expect, test } from "vitest";

import { day, moment, zone } from "../src/texts/index.ts";

const before = process.env["TZ"];
afterEach(() => {
  process.env["TZ"] = before;
});

test("a time is the person's own, and says its zone where that isn't China's", () => {
  process.env["TZ"] = "Asia/Shanghai";
  expect(moment("2026-11-22T18:30:00Z")).toBe("2026年11月23日 02:30");
  expect(zone()).toBe("GMT+08:00");
  process.env["TZ"] = "Europe/Berlin";
  expect(moment("2026-11-22T18:30:00Z")).toBe("2026年11月22日 19:30 GMT+01:00");
});

test.each(["Asia/Shanghai", "America/Los_Angeles"])("a day that is no moment is the same day in %s", (where) => {
  process.env["TZ"] = where;
  expect(day("2026-12-13")).toBe("2026年12月13日");
});

test("where there is no time, there is a dash", () => {
  process.env["TZ"] = "Europe/Berlin";
  expect(moment(null)).toBe("—");
});
