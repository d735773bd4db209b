/** How a request leaves: in whose name, in which language, and what happens where the session has ended or the network fails. */

import { language } from "../texts/index.ts";
import { own } from "./problem.ts";
import { tokens } from "../session/tokens.ts";

/** Codes that say: the access token no longer counts, and a new one may. */
const EXPIRED = new Set(["session.token_expired", "session.token_invalid"]);
/** Codes that say: the session is over, log in again. */
const ENDED = new Set(["session.ended", "session.required", "session.refresh_reused", "session.refresh_invalid"]);

/** How long to wait before a request that got no answer is sent once more. */
const AGAIN_MS = 800;

/**
 * Sends a request of the page; what `fetch` does for others.
 *
 * @throws Problem `page.unreachable`, `page.ended`
 */
export async function send(request: Request): Promise<Response> {
  const headers = headersOf(request);
  let token = await tokens.current();
  let response = await attempt(request, headers, token);
  if (token !== null && response.status === 401 && EXPIRED.has(await code(response))) {
    token = (await tokens.renew(token)) ?? (await tokens.logInAgain(token));
    response = await attempt(request, headers, token);
  }
  if (token !== null && response.status === 401 && ENDED.has(await code(response))) {
    // The person logs in over the page, and what they were about to do is done. What they typed is still there.
    response = await attempt(request, headers, await tokens.logInAgain(token));
  }
  return response;
}

/**
 * Sends a request of somebody who isn't logged in, or is about to be.
 *
 * @throws Problem `page.unreachable`
 */
export function sendAsVisitor(request: Request): Promise<Response> {
  return attempt(request, headersOf(request), null);
}

function headersOf(request: Request): Headers {
  const headers = new Headers(request.headers);
  headers.set("accept-language", language.value);
  if (request.method === "POST" && !headers.has("idempotency-key")) {
    // A second try of the same click does nothing twice.
    headers.set("idempotency-key", id());
  }
  if (new URL(request.url).pathname.startsWith("/v1/sessions")) {
    headers.set("eport-refresh-cookie", "1");
  }
  return headers;
}

async function attempt(request: Request, headers: Headers, token: string | null): Promise<Response> {
  if (token !== null) {
    headers.set("authorization", `Bearer ${token}`);
  }
  const once = (): Promise<Response> => fetch(new Request(request.clone(), { headers }));
  try {
    return await once();
  } catch (error) {
    if (request.signal.aborted || !["GET", "POST"].includes(request.method)) {
      throw request.signal.aborted ? error : own("unreachable");
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    try {
      return await once();
    } catch {
      throw own("unreachable");
    }
  }
}

/** The code of a refusal. */
async function code(response: Response): Promise<string> {
  try {
    return String(((await response.clone().json()) as { code?: unknown }).code);
  } catch {
    return "";
  }
}

/** 128 random bits. Unlike `crypto.randomUUID` this is also there where the page came over plain http. */
function id(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
