/** What the tests of the platform's staff share: somebody of the staff at the console, and a look at it from everywhere. */

import { expect, type Page } from "@playwright/test";
import type { Enterprise, Person } from "./people.ts";
import { person } from "./people.ts";
import type { Server } from "./server.ts";
import { accessible, logIn, pictured } from "./walk.ts";

export interface StaffMember extends Person {
  /** An access token of theirs, of a session elsewhere. */
  readonly token: string;
}

/** Somebody new of the staff, who has changed the first password. */
export async function joinStaff(server: Server): Promise<StaffMember> {
  const of = person();
  const first = server.addStaff(of.username, of.name);
  const token = await server.logIn({ username: of.username, password: first });
  await server.done("PUT", "/v1/me/password", { current_password: first, password: of.password }, token);
  return { ...of, token: await server.logIn(of) };
}

/** Somebody new of the staff, logged in on the page at `path`. */
export async function asStaff(page: Page, server: Server, path: string): Promise<StaffMember> {
  const staff = await joinStaff(server);
  await page.goto(path);
  await logIn(page, staff);
  await expect(page).toHaveURL(new RegExp(`${path}$`));
  return staff;
}

/** Registers a person who claims to be the administrator of an enterprise that nobody knows; their access token. */
export async function claim(server: Server, of: Person, what: Enterprise): Promise<string> {
  await server.register(of);
  const token = await server.logIn(of);
  const enterprise = { name: what.name, registered_address: "杭州市上城区望江路 1 号", business_scope: "货物进出口" };
  await server.done("POST", "/v1/associations", { role: "admin", uscc: what.uscc, enterprise }, token);
  return token;
}

/** The page as it is at this moment, in both languages, at a desk and on a phone; afterwards it is as before. */
export async function everyLook(page: Page, name: string): Promise<void> {
  const before = page.viewportSize() ?? { width: 1280, height: 800 };
  // A dialog may stand before the button.
  const speak = (button: string): Promise<void> => page.getByRole("button", { name: button, includeHidden: true }).dispatchEvent("click");
  for (const language of ["zh", "en"]) {
    if (language === "en") {
      await speak("切换到英文");
    }
    for (const size of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
      await page.setViewportSize(size);
      // What axe looks at is the same in both languages at one width, and at both widths in one language.
      const look = (language === "zh") === (size.width === 1280) ? accessible : pictured;
      await look(page, `${name}-${language}-${size.width}`);
    }
  }
  await speak("Switch to Chinese");
  await page.setViewportSize(before);
}

/** Answers the dialog that asks for a reason, by an impatient double click. */
export async function because(page: Page, title: string | RegExp, reason: string, yes: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: title });
  await dialog.getByLabel("原因").fill(reason);
  await dialog.getByRole("button", { name: yes, exact: true }).dblclick();
  await expect(dialog).toBeHidden();
}
