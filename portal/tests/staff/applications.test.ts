// @vitest-environment happy-dom
import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test, vi } from "vitest";

import ApplicationsPage from "../../src/pages/staff/ApplicationsPage.vue";
import { i18n, speak } from "../../src/texts/index.ts";

const application = (code: string, position: number) => ({
  id: code,
  code,
  name: { zh: `应用 ${code}`, en: `Application ${code}` },
  open: false,
  position,
  actions: [{ code: "view", name: { zh: "查看", en: "View" } }],
});

test("the catalogue stands in the order that everybody sees, however many pages it comes in and however new an entry is", async () => {
  // Newest first, as the server lists it.
  const pages = [
    { items: [application("newest", 10), application("seals", 30)], next_cursor: "seals" },
    { items: [application("manifest", 10), application("cargo", 20)], next_cursor: null },
  ];
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    asked.push(`${pathname} ${searchParams.get("cursor") ?? "-"}`);
    return Response.json(pages[searchParams.get("cursor") === null ? 0 : 1]);
  });
  const page = mount(ApplicationsPage, { global: { plugins: [createPinia(), i18n] } });
  await flushPromises();
  await vi.waitFor(() => expect(page.findAll("tbody tr")).toHaveLength(4));
  expect(page.findAll("tbody code").map((code) => code.text())).toEqual(["manifest", "newest", "cargo", "seals"]);
  expect(asked).toEqual(["/v1/platform/applications -", "/v1/platform/applications seals"]);
  vi.unstubAllGlobals();
});

test.each(["zh-CN", "en"] as const)("in %s no two columns of the catalogue have the same heading", async (words) => {
  vi.stubGlobal("fetch", async () => Response.json({ items: [application("cargo", 10)], next_cursor: null }));
  speak(words);
  const page = mount(ApplicationsPage, { global: { plugins: [createPinia(), i18n] } });
  await vi.waitFor(() => expect(page.findAll("tbody tr")).toHaveLength(1));
  const headings = page.findAll("thead th").map((heading) => heading.text());
  expect(headings).toHaveLength(4);
  expect(new Set(headings).size).toBe(4);
  speak("zh-CN");
  vi.unstubAllGlobals();
});
