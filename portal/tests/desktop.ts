/** A desktop as a page finds it: programs on loopback that answer as the bridge and the client control do, and a browser that asks. */

import { createServer, type Server } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import type { AddressInfo } from "node:net";
import type { Environment } from "../src/bridge/index.ts";

type Message = Record<string, unknown>;

/** A program on a port of this machine. */
export class Program {
  readonly heard: Message[] = [];
  private readonly sockets = new Set<WebSocket>();

  private constructor(
    readonly port: number,
    private readonly server: Server,
    sockets: WebSocketServer,
    answer: (message: Message) => unknown,
    greeting: unknown,
  ) {
    sockets.on("connection", (socket) => {
      this.sockets.add(socket);
      if (greeting !== undefined) {
        socket.send(JSON.stringify(greeting));
      }
      socket.on("message", (data) => {
        const message = JSON.parse(String(data)) as Message;
        this.heard.push(message);
        const reply = answer(message);
        if (reply !== undefined) {
          socket.send(typeof reply === "string" ? reply : JSON.stringify(reply));
        }
      });
    });
  }

  static async start(
    status: ((port: number) => { code: number; body: unknown }) | null,
    path: string,
    answer: (message: Message) => unknown,
    greeting?: unknown,
    port = 0,
  ): Promise<Program> {
    const server = createServer((request, response) => {
      const { code, body } = status?.((server.address() as AddressInfo).port) ?? { code: 404, body: {} };
      response.writeHead(request.url?.startsWith("/v1/status") === true ? code : 404).end(JSON.stringify(body));
    });
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      if (request.url?.startsWith(path) !== true) {
        socket.destroy();
        return;
      }
      sockets.handleUpgrade(request, socket, head, (upgraded) => sockets.emit("connection", upgraded, request));
    });
    await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
    return new Program((server.address() as AddressInfo).port, server, sockets, answer, greeting);
  }

  /** Says something unasked. */
  say(message: unknown): void {
    for (const socket of this.sockets) {
      socket.send(typeof message === "string" ? message : JSON.stringify(message));
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      socket.terminate();
    }
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }
}

/** A bridge. `results` by method; a function is called with the params, an `Error`-like `{ error }` is sent as one. */
export function bridge(results: Record<string, unknown> = {}, port = 0, code = 200): Promise<Program> {
  const status = (own: number) => ({
    code,
    body: { product: "eport-card-bridge", version: "0.1.0", port: own, consent: "allowed", service: true, readers: 1, card: true },
  });
  const answer = ({ id, method, params }: Message): unknown => {
    const result = results[String(method)];
    const value: unknown = typeof result === "function" ? (result as (params: unknown) => unknown)(params) : result;
    if (value === undefined) {
      return undefined;
    }
    return typeof value === "object" && value !== null && "error" in value ? { id, ...value } : { id, result: value };
  };
  return Program.start(status, "/v1?lang=", answer, undefined, port);
}

/** A client control: `_id` and `_method` echoed, the result in `_args`. */
export function control(data: Record<string, unknown>): Promise<Program> {
  const answer = ({ _id, _method }: Message): unknown => {
    const value = data[String(_method)];
    const args = Array.isArray(value)
      ? { Result: true, Data: value, Error: [] }
      : { Result: false, Data: [], Error: ["没有检测到读卡器", String(value ?? "Err:Base50000")] };
    return { _id, _method, _status: "00", _args: args };
  };
  return Program.start(null, "/", answer, { _id: 0, _method: "open", _status: "00", _args: {} });
}

/** Ports where nobody listens. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** A browser: real requests and real sockets, and the permission as told. */
export function browser(states: Record<string, PermissionState | (() => PermissionState)> = {}): Environment & { requests: string[] } {
  const requests: string[] = [];
  return {
    requests,
    fetch: (input, init) => {
      requests.push(String(input));
      return fetch(input, init);
    },
    WebSocket: WebSocket as unknown as Environment["WebSocket"],
    permissions: {
      query: ({ name }: { name: string }) => {
        const state = states[name];
        return state === undefined
          ? Promise.reject(new TypeError(`no permission ${name}`))
          : Promise.resolve({ state: typeof state === "function" ? state() : state } as PermissionStatus);
      },
    },
    isSecureContext: true,
    isLocalPage: false,
  };
}
