/** What can go wrong between the page and the card, in the form that the platform's own refusals have. */

/** The languages that the bridge speaks. */
export type Language = "zh-CN" | "en";

/** Whether it is worth trying again: never, by itself later, or once the person has done what `fix` says. */
export type Retry = "never" | "later" | "after_fix";

/** A refusal of the bridge, or one of this client's own (`bridge_client.…`). */
export class BridgeError extends Error {
  override readonly name = "BridgeError";

  constructor(
    /** Stable; what a program looks at. */
    readonly code: string,
    /** What happened, in a few words. */
    readonly title: string,
    /** What happened, in a sentence. */
    readonly detail: string,
    /** What the person can do. */
    readonly fix: string,
    readonly retry: Retry,
    /** How many tries the PIN has left, where it was wrong or is blocked. */
    readonly triesLeft: number | null = null,
  ) {
    super(`${code}: ${title}`);
  }
}

interface Texts {
  readonly retry: Retry;
  /** Title, detail, fix. */
  readonly zh: readonly [string, string, string];
  readonly en: readonly [string, string, string];
}

const OWN = {
  not_found: {
    retry: "after_fix",
    zh: ["没有找到卡助手", "本机没有正在运行的卡助手或客户端控件。", "请安装并启动卡助手，然后重试。"],
    en: ["The card bridge was not found", "Neither a card bridge nor a client control runs on this machine.", "Install the card bridge, start it, and try again."],
  },
  permission_denied: {
    retry: "after_fix",
    zh: ["浏览器不允许访问本机", "浏览器阻止了本网站连接本机的卡助手。", "请点击地址栏左侧的图标，在网站设置中允许访问本机应用（本地网络），然后刷新页面。"],
    en: ["The browser doesn't let this site reach your machine", "The browser keeps this site from the card bridge on your machine.", "Open the site's settings beside the address, allow apps on this device (local network), and load the page again."],
  },
  insecure_page: {
    retry: "never",
    zh: ["页面不是通过 https 打开的", "浏览器只允许 https 页面连接本机的卡助手。", "请使用 https 地址打开本网站。"],
    en: ["The page was not opened over https", "Browsers let only https pages reach the card bridge on your machine.", "Open the site by its https address."],
  },
  disconnected: {
    retry: "later",
    zh: ["与卡助手的连接断开", "卡助手已退出或重新启动。", "请确认卡助手正在运行；页面会自动重新连接。"],
    en: ["The card bridge went away", "The card bridge ended or was started anew.", "Make sure that it runs; the page connects again by itself."],
  },
  timeout: {
    retry: "later",
    zh: ["卡助手没有应答", "卡助手在规定时间内没有应答。", "请重试；如持续出现，请重新启动卡助手。"],
    en: ["The card bridge doesn't answer", "The card bridge didn't answer in time.", "Try again; if it goes on, start the card bridge anew."],
  },
  malformed: {
    retry: "never",
    zh: ["卡助手的应答无法识别", "应答的格式不对，版本可能不符。", "请更新卡助手。"],
    en: ["The card bridge's answer can't be read", "Its form is wrong; perhaps the versions don't fit.", "Update the card bridge."],
  },
  control_refused: {
    retry: "after_fix",
    zh: ["客户端控件拒绝了操作", "客户端控件没有完成操作。", "请确认卡已插好、PIN 正确，然后重试。"],
    en: ["The client control refused", "The client control didn't do what was asked.", "Make sure that the card is in and the PIN is right, and try again."],
  },
} as const satisfies Record<string, Texts>;

/** The codes of this client's own errors, without `bridge_client.`. */
export type OwnCode = keyof typeof OWN;

/** One of this client's own errors. `said` replaces the detail by what the other side said. */
export function own(code: OwnCode, language: Language, said?: string): BridgeError {
  const { retry, zh, en } = OWN[code];
  const [title, detail, fix] = language === "en" ? en : zh;
  return new BridgeError(`bridge_client.${code}`, title, said ?? detail, fix, retry);
}

/** Reads a problem that the bridge sent (RFC 9457, as everywhere in the platform). */
export function fromProblem(problem: unknown, language: Language): BridgeError {
  if (!isRecord(problem) || typeof problem["code"] !== "string") {
    return own("malformed", language);
  }
  const text = (name: string): string => (typeof problem[name] === "string" ? problem[name] : "");
  const retry = problem["retry"];
  const tries = problem["tries_left"];
  return new BridgeError(
    problem["code"],
    text("title"),
    text("detail"),
    text("fix"),
    retry === "later" || retry === "after_fix" ? retry : "never",
    typeof tries === "number" ? tries : null,
  );
}

/** Whether a value is an object whose fields can be looked at. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
