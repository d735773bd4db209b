/**
 * The manual (`docs/manual`) as a page shows it: each chapter's Markdown becomes a module with its HTML, made here and not in the browser, and its
 * pictures become files of the page.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import GithubSlugger from "github-slugger";
import { Marked, type Tokens } from "marked";
import type { Plugin } from "vite";

/** A part of a chapter, by its heading. */
export interface Section {
  /** As GitHub makes it, so that a link to a part is the same there and here. */
  readonly id: string;
  readonly text: string;
  /** 1 for the chapter's title. */
  readonly depth: number;
}

export interface Chapter {
  readonly title: string;
  readonly sections: readonly Section[];
  /** Where its links go, as they are written: `card.md#绑卡`. */
  readonly links: readonly string[];
  /** Its pictures, as they are named: `pictures/login.png`. */
  readonly pictures: readonly string[];
  readonly html: string;
}

/** A picture as HTML names it. */
export interface Source {
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** Where a link between chapters goes on the page; other links stay as they are. */
function place(link: string): string {
  const [, name, hash = ""] = /^(\w+)\.md(#.*)?$/.exec(link) ?? [];
  return name === undefined ? link : `/manual${name === "README" ? "" : `/${name}`}${hash}`;
}

/** Reads a chapter. `find` says where a picture is. */
export function chapter(markdown: string, find: (picture: string) => Source): Chapter {
  const slugger = new GithubSlugger();
  const [sections, links, pictures]: [Section[], string[], string[]] = [[], [], []];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const text = this.parser.parseInline(tokens, this.parser.textRenderer);
        const id = slugger.slug(text);
        sections.push({ id, text, depth });
        return `<h${depth} id="${escaped(id)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        links.push(href);
        return `<a href="${escaped(place(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text }: Tokens.Image): string {
        pictures.push(href);
        const { src, width, height } = find(href);
        // With its size, so that what is below stays where it is when the picture comes.
        return `<img src="${escaped(src)}" alt="${escaped(text)}" width="${width}" height="${height}" loading="lazy">`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  return { title: sections.find(({ depth }) => depth === 1)?.text ?? "", sections, links, pictures, html };
}

/** The size of a PNG: its first chunk begins with it (PNG, third edition, §11.2.1). */
function size(file: string): { width: number; height: number } {
  const bytes = readFileSync(file);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Makes a module of every chapter. */
export function manual(): Plugin {
  return {
    name: "eport-manual",
    enforce: "pre",
    transform: {
      filter: { id: /[\\/]docs[\\/]manual[\\/]\w+\.md$/ },
      handler(markdown, id) {
        const found: string[] = [];
        // Only Vite knows what a picture will be called: its place is kept, and filled by the import's value.
        const read = chapter(markdown, (picture) => ({ src: `\0${found.push(picture) - 1}\0`, ...size(join(dirname(id), picture)) }));
        const imports = found.map((picture, at) => `import picture${at} from ${JSON.stringify(`./${picture}`)};\n`).join("");
        // eslint-disable-next-line no-control-regex -- no text has these, which is why they mark the places.
        const html = read.html.split(/\0(\d+)\0/).map((piece, at) => (at % 2 === 1 ? `picture${piece}` : JSON.stringify(piece)));
        const { title, sections, links } = read;
        const code = `${imports}export default { ...${JSON.stringify({ title, sections, links })}, html: ${html.join(" + ")} };\n`;
        return { code, map: null, moduleType: "js" };
      },
    },
  };
}
