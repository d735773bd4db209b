/** The manual says what the page says, and shows pictures that are there. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import { expect, test } from "vitest";

import { chapter, type Chapter } from "../build/manual.ts";
import { enterprise } from "../src/router/enterprise.ts";
import { personal } from "../src/router/personal.ts";
import { staff } from "../src/router/staff.ts";
import { visitors } from "../src/router/visitors.ts";
import type { Texts } from "../src/texts/index.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MANUAL = join(ROOT, "docs/manual");
const names = readdirSync(MANUAL).filter((name) => name.endsWith(".md"));
const markdown = new Map(names.map((name) => [name, readFileSync(join(MANUAL, name), "utf8")]));
const chapters = new Map<string, Chapter>([...markdown].map(([name, text]) => [name, chapter(text, (src) => ({ src, width: 1, height: 1 }))]));

/** All texts of a tree. */
const flat = (tree: object): string[] => Object.values(tree).flatMap((text) => (typeof text === "string" ? [text] : flat(text as object)));

const modules = import.meta.glob<{ default: Texts<object> }>("../src/**/{texts,common}.ts", { eager: true });
const texts = Object.entries(modules).flatMap(([path, module]) => (path.endsWith("/texts/index.ts") ? [] : flat(module.default["zh-CN"])));
const titles = [...personal, ...enterprise, ...staff, ...visitors].flatMap((page) => page.meta?.title?.["zh-CN"] ?? []);
const page = new Set([...texts, ...titles]);

/** What the service and the card's client say: refusals, messages. */
const said = ["docs/errors.md", "functions/shared/src/inbox/words.rs", "portal/src/bridge/errors.ts"].map((file) => readFileSync(join(ROOT, file), "utf8"));
const isSaid = (text: string): boolean => said.some((all) => all.includes(`**${text}。**`) || all.includes(`"${text}"`));

/** What stands between these marks, in all chapters. */
function quoted(open: string, close: string): [string, string][] {
  const between = new RegExp(`${open}([^${close}]+)${close}`, "g");
  return [...markdown].flatMap(([name, text]) => [...text.matchAll(between)].map(([, found]): [string, string] => [name, found ?? ""]));
}

test("every button, menu and field that the manual names in 【】 is one of the page's", () => {
  const named = quoted("【", "】").filter(([, text]) => text.trim() !== "");
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(([, text]) => !page.has(text))).toEqual([]);
});

test("every sentence that the manual quotes in 「」 is the page's, the service's or the card bridge's", () => {
  const quotes = quoted("「", "」").filter(([, text]) => text.trim() !== "");
  expect(quotes.length).toBeGreaterThan(50);
  expect(quotes.filter(([, text]) => !page.has(text) && !isSaid(text))).toEqual([]);
});

test("every picture that the manual shows is there, every picture is shown, and they are small", () => {
  const shown = [...chapters.values()].flatMap(({ pictures }) => pictures);
  const there = readdirSync(join(MANUAL, "pictures")).map((name) => `pictures/${name}`);
  expect([...new Set(shown)].sort()).toEqual(there.sort());
  const sizes = there.map((name) => statSync(join(MANUAL, name)).size);
  expect(Math.max(...sizes)).toBeLessThan(150 * 1024);
  expect(sizes.reduce((all, size) => all + size, 0)).toBeLessThan(3 * 1024 * 1024);
});

test("every picture has words for who doesn't see it", () => {
  for (const [name, { html }] of chapters) {
    expect(html, name).not.toMatch(/<img[^>]* alt=""/);
  }
});

test("the README's pictures are there, and shown", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const shown = [...readme.matchAll(/!\[[^\]]+\]\(docs\/pictures\/([^)]+)\)/g)].map(([, name]) => name);
  expect([...new Set(shown)].sort()).toEqual(readdirSync(join(ROOT, "docs/pictures")).sort());
});

test("every link goes to a chapter and a part of it, and every chapter is in the contents", () => {
  for (const [name, { links }] of chapters) {
    for (const link of links.filter((one) => !/^https?:/.test(one))) {
      const [file, hash] = link.split("#");
      const target = chapters.get(file === "" || file === undefined ? name : file);
      expect(target, `${name}: ${link}`).toBeDefined();
      expect(hash === undefined || target?.sections.some(({ id }) => id === hash), `${name}: ${link}`).toBe(true);
    }
  }
  const contents = chapters.get("README.md")?.links.filter((link) => !link.includes("#")) ?? [];
  expect([...contents, "README.md"].sort()).toEqual([...names].sort());
});
