/** What two people can edit at once: its version (`ETag`) is read with it and sent back with the change (`If-Match`). */

import { problem } from "./problem.ts";

export interface Tagged<T> {
  readonly body: T;
  /** Null where the server gives none. */
  readonly tag: string | null;
}

/**
 * The body of a success, and its version.
 *
 * @throws Problem
 */
export async function tagged<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Tagged<T>> {
  const { data, error, response } = await answer;
  if (!response.ok) {
    throw problem(error, response.status);
  }
  return { body: data as T, tag: response.headers.get("etag") };
}

/** For a change of what was read with this version. */
export function ifMatch(tag: string | null): { headers: Record<string, string> } {
  return { headers: tag === null ? {} : { "if-match": tag } };
}
