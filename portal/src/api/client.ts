/**
 * Every call of the page to its server.
 *
 * ```ts
 * const me = await call(api.GET("/v1/me"));
 * await call(api.PATCH("/v1/me", { body: { email } }));
 * ```
 *
 * Paths, bodies and answers are those of `/openapi.json`: a route that changes breaks the build. A call that isn't done throws a `Problem`.
 */

import createClient from "openapi-fetch";

import { problem } from "./problem.ts";
import type { components, paths } from "./schema";
import { send, sendAsVisitor } from "./send.ts";

/** The types of requests and answers, by their names in `/openapi.json`. */
export type Wire = components["schemas"];

export const api = createClient<paths>({ fetch: send });

/** For who isn't logged in, or is about to be: registration, login, a forgotten password. */
export const visitor = createClient<paths>({ fetch: sendAsVisitor });

/**
 * The body of a success.
 *
 * @throws Problem
 */
export async function call<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) {
    throw problem(error, response.status);
  }
  return data as T;
}

/** Reads a list to its end, page by page. For lists that a person keeps short; a long one asks for more where it is shown. */
export async function all<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    items.push(...next.items);
    cursor = next.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
