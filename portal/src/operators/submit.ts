// Sends the good rows one after the other, and remembers what became of each.

import { isGood, newOperator, type ImportRow, type NewOperator } from "./rows.ts";

/** What the server said to one row. */
export type Outcome =
  | { kind: "created" }
  | { kind: "invited" }
  | { kind: "refused"; detail: string; fix: string }
  /** Too many at once: nothing was done, ask again after so many seconds. */
  | { kind: "later"; seconds: number }
  /** Nothing more can be sent: no network, or the session has ended. */
  | { kind: "stop"; detail: string };

export type RowState = { kind: "waiting" } | { kind: "sending" } | Exclude<Outcome, { kind: "later" }>;

export interface Submission {
  send: (operator: NewOperator, idempotencyKey: string) => Promise<Outcome>;
  /** Told whenever a row changes. */
  report: (line: number, state: RowState) => void;
  cancelled: () => boolean;
  sleep: (seconds: number) => Promise<void>;
  newKey: () => string;
}

/** How often one row is asked again when the server is busy. */
const TRIES = 5;

/** A row that was created or invited is not sent again; so a run that stopped can be gone on with. */
export async function submitRows(
  rows: readonly ImportRow[],
  done: ReadonlyMap<number, RowState>,
  { send, report, cancelled, sleep, newKey }: Submission,
): Promise<"finished" | "stopped"> {
  for (const row of rows) {
    const before = done.get(row.line)?.kind;
    if (!isGood(row) || before === "created" || before === "invited") continue;
    const operator = newOperator(row);
    if (operator === null) continue;
    if (cancelled()) return "stopped";
    report(row.line, { kind: "sending" });
    const outcome = await sendOne(operator, newKey(), { send, sleep, cancelled });
    report(row.line, outcome);
    if (outcome.kind === "stop" || outcome.kind === "waiting") return "stopped";
  }
  return "finished";
}

async function sendOne(
  operator: NewOperator,
  key: string,
  { send, sleep, cancelled }: Pick<Submission, "send" | "sleep" | "cancelled">,
): Promise<RowState> {
  for (let tries = 1; ; tries += 1) {
    // The same key each time: a row whose answer was lost is not created twice.
    const outcome = await send(operator, key);
    if (outcome.kind !== "later") return outcome;
    if (tries === TRIES || cancelled()) return { kind: "waiting" };
    await sleep(outcome.seconds);
  }
}
