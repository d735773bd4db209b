/** The port's own client control: what a person may have instead of the bridge. It signs the same text, but knows no events. */

import { Calls, OPEN_MS } from "./calls.ts";
import { BridgeError, isRecord, own } from "./errors.ts";
import type { Settings } from "./environment.ts";
import { localNetwork, patience } from "./permission.ts";
import type { Card, Challenge, Reader, Signed } from "./types.ts";

/** Its own window waits for the person. */
const PATIENCE_MS = 150_000;

/** The client control, connected. */
export class Control {
  private constructor(
    private readonly calls: Calls,
    private readonly settings: Settings,
  ) {}

  /** @throws BridgeError `bridge_client.disconnected` where there is none */
  static async open(port: number, settings: Settings, closed: () => void): Promise<Control> {
    // Where there is no bridge, it is this socket that the browser asks the person about.
    const wait = patience(await localNetwork(settings), OPEN_MS);
    const socket = new settings.environment.WebSocket(`ws://127.0.0.1:${port}`);
    // What it says without being asked is its greeting.
    const calls = await Calls.open(socket, wait, settings.language, "_id", () => undefined, closed);
    return new Control(calls, settings);
  }

  /** The control doesn't tell readers apart: it has one, or none that it could name. */
  readers(): Promise<Reader[]> {
    return Promise.resolve([]);
  }

  async card(): Promise<Card> {
    const [number, holder, enterprise] = [
      await this.text("cus-sec_SpcGetCardID"),
      await this.text("cus-sec_SpcGetUName"),
      await this.text("cus-sec_SpcGetEntName"),
    ];
    const certificate = await this.text("cus-sec_SpcGetSignCertAsPEM");
    const [validity] = await this.call("cus-sec_SpcGetValidTimeFromCert", {});
    const time = (name: string): string | null => (isRecord(validity) ? readTime(validity[name]) : null);
    return {
      reader: null,
      number,
      holder,
      enterprise,
      // What its numbers for the kind of enterprise mean is not public.
      class: null,
      validFrom: time("szStartTime"),
      validTo: time("szEndTime"),
      algorithm: algorithm(certificate) ?? this.malformed(),
      triesLeft: null,
      pinPad: false,
    };
  }

  async sign(challenge: Challenge): Promise<Signed> {
    const certificate = await this.text("cus-sec_SpcGetSignCertAsPEM");
    const signature = await this.text("cus-sec_SpcSignDataAsPEM", { inData: challenge.text });
    return { certificate, signature, algorithm: algorithm(certificate) ?? this.malformed() };
  }

  /** The control takes both PINs from the page, and no PIN passes through this page. */
  changePin(): Promise<void> {
    return Promise.reject(own("control_refused", this.settings.language));
  }

  close(): void {
    this.calls.close();
  }

  private async text(method: string, args: Record<string, string> = {}): Promise<string> {
    const [value] = await this.call(method, args);
    return typeof value === "string" ? value : this.malformed();
  }

  private async call(method: string, args: Record<string, string>): Promise<unknown[]> {
    const answer = await this.calls.call({ _method: method, args }, PATIENCE_MS);
    const result = answer["_args"];
    if (!isRecord(result)) {
      return this.malformed();
    }
    if (result["Result"] !== true) {
      const said = Array.isArray(result["Error"]) ? result["Error"].filter((text) => typeof text === "string") : [];
      throw this.refusal(said);
    }
    return Array.isArray(result["Data"]) ? result["Data"] : [];
  }

  /** Its sentence, and the code of the bridge that means the same as its own. */
  private refusal(said: string[]): BridgeError {
    const known = own("control_refused", this.settings.language, said[0]);
    const code = said.at(-1)?.includes("50200") ? "bridge.no_card" : said.at(-1)?.includes("50070") ? "bridge.card_mute" : known.code;
    return new BridgeError(code, known.title, known.detail, known.fix, known.retry);
  }

  private malformed(): never {
    throw own("malformed", this.settings.language);
  }
}

/**
 * Which key a certificate (base64 of DER) is for: told by the object identifier of its key, which stands nowhere else in it. Those of the
 * signatures under it are others.
 */
export function algorithm(certificate: string): Signed["algorithm"] | null {
  let der: string;
  try {
    der = atob(certificate.replace(/\s/g, ""));
  } catch {
    return null;
  }
  const has = (...oid: number[]): boolean => der.includes(String.fromCharCode(...oid));
  // 1.2.156.10197.1.301, 1.2.840.10045.3.1.7, 1.2.840.113549.1.1.1
  if (has(0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d)) {
    return "SM2";
  }
  if (has(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07)) {
    return "ES256";
  }
  return has(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01) ? "RS256" : null;
}

/** `yyyyMMddHHmmss` as RFC 3339. The control says no time zone; certificates are in UTC. */
export function readTime(text: unknown): string | null {
  const parts = typeof text === "string" ? /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text) : null;
  return parts === null ? null : `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`;
}
