/** Refusals (RFC 9457) as the page has them. */

import { BridgeError } from "../bridge/errors.ts";
import common from "../texts/common.ts";
import { language, useTexts } from "../texts/index.ts";
import type { components } from "./schema";

type Details = components["schemas"]["ProblemDetails"];
type Wrong = components["schemas"]["FieldProblem"];

/** Why a request was not done: what happened, and what to do. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** Stable, such as `session.locked`; `page.…` for what the page itself found. */
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly fix: string,
    /** What stands beside which field: what is wrong with it, and what to do. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** Seconds until the same request may succeed. */
    readonly retryAfter: number | null = null,
    readonly status: number | null = null,
  ) {
    super(code);
  }
}

/** The problem in an answer that is no success. */
export async function read(response: Response): Promise<Problem> {
  try {
    return problem((await response.json()) as Partial<Details>, response.status);
  } catch {
    return own("unclear", response.status);
  }
}

/** The problem in a body that openapi-fetch has read. */
export function problem(body: unknown, status: number): Problem {
  const { code, title, detail, fix, errors, retry_after } = (body ?? {}) as Partial<Details>;
  if (typeof code !== "string" || typeof title !== "string") {
    return own("unclear", status);
  }
  // Where one field is all that is wrong, the refusal is about it, and what is beside the field is all that the person reads of it: what it is
  // called, what would be right, what to do. Of several fields, each has what is wrong with it.
  const said = (error: Wrong): string => (error.code === code ? sentences(`${title}${language.value === "en" ? "." : "。"}`, error.detail, fix) : error.detail);
  const fields = Object.fromEntries((errors ?? []).map((error) => [error.field, said(error)]));
  return new Problem(code, title, detail ?? "", fix ?? "", fields, retry_after ?? null, status);
}

/** A problem that the page itself found. */
export function own(kind: "unreachable" | "unclear" | "ended", status: number | null = null): Problem {
  const { t } = useTexts(common);
  return new Problem(`page.${kind}`, t(`error.${kind}.title`), t(`error.${kind}.detail`), t(`error.${kind}.fix`), {}, null, status);
}

/** Whatever was thrown, as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) {
    return thrown;
  }
  if (thrown instanceof BridgeError) {
    const { t } = useTexts(common);
    const tries = thrown.triesLeft === null ? "" : t("tries_left", { count: thrown.triesLeft });
    return new Problem(thrown.code, thrown.title, sentences(thrown.detail, tries), thrown.fix);
  }
  // What isn't a refusal is a mistake of ours: the console has it.
  console.error(thrown);
  return own("unclear");
}

/** One sentence after the other; Chinese ones stand without a space between. */
export function sentences(...all: (string | undefined)[]): string {
  return all.filter(Boolean).join(language.value === "en" ? " " : "");
}
