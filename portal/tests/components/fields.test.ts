// @vitest-environment happy-dom
import { mount, type VueWrapper } from "@vue/test-utils";
import { expect, test } from "vitest";
import { nextTick } from "vue";

import IdDocumentField from "../../src/components/IdDocumentField.vue";
import UsccField from "../../src/components/UsccField.vue";

function uscc(code: string, more: Record<string, unknown> = {}): VueWrapper {
  const field = mount(UsccField, {
    props: { modelValue: code, lookUp: true, "onUpdate:modelValue": (value: string) => field.setProps({ modelValue: value }), ...more },
  });
  return field;
}

test("a code is judged while it is typed: what is short isn't wrong, what can't be is", async () => {
  const field = uscc("9133");
  expect(field.text()).toContain("已输入 4 / 18 位");
  await field.find("input").setValue("9133O");
  expect(field.text()).toContain("第 5 位“O”不会出现");
  await field.find("input").setValue("913300007458363393");
  expect(field.text()).toContain("校验码与前 17 位不符");
  await field.find("input").setValue("913300007458363392");
  expect(field.text()).toContain("代码正确");
});

test("a short code is wrong once the person has gone on", async () => {
  const field = uscc("9133");
  await field.find("input").trigger("focus");
  await field.find("input").trigger("blur");
  await nextTick();
  expect(field.text()).toContain("统一社会信用代码为 18 位");
});

test("only a right code can be looked up, by the button and by the Enter key, as it is kept", async () => {
  const field = uscc("9133");
  expect(field.find("button").attributes("disabled")).toBeDefined();
  await field.find("input").trigger("keydown.enter");
  expect(field.emitted("lookUp")).toBeUndefined();
  await field.find("input").setValue("91350100m000100y43");
  await field.find("button").trigger("click");
  await field.find("input").trigger("keydown.enter");
  expect(field.emitted("lookUp")).toEqual([["91350100M000100Y43"], ["91350100M000100Y43"]]);
});

test("what the server says comes before what the page thinks", () => {
  expect(uscc("913300007458363392", { error: "该企业已有管理员" }).text()).toContain("该企业已有管理员");
});

test("an id number is judged by the rules of its kind, when the person has gone on", async () => {
  const field = mount(IdDocumentField, { props: { idType: "resident_id", idNumber: "110105194912310021" } });
  const number = field.findAll("input").at(-1);
  expect(field.text()).not.toContain("校验码不符");
  await number?.trigger("focus");
  await number?.trigger("blur");
  await nextTick();
  expect(field.text()).toContain("校验码不符");
  await field.setProps({ idType: "passport" });
  await nextTick();
  expect(field.text()).toContain("长度或字符");
});
