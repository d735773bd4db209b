/** Everything that can stand in the audit has a name that people read, and nothing else has one. */

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { describe, expect, test } from "vitest";

import { actionName, actionNames, actionOf, ACTIONS } from "../../src/pages/trail/actions.ts";
import { LANGUAGES, speak } from "../../src/texts/index.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

interface Answer {
  readonly $ref?: string;
  readonly content?: { readonly "application/problem+json"?: { readonly schema: { readonly properties: { readonly code: { readonly enum: readonly string[] } } } } };
}
interface Operation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Answer>> };
}

/** As the build of the page gets it from the Rust types. */
const api = JSON.parse(readFileSync(join(ROOT, "portal/.build/openapi.json"), "utf8")) as Document;
const operations = Object.values(api.paths).flatMap((path) => Object.values(path).filter(({ operationId }) => operationId !== undefined));

/** The codes that an operation can be refused with, by status. */
function refusals({ responses }: Operation): [number, string][] {
  return Object.entries(responses).flatMap(([status, answer]) => {
    const { content } = answer.$ref === undefined ? answer : (api.components.responses[answer.$ref.split("/").at(-1) ?? ""] ?? {});
    return (content?.["application/problem+json"]?.schema.properties.code.enum ?? []).map((code): [number, string] => [Number(status), code]);
  });
}

/** What `worth_keeping` (functions/shared/src/audit.rs) leaves out whatever its status. */
const PASSED_OVER = /^(request|route|idempotency|rate)\.|^association\.too_many|^sms\.resend|^session\.(required|token_expired)$/;

/** Whether a refusal leaves a row. Some of 422 do, too; but most are of fields, which don't, and the others are of operations that have more. */
const isKept = ([status, code]: [number, string]): boolean => ([401, 403, 409, 429].includes(status) || code === "resource.not_found") && !PASSED_OVER.test(code);

/** The operations whose refusal can be in the audit. */
const attempts = operations.filter((operation) => refusals(operation).some(isKept)).map(({ operationId }) => operationId);

/** The Rust files of a folder, without their tests. */
function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rs") && !/(^|\/)(tests|testing)(\/|\.rs$)/.test(name))
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8").split("#[cfg(test)]")[0] ?? "");
}

const FUNCTIONS = readdirSync(join(ROOT, "functions")).map((name) => `functions/${name}/src`);

/**
 * The actions that the source writes: the dotted words of whatever writes to the audit, since nowhere is a list of them. Dotted, too, are a
 * column's place (`place: "…"`) and a field of a request (`check("…"`).
 */
function written(): Set<string> {
  const files = [...FUNCTIONS, "edge/src"].flatMap(sources).filter((text) => /\bEvent\b|\.traced\(/.test(text) && !text.includes("pub fn worth_keeping"));
  const found = files.flatMap((text) => [...text.matchAll(/(?<!place: |check\()"([a-z]+\.[a-z_]+)"/g)].map(([, word]) => word ?? ""));
  return new Set([...found, ...ofSeals()]);
}

/** Those of seals and signatures are put together: `format!("seal.{what}")`, of the name of a change of state or of a word that is handed on. */
function ofSeals(): string[] {
  const changes = [...read("lifecycle.rs").matchAll(/=> "([a-z]+)"/g)].map(([, name]) => name ?? "");
  const handed = (kind: string): string[] => {
    const text = sources(`functions/seals/src/${kind}s`).join("\n");
    expect(text).toContain(`format!("${kind}.{what}")`);
    return [...text.matchAll(/(?:event|finish)\([^;"()]*"([a-z]+)"/g)].map(([, word]) => word ?? "");
  };
  return ["seal", "signature"].flatMap((kind) => [...changes, ...handed(kind)].map((what) => `${kind}.${what}`));
}

const read = (name: string): string => readFileSync(join(ROOT, "functions/seals/src", name), "utf8");

describe("what can be in the audit", () => {
  const all = [...attempts, ...written()];

  test("has a name, each attempt and each change", () => {
    expect(attempts.length).toBeGreaterThan(80);
    expect(all.filter((action) => !ACTIONS.includes(action))).toEqual([]);
  });

  test("is all that has a name", () => {
    expect(ACTIONS.filter((action) => !all.includes(action))).toEqual([]);
  });

  test("includes all that somebody with a token can be refused", () => {
    const withToken = operations.filter(({ security }) => security?.some((scheme) => Object.keys(scheme).length > 0)).map(({ operationId }) => operationId);
    expect(withToken.filter((operation) => !attempts.includes(operation))).toEqual([]);
  });
});

test.each(LANGUAGES)("in %s a change is found by its name, and no other", (language) => {
  speak(language);
  const names = actionNames();
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  for (const action of ACTIONS.filter((one) => one.includes("."))) {
    expect(actionOf(actionName(action))).toBe(action);
  }
  expect(actionOf("no.such")).toBe("no.such");
});
