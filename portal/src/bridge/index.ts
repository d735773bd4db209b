/**
 * The card, for a page: finds the card bridge of the person, or the port's own client control, and speaks with it.
 *
 * ```ts
 * const bridge = await connect({ language: "zh-CN", explain: () => dialog.show() });
 * bridge.on("card_inserted", () => button.disabled = false);
 * const signed = await bridge.sign({ purpose: "login", nonce: challenge.nonce, text: challenge.text });
 * ```
 *
 * Call `connect` when the person clicks something: the browser may ask them whether this site may reach their machine.
 */

import { Control } from "./control.ts";
import { own } from "./errors.ts";
import { settings, type Options, type Settings } from "./environment.ts";
import { find } from "./find.ts";
import { Native } from "./native.ts";
import type { Card, Challenge, Events, Reader, Signed } from "./types.ts";

export { BridgeError, type Language, type Retry } from "./errors.ts";
export { CONTROL_PORT, PORTS, type Environment, type Options } from "./environment.ts";
export { type Status } from "./find.ts";
export type { LocalNetwork } from "./permission.ts";
export type * from "./types.ts";

/** How long to wait before each attempt to connect again; the last for all that follow. */
const AGAIN_MS: readonly number[] = [500, 1000, 2000, 4000, 8000, 15_000];

type Listeners = { [E in keyof Events]: Set<(what: Events[E]) => void> };

/**
 * Connects.
 *
 * @throws BridgeError `bridge_client.not_found`, `bridge_client.permission_denied`, `bridge_client.insecure_page`
 */
export async function connect(options: Options = {}): Promise<CardBridge> {
  const bridge = new CardBridge(settings(options));
  await bridge.reach();
  return bridge;
}

/** A connection to the card bridge, or to the client control. Comes back by itself when the program was started anew. */
export class CardBridge {
  private other: Native | Control | null = null;
  private again: ReturnType<typeof setTimeout> | null = null;
  private isClosed = false;
  private readonly listeners: Listeners = {
    card_inserted: new Set(),
    card_removed: new Set(),
    reader_added: new Set(),
    reader_removed: new Set(),
    connected: new Set(),
    disconnected: new Set(),
  };

  /** @internal */
  constructor(private readonly settings: Settings) {}

  /** With whom this is connected now: null while the connection is gone. */
  get kind(): "bridge" | "control" | null {
    return this.other === null ? null : this.other instanceof Native ? "bridge" : "control";
  }

  /** The readers. The client control names none. */
  async readers(): Promise<Reader[]> {
    return this.connected().readers();
  }

  /** The card that is in a reader. */
  async card(): Promise<Card> {
    return this.connected().card();
  }

  /** Has the card sign a challenge of the server. The person enters the PIN in a window of the bridge, or at the reader; never here. */
  async sign(challenge: Challenge): Promise<Signed> {
    return this.connected().sign(challenge);
  }

  /** Has the person change the card's PIN, likewise outside the page. Not with the client control. */
  async changePin(): Promise<void> {
    return this.connected().changePin();
  }

  /** Listens, until the function that comes back is called. */
  on<E extends keyof Events>(event: E, listener: (what: Events[E]) => void): () => void {
    this.listeners[event].add(listener);
    return () => this.listeners[event].delete(listener);
  }

  /** Ends the connection for good. */
  close(): void {
    this.isClosed = true;
    if (this.again !== null) {
      clearTimeout(this.again);
    }
    this.other?.close();
    this.other = null;
  }

  /** @internal Finds somebody and connects. */
  async reach(): Promise<void> {
    const found = await find(this.settings);
    const other = found === null ? await this.control() : await this.native(found.port);
    if (this.isClosed) {
      other.close();
      return;
    }
    this.other = other;
    this.tell("connected", { kind: other instanceof Native ? "bridge" : "control" });
  }

  private native(port: number): Promise<Native> {
    return Native.open(port, this.settings, (event, what) => this.tell(event, what), () => this.lost());
  }

  private async control(): Promise<Control> {
    const { controlPort, language } = this.settings;
    if (controlPort === null) {
      throw own("not_found", language);
    }
    try {
      return await Control.open(controlPort, this.settings, () => this.lost());
    } catch {
      throw own("not_found", language);
    }
  }

  private connected(): Native | Control {
    if (this.other === null) {
      throw own("disconnected", this.settings.language);
    }
    return this.other;
  }

  private lost(): void {
    if (this.isClosed) {
      return;
    }
    this.other = null;
    this.tell("disconnected", {});
    this.tryAgain(0);
  }

  private tryAgain(attempt: number): void {
    const wait = AGAIN_MS[Math.min(attempt, AGAIN_MS.length - 1)];
    this.again = setTimeout(() => {
      this.reach().catch(() => {
        if (!this.isClosed) {
          this.tryAgain(attempt + 1);
        }
      });
    }, wait);
  }

  private tell<E extends keyof Events>(event: E, what: Events[E]): void {
    for (const listener of this.listeners[event]) {
      try {
        listener(what);
      } catch (error) {
        // A listener's fault is its own: the others hear all the same, and the page's console has it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
