import { afterEach, describe, expect, it } from "vitest";
import { BridgeError, connect, type CardBridge, type Challenge, type Options } from "../src/bridge/index.ts";
import { algorithm, readTime } from "../src/bridge/control.ts";
import { bridge, browser, control, freePorts, type Program } from "./desktop.ts";

const CHALLENGE: Challenge = { purpose: "login", nonce: "n".repeat(43), text: "eport-id/card/v1\norigin: https://id.example.cn" };

/** DER that has the identifiers of an SM2 key in it, as a certificate has them. */
const SM2_KEY = Buffer.from("301306072a8648ce3d020106082a811ccf5501822d", "hex").toString("base64");

const programs: Program[] = [];
const open: CardBridge[] = [];

afterEach(async () => {
  open.splice(0).forEach((connection) => connection.close());
  await Promise.all(programs.splice(0).map((program) => program.stop()));
});

async function started(program: Promise<Program>): Promise<Program> {
  programs.push(await program);
  return program;
}

async function connected(options: Options): Promise<CardBridge> {
  const connection = await connect({ environment: browser(), controlPort: null, language: "en", ...options });
  open.push(connection);
  return connection;
}

async function refusal(promise: Promise<unknown>): Promise<BridgeError> {
  const error: unknown = await promise.then(() => new Error("it succeeded"), (reason: unknown) => reason);
  expect(error).toBeInstanceOf(BridgeError);
  return error as BridgeError;
}

describe("finding the bridge", () => {
  it("takes the lowest port that answers as a bridge", async () => {
    const first = await started(bridge({ readers: { readers: [] } }));
    const second = await started(bridge());
    const [nobody] = await freePorts(1);
    const connection = await connected({ ports: [nobody!, first.port, second.port] });
    await connection.readers();
    expect(connection.kind).toBe("bridge");
    expect(first.heard).toHaveLength(1);
  });

  it("passes over the bridge of another user, and over other programs", async () => {
    const stranger = await started(bridge({}, 0, 403));
    const other = await started(control({}));
    const mine = await started(bridge({ readers: { readers: [] } }));
    const connection = await connected({ ports: [stranger.port, other.port, mine.port] });
    await connection.readers();
    expect(mine.heard).toHaveLength(1);
  });

  it("says that nobody is there, in the language of the page", async () => {
    const [port, controlPort] = await freePorts(2);
    const english = await refusal(connected({ ports: [port!], controlPort: controlPort! }));
    expect([english.code, english.retry]).toEqual(["bridge_client.not_found", "after_fix"]);
    expect(english.fix).toMatch(/^Install the card bridge/);
    const chinese = await refusal(connected({ ports: [port!], language: "zh-CN" }));
    expect(chinese.title).toBe("没有找到卡助手");
  });

  it("needs a page that came over https", async () => {
    const environment = { ...browser(), isSecureContext: false };
    expect((await refusal(connected({ environment }))).code).toBe("bridge_client.insecure_page");
  });
});

describe("the browser's permission", () => {
  it("is explained before the first request, and the person may take their time where somebody listens", async () => {
    let state: PermissionState = "prompt";
    // The browser asks when a port answers, and holds the answer back until the person has said yes.
    const slow = await started(bridge({ readers: { readers: [] } }));
    const environment = browser({ "loopback-network": () => state });
    const [nobody, after] = await freePorts(2);
    let underWay = 0;
    const asking = { ...environment, fetch: (async (input, init) => {
      expect(state === "granted" || underWay === 0).toBe(true);
      underWay += 1;
      const answer = await environment.fetch(input, init).finally(() => (underWay -= 1));
      await new Promise((done) => setTimeout(done, 2500));
      state = "granted";
      return answer;
    }) as typeof fetch };
    let before: string[] | null = null;
    const explain = (): void => {
      before = [...environment.requests];
    };
    const connection = await connected({ environment: asking, explain, ports: [nobody!, slow.port, after!] });
    expect(before).toEqual([]);
    expect(await connection.readers()).toEqual([]);
    expect(environment.requests).toHaveLength(2);
  }, 10_000);

  it("is not explained where it was given or doesn't exist", async () => {
    const program = await started(bridge());
    const local = { ...browser({ "loopback-network": "prompt" }), isLocalPage: true };
    for (const environment of [browser({ "local-network-access": "granted" }), browser(), local]) {
      await connected({ environment, ports: [program.port], explain: () => expect.unreachable("explained") });
    }
  });

  it("says what to do where it was refused, before or just now", async () => {
    const program = await started(bridge());
    const refused = browser({ "local-network-access": "denied" });
    expect((await refusal(connected({ environment: refused, ports: [program.port] }))).code).toBe("bridge_client.permission_denied");
    expect(refused.requests).toEqual([]);
    const states: PermissionState[] = ["prompt", "denied"];
    const now = browser({ "loopback-network": () => states.shift() ?? "denied" });
    expect((await refusal(connected({ environment: now, ports: [program.port] }))).code).toBe("bridge_client.permission_denied");
  });
});

describe("the card", () => {
  it("signs purpose, argument and nonce, and never gets a text from the page", async () => {
    const signed = { certificate: "MIIB", algorithm: "SM2", signature: "AAAA" };
    const program = await started(bridge({ sign: signed }));
    const connection = await connected({ ports: [program.port] });
    expect(await connection.sign(CHALLENGE)).toEqual(signed);
    expect(await connection.sign({ ...CHALLENGE, purpose: "bind", argument: "8930000104271" })).toEqual(signed);
    expect(program.heard.map(({ method, params }) => ({ method, params }))).toEqual([
      { method: "sign", params: { purpose: "login", nonce: CHALLENGE.nonce } },
      { method: "sign", params: { purpose: "bind", argument: "8930000104271", nonce: CHALLENGE.nonce } },
    ]);
  });

  it("shows its public part", async () => {
    const card = {
      reader: "Reader 0", number: "8930000104271", holder: "张三", enterprise: "示例", class: "legal_person",
      valid_from: "2026-01-01T00:00:00Z", valid_to: "2028-01-01T00:00:00Z", algorithm: "SM2", tries_left: 3, pin_pad: false,
    };
    const program = await started(bridge({ card, readers: { readers: [{ name: "Reader 0", card: "card" }, { name: 1 }] }, change_pin: {} }));
    const connection = await connected({ ports: [program.port] });
    expect(await connection.card()).toMatchObject({ number: "8930000104271", class: "legal_person", triesLeft: 3, validTo: "2028-01-01T00:00:00Z" });
    expect(await connection.readers()).toEqual([{ name: "Reader 0", card: "card" }]);
    await connection.changePin();
  });

  it("passes the bridge's refusals on as they are", async () => {
    const error = {
      type: "about:blank", code: "bridge.pin_wrong", title: "The PIN is wrong", detail: "…", fix: "Check the PIN", status: 403,
      retry: "after_fix", tries_left: 2,
    };
    const program = await started(bridge({ sign: { error } }));
    const connection = await connected({ ports: [program.port] });
    const refused = await refusal(connection.sign(CHALLENGE));
    expect(refused).toMatchObject({ code: "bridge.pin_wrong", fix: "Check the PIN", retry: "after_fix", triesLeft: 2 });
  });

  it("takes answers in any order", async () => {
    const program = await started(bridge());
    const connection = await connected({ ports: [program.port] });
    const [one, two] = [connection.readers(), connection.card()];
    await expect.poll(() => program.heard.length).toBe(2);
    program.say({ id: program.heard[1]!["id"], result: { algorithm: "ES256" } });
    program.say({ id: program.heard[0]!["id"], result: { readers: [] } });
    expect((await two).algorithm).toBe("ES256");
    expect(await one).toEqual([]);
  });

  it("says so where an answer can't be read, and outlives what is no answer at all", async () => {
    const results = { sign: { certificate: 1 }, card: { algorithm: "MD5" }, readers: { readers: "many" }, change_pin: { error: "no" } };
    const program = await started(bridge(results));
    const connection = await connected({ ports: [program.port] });
    program.say("no JSON");
    program.say([1]);
    program.say({ id: 99, result: {} });
    program.say({ event: "card_inserted" });
    for (const call of [connection.sign(CHALLENGE), connection.card(), connection.readers(), connection.changePin()]) {
      expect((await refusal(call)).code).toBe("bridge_client.malformed");
    }
  });
});

describe("events", () => {
  it("are heard until one stops listening", async () => {
    const program = await started(bridge());
    const connection = await connected({ ports: [program.port] });
    const heard: string[] = [];
    const stop = connection.on("card_inserted", ({ reader }) => heard.push(`in ${reader}`));
    connection.on("card_removed", ({ reader }) => heard.push(`out ${reader}`));
    program.say({ event: "card_inserted", reader: "A" });
    program.say({ event: "card_removed", reader: "A" });
    await expect.poll(() => heard).toEqual(["in A", "out A"]);
    stop();
    program.say({ event: "card_inserted", reader: "B" });
    program.say({ event: "card_removed", reader: "B" });
    await expect.poll(() => heard).toEqual(["in A", "out A", "out B"]);
  });
});

describe("when the bridge is started anew", () => {
  it("what is under way fails, and the connection comes back by itself", async () => {
    const program = await started(bridge());
    const connection = await connected({ ports: [program.port] });
    const heard: string[] = [];
    connection.on("disconnected", () => heard.push("disconnected"));
    connection.on("connected", ({ kind }) => heard.push(`connected to ${kind}`));
    const under_way = refusal(connection.sign(CHALLENGE));
    await expect.poll(() => program.heard.length).toBe(1);
    await program.stop();
    programs.length = 0;
    expect((await under_way).code).toBe("bridge_client.disconnected");
    await expect.poll(() => connection.kind).toBe(null);
    expect((await refusal(connection.card())).code).toBe("bridge_client.disconnected");
    await started(bridge({ readers: { readers: [] } }, program.port));
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual(["disconnected", "connected to bridge"]);
    expect(await connection.readers()).toEqual([]);
  }, 20_000);

  it("a connection that was closed stays closed", async () => {
    const program = await started(bridge());
    const connection = await connected({ ports: [program.port] });
    connection.on("disconnected", () => expect.unreachable("told"));
    connection.close();
    await new Promise((done) => setTimeout(done, 700));
    expect(connection.kind).toBe(null);
  });
});

describe("the client control, where it is what the person has", () => {
  const answers = {
    "cus-sec_SpcGetCardID": ["8930000104271"],
    "cus-sec_SpcGetUName": ["张三"],
    "cus-sec_SpcGetEntName": ["示例"],
    "cus-sec_SpcGetSignCertAsPEM": [SM2_KEY],
    "cus-sec_SpcGetValidTimeFromCert": [{ szStartTime: "20260101000000", szEndTime: "20280101000000" }],
    "cus-sec_SpcSignDataAsPEM": ["c2lnbmF0dXJl", "0a1b"],
  };

  it("signs the same text, and gets no PIN from the page", async () => {
    const program = await started(control(answers));
    const connection = await connected({ ports: [], controlPort: program.port });
    expect(connection.kind).toBe("control");
    expect(await connection.sign(CHALLENGE)).toEqual({ certificate: SM2_KEY, algorithm: "SM2", signature: "c2lnbmF0dXJl" });
    expect(program.heard.at(-1)).toMatchObject({ _method: "cus-sec_SpcSignDataAsPEM", args: { inData: CHALLENGE.text } });
    expect(await connection.card()).toMatchObject({ holder: "张三", algorithm: "SM2", validTo: "2028-01-01T00:00:00Z" });
    expect(await connection.readers()).toEqual([]);
    expect((await refusal(connection.changePin())).code).toBe("bridge_client.control_refused");
    expect(JSON.stringify(program.heard)).not.toMatch(/passwd|pin/i);
  });

  it("is second to the bridge", async () => {
    const mine = await started(bridge());
    const program = await started(control(answers));
    expect((await connected({ ports: [mine.port], controlPort: program.port })).kind).toBe("bridge");
  });

  it("tells its errors by the bridge's codes where they mean the same", async () => {
    const program = await started(control({ ...answers, "cus-sec_SpcGetCardID": "Err:Custom50200", "cus-sec_SpcSignDataAsPEM": "Err:Custom50070" }));
    const connection = await connected({ ports: [], controlPort: program.port });
    const none = await refusal(connection.card());
    expect([none.code, none.detail]).toEqual(["bridge.no_card", "没有检测到读卡器"]);
    expect((await refusal(connection.sign(CHALLENGE))).code).toBe("bridge.card_mute");
  });
});

describe("what a certificate is for", () => {
  it("is told by its key", () => {
    const of = (hex: string): string | null => algorithm(Buffer.from(hex, "hex").toString("base64"));
    expect(of("06082a8648ce3d030107")).toBe("ES256");
    expect(of("06092a864886f70d010101")).toBe("RS256");
    // A signature's algorithm is none.
    expect(of("06092a864886f70d01010b")).toBe(null);
    expect(algorithm("not base64 ")).toBe(null);
  });

  it("has a time that is read as UTC", () => {
    expect(readTime("20260102030405")).toBe("2026-01-02T03:04:05Z");
    for (const wrong of ["2026", "", null, 20260102030405]) {
      expect(readTime(wrong)).toBe(null);
    }
  });
});
