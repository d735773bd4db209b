/** `src/bridge` in a real browser, with the real card bridge, a real pcscd and the virtual card: what no test without a browser can see. */

import { verify, X509Certificate } from "node:crypto";
import type { Page } from "@playwright/test";
import type * as Bridge from "../../src/bridge/index.ts";
import { cardNumber, expect, person, test } from "../stack/test.ts";
import { BridgePage } from "../stack/page.ts";

const NONCE = "A".repeat(43);
const text = (origin: string): string => `eport-id/card/v1\norigin: ${origin}\npurpose: login\nnonce: ${NONCE}`;

declare global {
  interface Window {
    bridge: Bridge.CardBridge;
    events: { name: string; at: number }[];
  }
}

/** Connects the page, and returns with whom, or the code of the refusal. */
function connect(page: Page): Promise<string | null> {
  return page.evaluate(async () => {
    const client = (await import("/bridge.js" as string)) as typeof Bridge;
    try {
      window.bridge = await client.connect({ language: "zh-CN" });
      window.events = [];
      for (const name of ["card_inserted", "card_removed", "connected", "disconnected"] as const) {
        window.bridge.on(name, () => window.events.push({ name, at: Date.now() }));
      }
      return window.bridge.kind;
    } catch (error) {
      return (error as Bridge.BridgeError).code;
    }
  });
}

/** Has the card sign, and returns what came, or the error. */
function sign(page: Page, origin: string) {
  return page.evaluate(
    async ({ nonce, text }) => {
      try {
        return { signed: await window.bridge.sign({ purpose: "login", nonce, text }), error: null };
      } catch (thrown) {
        const { code, title, detail, fix, triesLeft } = thrown as Bridge.BridgeError;
        return { signed: null, error: { code, title, detail, fix, triesLeft } };
      }
    },
    { nonce: NONCE, text: text(origin) },
  );
}

/** When the page heard of the event for the n-th time. */
async function heard(page: Page, name: string, count = 1): Promise<number> {
  const handle = await page.waitForFunction(
    ({ name, count }) => window.events.filter((event) => event.name === name)[count - 1]?.at,
    { name, count },
    { polling: 20 },
  );
  return (await handle.jsonValue()) as number;
}

test("a card that is put in is announced within half a second, shown, and signs after the PIN; the page never sees the PIN", async ({
  page,
  bridgePage,
  desk,
  authority,
}) => {
  const holder = person();
  const number = cardNumber();
  const card = authority.issue({ algorithm: "p256", class: "operator", name: holder.name, idNumber: holder.idNumber, cardNumber: number });
  await page.goto(bridgePage.origin);
  expect(await connect(page)).toBe("bridge");
  const times: number[] = [];
  for (let round = 1; round <= 4; round += 1) {
    // The virtual reader takes its time for a card that comes right after another went, so that pcscd notices both.
    await page.waitForTimeout(round === 1 ? 0 : 2100);
    for (const [what, command] of [["card_inserted", () => desk.insert(card)], ["card_removed", () => desk.remove()]] as const) {
      const begun = Date.now();
      command();
      times.push((await heard(page, what, round)) - begun);
    }
  }
  test.info().annotations.push({ type: "card in or out to event, ms", description: times.join(" ") });
  console.log(`card in or out to event on the page, ms: ${times.join(" ")}`);
  // vpcd looks for a card every 400 ms; a reader tells at once.
  expect(times.sort((a, b) => a - b)[times.length >> 1]).toBeLessThanOrEqual(500);

  desk.insert(card);
  await heard(page, "card_inserted", 5);
  expect(await page.evaluate(() => window.bridge.card())).toMatchObject({ number, holder: holder.name, class: "operator", algorithm: "ES256", triesLeft: 3 });

  desk.personAnswers({ pin: "123456" });
  const { signed, error } = await sign(page, bridgePage.origin);
  expect(error).toBeNull();
  const key = { key: new X509Certificate(Buffer.from(signed!.certificate, "base64")).publicKey, dsaEncoding: "ieee-p1363" as const };
  expect(verify("sha256", Buffer.from(text(bridgePage.origin)), key, Buffer.from(signed!.signature, "base64"))).toBe(true);
  expect(desk.shown()).toContain(bridgePage.origin);
  expect(desk.log()).not.toContain("123456");
});

test("a wrong PIN, a closed window and a card pulled at the PIN question each have their own words, and the next try works", async ({
  page,
  bridgePage,
  desk,
  authority,
}) => {
  const card = authority.issue();
  await page.goto(bridgePage.origin);
  await connect(page);
  desk.insert(card);
  await heard(page, "card_inserted");

  desk.personAnswers({ pin: "654321" });
  const wrong = await sign(page, bridgePage.origin);
  expect(wrong.error).toMatchObject({ code: "bridge.pin_wrong", triesLeft: 2 });
  expect(wrong.error?.title).toMatch(/PIN/);
  expect(wrong.error?.fix).not.toBe("");

  desk.personAnswers("cancel");
  expect((await sign(page, bridgePage.origin)).error).toMatchObject({ code: "bridge.cancelled" });

  desk.personAnswers("wait");
  const asked = sign(page, bridgePage.origin);
  await expect.poll(() => desk.shown().split("GETPIN").length).toBe(4);
  desk.remove();
  expect((await asked).error).toMatchObject({ code: "bridge.card_removed" });
  expect((await sign(page, bridgePage.origin)).error).toMatchObject({ code: "bridge.no_card" });

  desk.insert(card);
  await heard(page, "card_inserted", 2);
  desk.personAnswers({ pin: "123456" });
  expect((await sign(page, bridgePage.origin)).error).toBeNull();
});

test("a site that the person doesn't know is asked about, and when they say no it gets nothing", async ({ page, desk, authority }) => {
  const stranger = await BridgePage.start();
  try {
    desk.insert(authority.issue());
    await page.goto(stranger.origin);
    expect(await connect(page)).toBe("bridge");
    desk.personAnswers("cancel");
    const card = await page.evaluate(() => window.bridge.card().then(() => "a card", (error: Bridge.BridgeError) => error.code));
    expect(card).toBe("bridge.origin_refused");
    expect(desk.shown()).toContain(stranger.origin);
    expect((await sign(page, stranger.origin)).error).toMatchObject({ code: "bridge.origin_refused" });
    expect(desk.shown()).not.toContain("GETPIN");
  } finally {
    await stranger.stop();
  }
});

test("a challenge of another site is not signed for this one", async ({ page, bridgePage, desk, authority }) => {
  desk.insert(authority.issue({ algorithm: "p256" }));
  await page.goto(bridgePage.origin);
  await connect(page);
  await expect.poll(() => page.evaluate(() => window.bridge.card().then(() => true, () => false))).toBe(true);
  desk.personAnswers({ pin: "123456" });
  const { signed } = await sign(page, "https://id.example.cn");
  const key = { key: new X509Certificate(Buffer.from(signed!.certificate, "base64")).publicKey, dsaEncoding: "ieee-p1363" as const };
  const signature = Buffer.from(signed!.signature, "base64");
  expect(verify("sha256", Buffer.from(text("https://id.example.cn")), key, signature), "not the other site's text").toBe(false);
  expect(verify("sha256", Buffer.from(text(bridgePage.origin)), key, signature), "its own").toBe(true);
});

test("a page over http from elsewhere can't reach the bridge at all", async ({ browser, bridgePage, desk }) => {
  expect(desk.log()).toContain("http://127.0.0.1:24817");
  const elsewhere = await browser.browserType().launch({
    ...test.info().project.use.launchOptions,
    args: [...(test.info().project.use.launchOptions?.args ?? []), "--host-resolver-rules=MAP shop.example 127.0.0.1"],
  });
  try {
    const page = await elsewhere.newPage();
    await page.goto(`http://shop.example:${bridgePage.port}`);
    expect(await connect(page)).toBe("bridge_client.insecure_page");
    // And past the client, by hand.
    const status = await page.evaluate(() => fetch("http://127.0.0.1:24817/v1/status").then((answer) => answer.status, () => "refused"));
    expect([403, "refused"]).toContain(status);
  } finally {
    await elsewhere.close();
  }
});

test("a bridge that isn't there is said so, and one that is started anew is found by itself", async ({ page, bridgePage, desk }) => {
  await desk.stopBridge();
  await page.goto(bridgePage.origin);
  expect(await connect(page)).toBe("bridge_client.not_found");
  await desk.startBridge();
  expect(await connect(page)).toBe("bridge");
  await desk.stopBridge();
  await heard(page, "disconnected");
  await desk.startBridge();
  await heard(page, "connected");
});

test("the browser asks before a page from elsewhere reaches this machine, and its no has words of its own", async ({ browser, bridgePage, desk }) => {
  expect(desk.log()).not.toBe("");
  // To the browser, a page from the internet that came over https.
  const origin = `http://id.example:${bridgePage.port}`;
  const elsewhere = await browser.browserType().launch({
    ...test.info().project.use.launchOptions,
    args: [
      ...(test.info().project.use.launchOptions?.args ?? []),
      "--host-resolver-rules=MAP id.example 127.0.0.1",
      `--unsafely-treat-insecure-origin-as-secure=${origin}`,
      `--ip-address-space-overrides=127.0.0.1:${bridgePage.port}=public`,
    ],
  });
  try {
    const context = await elsewhere.newContext();
    const page = await context.newPage();
    await page.goto(origin);
    const state = await page.evaluate(() => navigator.permissions.query({ name: "loopback-network" as PermissionName }).then((found) => found.state, String));
    test.info().annotations.push({ type: "permission", description: state });
    const client = await context.newCDPSession(page);
    await client.send("Browser.setPermission", { origin, permission: { name: "loopback-network" }, setting: "denied" });
    expect(await connect(page)).toBe("bridge_client.permission_denied");
  } finally {
    await elsewhere.close();
  }
});
