/** Finds the bridge over its ports. */

import { own, isRecord } from "./errors.ts";
import type { Settings } from "./environment.ts";
import { localNetwork, patience } from "./permission.ts";

/** How long a port may take that is there: a machine may just have woken up. A port where nobody listens refuses at once. */
const PROBE_MS = 5000;

/** What the bridge tells without a socket. */
export interface Status {
  readonly port: number;
  readonly version: string;
  /** Whether this site may use the card: the person said so, hasn't been asked yet, or said no. */
  readonly consent: "allowed" | "ask" | "refused";
  /** Whether the smart card service runs; null as long as the person hasn't allowed this site. */
  readonly service: boolean | null;
  /** How many readers there are; null likewise. */
  readonly readers: number | null;
  /** Whether a card is in one of them; null likewise. */
  readonly card: boolean | null;
}

/**
 * The bridge of this person, or null if none runs. The first request makes the browser ask for its permission, where it has one.
 *
 * @throws BridgeError `bridge_client.permission_denied`, `bridge_client.insecure_page`
 */
export async function find(settings: Settings): Promise<Status | null> {
  if (!settings.environment.isSecureContext) {
    throw own("insecure_page", settings.language);
  }
  let permission = await localNetwork(settings);
  const rest = [...settings.ports];
  if (permission === "prompt") {
    await settings.explain();
  }
  // The browser asks when somebody answers, not where nobody listens. One port after the other until then, so that it asks once; and no
  // hurry while the person reads.
  while (permission === "prompt" && rest.length > 0) {
    const status = await probe(rest.shift()!, settings, patience(permission, PROBE_MS));
    permission = await localNetwork(settings);
    if (status !== null && permission !== "denied") {
      return status;
    }
  }
  if (permission === "denied") {
    throw own("permission_denied", settings.language);
  }
  // All at once; the lowest port that answers, for the others are later ones of the same person. Those of other users of the machine refuse.
  for (const probing of rest.map((port) => probe(port, settings, PROBE_MS))) {
    const status = await probing;
    if (status !== null) {
      return status;
    }
  }
  return null;
}

async function probe(port: number, { environment, language }: Settings, wait: number): Promise<Status | null> {
  try {
    const answer = await environment.fetch(`http://127.0.0.1:${port}/v1/status?lang=${language}`, {
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(wait),
    });
    return answer.ok ? status(await answer.json()) : null;
  } catch {
    // Nobody there, somebody else, or not in time.
    return null;
  }
}

function status(body: unknown): Status | null {
  if (!isRecord(body) || body["product"] !== "eport-card-bridge" || typeof body["port"] !== "number") {
    return null;
  }
  const { consent, version, service, readers, card } = body;
  return {
    port: body["port"],
    version: typeof version === "string" ? version : "",
    consent: consent === "allowed" || consent === "refused" ? consent : "ask",
    service: typeof service === "boolean" ? service : null,
    readers: typeof readers === "number" ? readers : null,
    card: typeof card === "boolean" ? card : null,
  };
}
