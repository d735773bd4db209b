/** A socket on which calls and their answers are told apart by an id. */

import { own, type BridgeError, type Language } from "./errors.ts";

/** How long a socket may usually take to open. */
export const OPEN_MS = 5000;

interface Waiting {
  readonly resolve: (answer: Record<string, unknown>) => void;
  readonly reject: (error: BridgeError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** An open socket. */
export class Calls {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  private constructor(
    private readonly socket: WebSocket,
    private readonly language: Language,
    /** The field with the id: `id` for the bridge, `_id` for the client control. */
    private readonly id: string,
    private readonly heard: (message: Record<string, unknown>) => void,
    closed: () => void,
  ) {
    socket.addEventListener("message", (event: MessageEvent) => this.message(event.data));
    socket.addEventListener("close", () => {
      this.giveUp();
      closed();
    });
  }

  /**
   * Opens a socket.
   *
   * @param wait how long it may take, in milliseconds
   * @param heard what to do with a message that answers no call
   * @param closed called once, when the socket has closed after it was open
   * @throws BridgeError `bridge_client.disconnected`
   */
  static open(
    socket: WebSocket,
    wait: number,
    language: Language,
    id: string,
    heard: (message: Record<string, unknown>) => void,
    closed: () => void,
  ): Promise<Calls> {
    return new Promise((resolve, reject) => {
      const failed = (): void => {
        clearTimeout(timer);
        socket.close();
        reject(own("disconnected", language));
      };
      const timer = setTimeout(failed, wait);
      socket.addEventListener("error", failed, { once: true });
      socket.addEventListener(
        "open",
        () => {
          clearTimeout(timer);
          socket.removeEventListener("error", failed);
          resolve(new Calls(socket, language, id, heard, closed));
        },
        { once: true },
      );
    });
  }

  /**
   * Sends a message and waits for its answer.
   *
   * @throws BridgeError `bridge_client.disconnected`, `bridge_client.timeout`
   */
  call(message: Record<string, unknown>, patience: number): Promise<Record<string, unknown>> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      if (this.socket.readyState !== 1) {
        reject(own("disconnected", this.language));
        return;
      }
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(own("timeout", this.language));
      }, patience);
      this.waiting.set(id, { resolve, reject, timer });
      this.socket.send(JSON.stringify({ ...message, [this.id]: id }));
    });
  }

  close(): void {
    this.socket.close();
  }

  private message(data: unknown): void {
    const message = parse(data);
    if (message === null) {
      return;
    }
    const id = message[this.id];
    const waiting = typeof id === "number" ? this.waiting.get(id) : undefined;
    if (waiting === undefined) {
      this.heard(message);
      return;
    }
    this.waiting.delete(id as number);
    clearTimeout(waiting.timer);
    waiting.resolve(message);
  }

  private giveUp(): void {
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(own("disconnected", this.language));
    }
    this.waiting.clear();
  }
}

/** An object in JSON, or null for anything else. */
function parse(data: unknown): Record<string, unknown> | null {
  if (typeof data !== "string") {
    return null;
  }
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
