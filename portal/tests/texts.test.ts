import { expect, test } from "vitest";

import type { Texts } from "../src/texts/index.ts";

const modules = import.meta.glob<{ default: Texts<object> }>("../src/**/{texts,common}.ts", { eager: true });
const all = Object.entries(modules).filter(([path]) => !path.endsWith("/texts/index.ts"));

/** Every key with its text. */
function flat(tree: object, at = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[at + key, value]] : flat(value as object, `${at}${key}.`),
  );
}

test("there are texts", () => {
  expect(all.length).toBeGreaterThan(4);
});

test("no two parts of the page share a name", () => {
  const names = all.map(([, module]) => module.default.name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(all)("%s says the same in both languages", (_, module) => {
  const [zh, en] = [flat(module.default["zh-CN"]), flat(module.default.en)];
  expect(en.map(([key]) => key)).toEqual(zh.map(([key]) => key));
  const values = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([value]) => value).sort();
  for (const [index, [key, text]] of zh.entries()) {
    const other = en[index]?.[1] ?? "";
    expect(text.trim(), key).not.toBe("");
    expect(other.trim(), key).not.toBe("");
    // English has two forms for one and for many, Chinese one.
    for (const form of other.split(" | ")) {
      expect(values(form), key).toEqual(values(text));
    }
    // Chinese left in the English texts; the switch to Chinese says so in Chinese.
    if (key !== "language") {
      expect(other, key).not.toMatch(/\p{Script=Han}/u);
    }
  }
});

const components = import.meta.glob<string>("../src/**/*.vue", { eager: true, query: "?raw", import: "default" });

test.each(Object.entries(components))("%s leaves every word and its punctuation to the texts, which are in both languages", (_, source) => {
  const said = source.replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g, "");
  expect(said).not.toMatch(/[\p{Script=Han}\u3000-\u303f\uff00-\uffef“”]/u);
});
