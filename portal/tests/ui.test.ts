// @vitest-environment happy-dom
import { mount } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";

import { Problem } from "../src/api/problem.ts";
import { afterLogin } from "../src/router/index.ts";
import CountdownButton from "../src/ui/CountdownButton.vue";
import { done } from "../src/ui/feedback.ts";
import { useSubmit } from "../src/ui/useSubmit.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0);
  await nextTick();
};

test("the button counts down from what the server said, and then sends again", async () => {
  const send = vi.fn().mockResolvedValue(60);
  const button = mount(CountdownButton, { props: { send } });
  expect(button.text()).toContain("获取验证码");
  await button.find("button").trigger("click");
  await settle();
  expect(button.text()).toContain("60 秒后重新获取");
  expect(button.find("button").attributes("disabled")).toBeDefined();
  await vi.advanceTimersByTimeAsync(54_000);
  await nextTick();
  expect(button.text()).toContain("6 秒后重新获取");
  await button.find("button").trigger("click");
  expect(send).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(6_000);
  await nextTick();
  expect(button.find("button").text()).toBe("重新获取");
  await button.find("button").trigger("click");
  expect(send).toHaveBeenCalledTimes(2);
});

test("a code that was not sent starts no countdown", async () => {
  const button = mount(CountdownButton, { props: { send: () => Promise.resolve(null) } });
  await button.find("button").trigger("click");
  await settle();
  expect(button.find("button").text()).toBe("获取验证码");
  expect(button.find("button").attributes("disabled")).toBeUndefined();
});

test("a double click on the button sends one code", async () => {
  const send = vi.fn(() => new Promise<number>((resolve) => setTimeout(() => resolve(60), 500)));
  const button = mount(CountdownButton, { props: { send } });
  void button.find("button").trigger("click");
  void button.find("button").trigger("click");
  await vi.advanceTimersByTimeAsync(600);
  expect(send).toHaveBeenCalledTimes(1);
});

test("a form that is sent twice at once is sent once", async () => {
  const submit = useSubmit();
  const work = vi.fn(() => new Promise((resolve) => setTimeout(resolve, 100)));
  const both = [submit.run(work), submit.run(work)];
  expect(submit.pending.value).toBe(true);
  await vi.advanceTimersByTimeAsync(100);
  expect(await Promise.all(both)).toEqual([true, false]);
  expect(work).toHaveBeenCalledTimes(1);
  expect(submit.pending.value).toBe(false);
});

test("the word that something was done is there when it is said again at once, and only the newest stays", async () => {
  const words = (): string[] => [...document.querySelectorAll<HTMLElement>(".el-message")].filter(({ style }) => style.display !== "none").map(({ textContent }) => textContent);
  done("已保存");
  await settle();
  expect(words()).toEqual(["已保存"]);
  done("已保存");
  await vi.advanceTimersByTimeAsync(1000);
  expect(words()).toEqual(["已保存"]);
  done("已删除");
  await vi.advanceTimersByTimeAsync(1000);
  expect(words()).toEqual(["已删除"]);
});

test("a required field that is empty is told beside it, and nothing is sent", async () => {
  const submit = useSubmit(["phone"]);
  const work = vi.fn();
  expect(await submit.run(work, { phone: "" })).toBe(false);
  expect(submit.errors["phone"]).toBe("请填写此项");
  expect(work).not.toHaveBeenCalled();
});

test("what the server refuses stands beside its field, and above the form where the form has no such field", async () => {
  const submit = useSubmit(["phone"]);
  const refuse = (fields: Record<string, string>) => () => Promise.reject(new Problem("phone.format", "t", "d", "f", fields));
  await submit.run(refuse({ phone: "手机号格式不正确" }));
  expect([submit.errors["phone"], submit.problem.value]).toEqual(["手机号格式不正确", null]);
  await submit.run(refuse({ purpose: "x" }));
  expect([submit.errors["phone"], submit.problem.value?.code]).toEqual([undefined, "phone.format"]);
  await submit.run(refuse({ phone: "y", purpose: "x" }));
  expect([submit.errors["phone"], submit.problem.value?.code]).toEqual(["y", "phone.format"]);
  await submit.run(() => Promise.resolve());
  expect([submit.errors["phone"], submit.problem.value]).toEqual([undefined, null]);
});

test.each([
  ["/card?x=1#y", "/card?x=1#y"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  ["javascript:alert(1)", "/"],
  [undefined, "/"],
  [["/a"], "/"],
])("after a login %o leads to %s", (next, place) => {
  expect(afterLogin(next)).toBe(place);
});
