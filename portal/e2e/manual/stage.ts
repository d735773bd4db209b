/** A service, a desk and the people of the manual on it, for each story its own. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Authority, Desk, type CardOptions } from "../stack/desk.ts";
import type { Person } from "../stack/people.ts";
import { Server } from "../stack/server.ts";
import { expect, test as base } from "../stack/test.ts";
import { CARDS, CHEN, ENTERPRISE, STAFF } from "./people.ts";

export { expect };

/** What the registry has of an enterprise, in the order of its CSV. */
interface Registered {
  readonly uscc: string;
  readonly name: string;
  readonly registered_address: string;
  readonly business_scope: string;
  readonly legal_person_name: string;
}

/** An operator's entry as `POST /v1/operators` takes it. */
export interface NewOperator {
  readonly card_number?: string;
  readonly department?: string;
}

export class Stage {
  readonly authority = new Authority();
  readonly server = new Server();

  async start(): Promise<void> {
    await this.server.start();
    this.server.trust(this.authority.trustFile());
  }

  async end(): Promise<void> {
    await this.server.end();
    this.authority.end();
  }

  /** Has the registry say this of an enterprise from now on. */
  register(of: Registered): void {
    const file = join(this.authority.folder, "registry.csv");
    const columns = ["uscc", "name", "registered_address", "business_scope", "legal_person_name"] as const;
    writeFileSync(file, `${columns.join(",")}\n${columns.map((column) => `"${of[column]}"`).join(",")}\n`);
    this.server.command("registry", "import", file);
  }

  /** A card of a person of the enterprise; what it is called on the desk. */
  card({ name, idNumber }: Person, cardNumber: string, options: Pick<CardOptions, "class"> = { class: "operator" }): string {
    return this.authority.issue({ ...options, name, idNumber, cardNumber, enterprise: ENTERPRISE.name, uscc: ENTERPRISE.uscc });
  }

  /** One of the staff, whose first password is changed already; the access token. */
  async staff(): Promise<string> {
    const first = this.server.addStaff(STAFF.username, STAFF.name);
    const token = await this.server.logIn({ username: STAFF.username, password: first });
    await this.server.done("PUT", "/v1/me/password", { current_password: first, password: STAFF.password }, token);
    return this.server.logIn(STAFF);
  }

  /** 陈静 with her verified enterprise; her access token. */
  async enterprise(): Promise<string> {
    this.register(ENTERPRISE);
    await this.server.register(CHEN);
    const token = await this.server.logIn(CHEN);
    await this.server.done("POST", "/v1/associations", { role: "admin", uscc: ENTERPRISE.uscc }, token);
    const { id } = await this.server.done<{ id: string }>("GET", "/v1/enterprise", undefined, token);
    await this.server.done("POST", `/v1/platform/enterprises/${id}/verify`, { reason: "材料齐全，与登记信息一致" }, await this.staff());
    return token;
  }

  /** A person reads all that has come in. */
  async reads(token: string): Promise<void> {
    const { items } = await this.server.done<{ items: { id: string }[] }>("GET", "/v1/messages?unread=true&limit=100", undefined, token);
    for (const { id } of items) {
      await this.server.done("POST", `/v1/messages/${id}/read`, undefined, token);
    }
  }

  /** Somebody who registers and asks to become an operator; the request. */
  async asks(person: Person): Promise<string> {
    await this.server.register(person);
    const token = await this.server.logIn(person);
    return (await this.server.done<{ id: string }>("POST", "/v1/associations", { role: "operator", uscc: ENTERPRISE.uscc }, token)).id;
  }

  /** Operators who registered, asked and were let in, in this order; their accounts. */
  async operators(admin: string, ...people: Person[]): Promise<Map<Person, string>> {
    for (const person of people) {
      await this.server.done("POST", `/v1/associations/${await this.asks(person)}/approve`, undefined, admin);
    }
    const { items } = await this.server.done<{ items: { id: string; username: string }[] }>("GET", "/v1/operators?limit=100", undefined, admin);
    return new Map(people.map((person) => [person, items.find(({ username }) => username === person.username)?.id ?? ""]));
  }

  /** An operator whom the administrator enters. */
  async adds(admin: string, { name, username, idNumber, phone }: Person, more: NewOperator = {}): Promise<void> {
    await this.server.done("POST", "/v1/operators", { name, username, phone, id_type: "resident_id", id_number: idNumber, ...more }, admin);
  }
}

export const test = base.extend<{ stage: Stage }>({
  stage: async ({}, use) => {
    const stage = new Stage();
    try {
      await stage.start();
      await use(stage);
    } finally {
      await stage.end();
    }
  },
  desk: async ({ stage }, use) => {
    const desk = await Desk.start(stage.authority, [stage.server.origin]);
    try {
      await use(desk);
    } finally {
      await desk.end();
    }
  },
  baseURL: async ({ stage }, use) => use(stage.server.origin),
});

/** The legal person's card. */
export const legalCard = (stage: Stage): string => stage.card(CHEN, CARDS.legal, { class: "legal_person" });
