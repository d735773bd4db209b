/** What this client needs of the browser, so that tests can hand it another. */

import type { Language } from "./errors.ts";

/** How to connect. */
export interface Options {
  /** The language of errors, and of the bridge's own windows for this page. Default: Chinese. */
  readonly language?: Language;
  /**
   * Called before the browser asks the person whether this site may reach their machine: the place to say why it is about to ask.
   * The question comes when the promise is fulfilled.
   */
  readonly explain?: () => void | Promise<void>;
  /** The ports that the bridge may listen on. */
  readonly ports?: readonly number[];
  /** The port of the port's own client control, or null: don't fall back to it. */
  readonly controlPort?: number | null;
  /** The browser. */
  readonly environment?: Environment;
}

/** The parts of the browser. */
export interface Environment {
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: new (url: string) => WebSocket;
  readonly permissions: Pick<Permissions, "query"> | undefined;
  /** Whether the page came over https or from this machine. */
  readonly isSecureContext: boolean;
  /** Whether the page came from this machine: then the browser asks nobody, whatever it says of the permission. */
  readonly isLocalPage: boolean;
}

/** 24817 and the nine after it. */
export const PORTS: readonly number[] = Array.from({ length: 10 }, (_, index) => 24817 + index);

/** Where the client control listens. */
export const CONTROL_PORT = 61232;

/** Options with nothing left out. */
export interface Settings {
  readonly language: Language;
  readonly explain: () => void | Promise<void>;
  readonly ports: readonly number[];
  readonly controlPort: number | null;
  readonly environment: Environment;
}

export function settings(options: Options): Settings {
  return {
    language: options.language ?? "zh-CN",
    explain: options.explain ?? (() => undefined),
    ports: options.ports ?? PORTS,
    controlPort: options.controlPort === undefined ? CONTROL_PORT : options.controlPort,
    environment: options.environment ?? {
      fetch: globalThis.fetch.bind(globalThis),
      WebSocket: globalThis.WebSocket,
      permissions: globalThis.navigator?.permissions,
      isSecureContext: globalThis.isSecureContext ?? true,
      isLocalPage: ["localhost", "127.0.0.1", "[::1]"].includes(globalThis.location?.hostname ?? ""),
    },
  };
}
