/** Enterprises and their people, made without a browser, for tests that are about what comes after. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import type { CardOptions, Desk } from "./desk.ts";
import { cardNumber, enterprise, person, type Enterprise, type Person } from "./people.ts";
import type { Server } from "./server.ts";
import { logIn } from "./walk.ts";

/** A person with an access token of a session that isn't the browser's. */
export interface Member {
  readonly person: Person;
  readonly token: string;
  /** Of the account. */
  readonly id: string;
}

export class Office {
  private constructor(
    private readonly server: Server,
    readonly enterprise: Enterprise,
    readonly admin: Member,
  ) {}

  /** An enterprise that nobody has verified, and its administrator. */
  static async open(server: Server, of: Registered = enterprise()): Promise<Office> {
    const admin = await member(server);
    const { name, registered_address = "杭州市上城区望江路 1 号", business_scope = "货物进出口；技术进出口" } = of;
    const described = { name, registered_address, business_scope };
    await server.done("POST", "/v1/associations", { role: "admin", uscc: of.uscc, enterprise: described }, admin.token);
    return new Office(server, of, admin);
  }

  /** A person whom the administrator has let in. */
  async operator(): Promise<Member> {
    const one = await member(this.server);
    const { id } = await this.server.done<{ id: string }>("POST", "/v1/associations", { role: "operator", uscc: this.enterprise.uscc }, one.token);
    await this.server.done("POST", `/v1/associations/${id}/approve`, undefined, this.admin.token);
    return one;
  }

  /** What a client of the administrator's is answered. */
  ask<T>(path: string): Promise<T> {
    return this.server.done<T>("GET", path, undefined, this.admin.token);
  }
}

/** A person who has just registered. */
export async function member(server: Server): Promise<Member> {
  const one = person();
  await server.register(one);
  const token = await server.logIn(one);
  const { id } = await server.done<{ id: string }>("GET", "/v1/me", undefined, token);
  return { person: one, token, id };
}

export interface Registered extends Enterprise {
  readonly registered_address?: string;
  readonly business_scope?: string;
  readonly legal_person_name?: string;
}

/** Takes rows into the registry, as whoever runs the service does. */
export function importRegistry(server: Server, rows: readonly Registered[]): void {
  const folder = mkdtempSync(join(tmpdir(), "eport-registry-"));
  try {
    const columns = ["uscc", "name", "registered_address", "business_scope", "legal_person_name"] as const;
    const lines = rows.map((row) => columns.map((column) => row[column] ?? "").join(","));
    writeFileSync(join(folder, "registry.csv"), [columns.join(","), ...lines].join("\n"));
    server.command("registry", "import", join(folder, "registry.csv"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Somebody sits down at the browser, whoever sat there before, opens `path` and logs in. */
export async function enter(page: Page, who: Person, path: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto(path);
  await logIn(page, who);
}

/** As the port issues one to a person of an enterprise. */
export function cardOf({ name, idNumber }: Person, of: Enterprise, kind: "legal_person" | "operator" = "legal_person"): CardOptions {
  return { class: kind, name, idNumber, cardNumber: cardNumber(), enterprise: of.name, uscc: of.uscc };
}

export const PIN = { pin: "123456" } as const;

/** Logs in with a card that is put in, at the service of all tests or at another `origin`. */
export async function logInByCard(page: Page, desk: Desk, card: string, origin = ""): Promise<void> {
  await page.goto(`${origin}/`);
  await page.getByRole("tab", { name: "IC 卡登录" }).click();
  await page.getByRole("button", { name: "连接读卡器" }).click();
  desk.insert(card);
  await expect(page.getByText("卡已插入", { exact: true })).toBeVisible();
  desk.personAnswers(PIN);
  await page.getByRole("button", { name: "用 IC 卡登录" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
}

/** Says yes to the question that has come up. */
export async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole("dialog", { name }).getByRole("button", { name, exact: true }).click();
}

/** The passing word that something was done. */
export async function told(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.getByRole("alert").filter({ hasText: words }).first()).toBeVisible();
}
