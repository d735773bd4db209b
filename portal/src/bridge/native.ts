/** The bridge's own API: `readers`, `card`, `sign`, `change_pin`, and events. */

import { Calls, OPEN_MS } from "./calls.ts";
import { fromProblem, isRecord, own } from "./errors.ts";
import type { Settings } from "./environment.ts";
import type { Card, Challenge, Events, Reader, Signed } from "./types.ts";

/** The person has 120 s for the PIN and as long for whether the site may use the card; the bridge counts them itself. */
const PATIENCE_MS = 250_000;

/** Hears of readers and cards. */
export type Hear = <E extends keyof Events>(event: E, what: Events[E]) => void;

/** The bridge, connected. */
export class Native {
  private constructor(
    private readonly calls: Calls,
    private readonly settings: Settings,
  ) {}

  /** @throws BridgeError `bridge_client.disconnected` */
  static async open(port: number, settings: Settings, hear: Hear, closed: () => void): Promise<Native> {
    const socket = new settings.environment.WebSocket(`ws://127.0.0.1:${port}/v1?lang=${settings.language}`);
    const calls = await Calls.open(socket, OPEN_MS, settings.language, "id", (message) => heard(message, hear), closed);
    return new Native(calls, settings);
  }

  async readers(): Promise<Reader[]> {
    const { readers } = await this.call("readers");
    return Array.isArray(readers) ? readers.filter(isReader) : this.malformed();
  }

  async card(): Promise<Card> {
    const card = await this.call("card");
    const text = (name: string): string | null => (typeof card[name] === "string" ? card[name] : null);
    const { class: kind, algorithm, tries_left: tries } = card;
    return {
      reader: text("reader"),
      number: text("number"),
      holder: text("holder"),
      enterprise: text("enterprise"),
      class: kind === "legal_person" || kind === "operator" ? kind : null,
      validFrom: text("valid_from"),
      validTo: text("valid_to"),
      algorithm: isAlgorithm(algorithm) ? algorithm : this.malformed(),
      triesLeft: typeof tries === "number" ? tries : null,
      pinPad: card["pin_pad"] === true,
    };
  }

  async sign({ purpose, argument, nonce }: Challenge): Promise<Signed> {
    const params: Record<string, string> = argument === undefined ? { purpose, nonce } : { purpose, argument, nonce };
    const { certificate, algorithm, signature } = await this.call("sign", params);
    if (typeof certificate !== "string" || typeof signature !== "string" || !isAlgorithm(algorithm)) {
      return this.malformed();
    }
    return { certificate, algorithm, signature };
  }

  async changePin(): Promise<void> {
    await this.call("change_pin");
  }

  close(): void {
    this.calls.close();
  }

  private async call(method: string, params: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const answer = await this.calls.call({ method, params }, PATIENCE_MS);
    if ("error" in answer) {
      throw fromProblem(answer["error"], this.settings.language);
    }
    return isRecord(answer["result"]) ? answer["result"] : this.malformed();
  }

  private malformed(): never {
    throw own("malformed", this.settings.language);
  }
}

function heard(message: Record<string, unknown>, hear: Hear): void {
  const { event, reader } = message;
  if (typeof reader !== "string") {
    return;
  }
  switch (event) {
    case "card_inserted":
    case "card_removed":
    case "reader_added":
    case "reader_removed":
      hear(event, { reader });
  }
}

function isReader(value: unknown): value is Reader {
  return isRecord(value) && typeof value["name"] === "string" && ["empty", "card", "mute"].includes(String(value["card"]));
}

function isAlgorithm(value: unknown): value is Signed["algorithm"] {
  return value === "SM2" || value === "ES256" || value === "RS256";
}
