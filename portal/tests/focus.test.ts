// @vitest-environment happy-dom
import { mount } from "@vue/test-utils";
import { afterEach, expect, test } from "vitest";
import { defineComponent, h, nextTick, ref, withDirectives } from "vue";

import { settle, vArrive } from "../src/ui/focus.ts";

afterEach(() => document.body.replaceChildren());

/** A part of a page whose button opens a form in its place; the form's own button closes it. */
const Part = defineComponent(() => {
  const open = ref(false);
  const form = () => withDirectives(h("form", [h("input"), h("button", { id: "close", type: "button", onClick: () => (open.value = false) })]), [[vArrive]]);
  return () => h("section", open.value ? [form()] : [h("button", { id: "open", onClick: () => (open.value = true) })]);
});

test("who opens a form by keyboard is in its first field, and after it at the button that opened it", async () => {
  const page = mount(Part, { attachTo: document.body });
  page.get<HTMLElement>("#open").element.focus();
  await page.get("#open").trigger("click");
  expect(document.activeElement?.tagName).toBe("INPUT");
  page.get<HTMLElement>("#close").element.focus();
  await page.get("#close").trigger("click");
  await nextTick();
  expect(document.activeElement?.id).toBe("open");
  page.unmount();
});

test("a place that somebody has gone to meanwhile is left to them", async () => {
  document.body.innerHTML = '<button id="mine"></button><main tabindex="-1"></main>';
  document.querySelector<HTMLElement>("#mine")?.focus();
  await settle(() => document.querySelector("main"));
  expect(document.activeElement?.id).toBe("mine");
  document.querySelector("#mine")?.remove();
  await settle(() => document.querySelector("main"));
  expect(document.activeElement?.tagName).toBe("MAIN");
});
