/** Playwright's `test` with what every test here needs, and what fails every test: a policy violation or an error in the console. */

import { test as base, expect, type Page } from "@playwright/test";
import { Authority, Desk } from "./desk.ts";
import { BridgePage } from "./page.ts";
import { Server } from "./server.ts";

export { expect };
export * from "./people.ts";
export * from "./staff.ts";
export * from "./walk.ts";
export type { Desk } from "./desk.ts";

interface ForAll {
  authority: Authority;
  server: Server;
  /** A page that only has the client of the card. */
  bridgePage: BridgePage;
}

interface ForOne {
  /** A desk whose bridge lets pages of `server` and of `bridgePage` use the card; its reader is empty. */
  desk: Desk;
  /** What a test makes go wrong on purpose: console errors that these match are no failure. */
  expectTrouble: (words: RegExp) => void;
}

/**
 * What a browser writes into the console by itself and no page can prevent: a refusal of the service (4xx, which the tests look at on the
 * page), and a port of this machine where no card bridge listens.
 */
const UNAVOIDABLE = [
  /^Failed to load resource: the server responded with a status of 4\d\d .*\/v1\//,
  /^Failed to load resource: net::ERR_CONNECTION_REFUSED http:\/\/127\.0\.0\.1:248\d\d\//,
  /^WebSocket connection to 'ws:\/\/127\.0\.0\.1:61232\/' failed: .*ERR_CONNECTION_REFUSED/,
];

/** Collects what goes wrong on a page. */
function watch(page: Page, troubles: string[]): void {
  page.on("pageerror", (error) => troubles.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") {
      troubles.push(`${message.text()} ${message.location().url}`.trim());
    }
  });
}

export const test = base.extend<ForOne & { guard: void; troubles: { tolerated: RegExp[] } }, ForAll>({
  authority: [
    // eslint-disable-next-line no-empty-pattern -- Playwright wants to see what a fixture needs.
    async ({}, use) => {
      const authority = new Authority();
      await use(authority);
      authority.end();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ authority }, use) => {
      const server = new Server();
      try {
        await server.start();
        server.trust(authority.trustFile());
        await use(server);
      } finally {
        await server.end();
      }
    },
    { scope: "worker", timeout: 400_000 },
  ],
  bridgePage: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const page = await BridgePage.start();
      await use(page);
      await page.stop();
    },
    { scope: "worker" },
  ],
  desk: async ({ authority, server, bridgePage }, use, info) => {
    const desk = await Desk.start(authority, [server.origin, bridgePage.origin]);
    try {
      await use(desk);
      if (info.errors.length > 0) {
        console.log(`${desk.readerLog()}\n${desk.log()}`);
      }
    } finally {
      await desk.end();
    }
  },
  troubles: async ({}, use) => use({ tolerated: [...UNAVOIDABLE] }),
  expectTrouble: async ({ troubles }, use) => use((words) => void troubles.tolerated.push(words)),
  guard: [
    async ({ context, troubles }, use) => {
      const found: string[] = [];
      context.pages().forEach((page) => watch(page, found));
      context.on("page", (page) => watch(page, found));
      await context.exposeBinding("__violated", (_, directive: string, blocked: string) => void found.push(`CSP: ${directive} ${blocked}`));
      await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          (globalThis as unknown as { __violated: (directive: string, blocked: string) => void }).__violated(event.violatedDirective, event.blockedURI);
        });
      });
      await use();
      const left = found.filter((trouble) => !troubles.tolerated.some((words) => words.test(trouble)));
      expect(left, "the console has no error, and nothing violates the policy").toEqual([]);
    },
    { auto: true },
  ],
  baseURL: async ({ server }, use) => use(server.origin),
});
