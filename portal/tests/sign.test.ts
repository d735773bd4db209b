/** What a person is told when their card doesn't sign: the real client of the card, and a program that answers as the bridge does. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, expect, test, vi } from "vitest";

import { asProblem } from "../src/api/problem.ts";
import { signed } from "../src/card/sign.ts";
import { bridge } from "./desktop.ts";

const desk = vi.hoisted(() => {
  const ports = { server: 0, bridge: 0 };
  // A page's addresses are its server's.
  const Absolute = globalThis.Request;
  globalThis.Request = class extends Absolute {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(typeof input === "string" ? new URL(input, `http://127.0.0.1:${ports.server}`) : input, init);
    }
  };
  return ports;
});

vi.mock("../src/bridge/index.ts", async (original) => {
  const real = await original<typeof import("../src/bridge/index.ts")>();
  const { browser } = await import("./desktop.ts");
  // The same client, at a port of this test's.
  return { ...real, connect: (options: object) => real.connect({ ...options, environment: browser(), ports: [desk.bridge], controlPort: null }) };
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) {
    await end();
  }
});

/** A server that makes challenges, and a bridge that answers `sign` so. */
async function at(answer: object): Promise<void> {
  const challenge = { challenge_id: "01a201f8-e727-7d3d-9b0f-82a5c0de2399", nonce: "n".repeat(43), text: "eport-id/card/v1", expires_at: "2026-11-22T06:38:59Z" };
  const server = createServer((_, response) => response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(challenge)));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const program = await bridge({ sign: answer });
  ends.push(() => program.stop(), () => void (server.closeAllConnections(), server.close()));
  [desk.server, desk.bridge] = [(server.address() as AddressInfo).port, program.port];
}

test("a card's signature comes back with the challenge that it is of", async () => {
  const signature = { certificate: "MIIC", algorithm: "SM2", signature: "MEUC" };
  await at(signature);
  expect(await signed({ purpose: "admin_transfer" })).toEqual({ challenge_id: "01a201f8-e727-7d3d-9b0f-82a5c0de2399", ...signature });
});

test("who mistypes the PIN is told how many tries are left, and what to do", async () => {
  await at({ error: { code: "bridge.pin_wrong", title: "PIN 错误", detail: "输入的 PIN 不正确。", fix: "请重新输入 PIN。", retry: "after_fix", tries_left: 2 } });
  const refused = asProblem(await signed({ purpose: "admin_transfer" }).catch((thrown: unknown) => thrown));
  expect([refused.code, refused.title, refused.detail, refused.fix]).toEqual([
    "bridge.pin_wrong",
    "PIN 错误",
    "输入的 PIN 不正确。PIN 还可以尝试 2 次。",
    "请重新输入 PIN。",
  ]);
});
