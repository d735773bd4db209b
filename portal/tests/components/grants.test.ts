// @vitest-environment happy-dom
import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, expect, test, vi } from "vitest";
import { createMemoryHistory, createRouter } from "vue-router";

import PermissionMatrix from "../../src/components/PermissionMatrix.vue";
import GrantsCard from "../../src/pages/permissions/GrantsCard.vue";
import { i18n } from "../../src/texts/index.ts";

afterEach(() => void vi.unstubAllGlobals());

const action = { code: "view", name: { zh: "查看", en: "View" } };
const applications = ["goods", "tax"].map((code) => ({ code, name: { zh: code, en: code }, open: false, actions: [action] }));
const member = { account_id: "p1", name: "李四", username: "lisi", role: "operator", state: "active", version: 1, grants: [] };

test("of two changes that follow each other quickly both are saved, the second upon what the first has left", async () => {
  const sent: { version: string | null; grants: unknown }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") {
      return Response.json({ items: [member], next_cursor: null });
    }
    const body = (await request.json()) as { grants: unknown };
    sent.push({ version: request.headers.get("if-match"), grants: body.grants });
    return Response.json(body, { headers: { etag: `"${sent.length + 1}"` } });
  });
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: "/", component: { template: "<p />" } }] });
  const card = mount(GrantsCard, {
    props: { applications, entitlements: applications.map(({ code }) => ({ application: code, actions: ["view"] })) },
    global: { plugins: [createPinia(), i18n, router] },
  });
  await flushPromises();
  const matrix = await vi.waitFor(() => card.getComponent(PermissionMatrix));
  matrix.vm.$emit("save", { person: "p1", application: "goods", actions: ["view"] });
  matrix.vm.$emit("save", { person: "p1", application: "tax", actions: ["view"] });
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  expect(sent).toEqual([
    { version: '"1"', grants: [{ application: "goods", actions: ["view"] }] },
    {
      version: '"2"',
      grants: [
        { application: "goods", actions: ["view"] },
        { application: "tax", actions: ["view"] },
      ],
    },
  ]);
  card.unmount();
});
