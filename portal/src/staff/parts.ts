/** A large CSV in parts, each of whole rows, so that a million rows arrive without any request being large. */

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** How much of the file is in memory at a time. */
export const PART_BYTES = 512 * 1024;

export interface Part {
  /** UTF-8. */
  readonly text: string;
  /** How much of the file has been read, this part's end included. */
  readonly read: number;
  readonly last: boolean;
}

/** A row longer than this is no row of a registry: a quotation mark was left open. */
const LONGEST_ROW = 4 * PART_BYTES;

export class UnclosedQuote extends Error {}

/**
 * Cuts the file at ends of rows. A line break inside quotation marks is no end of a row (RFC 4180 §2.6); neither byte occurs within a
 * character of UTF-8 or of GB 18030, so bytes are looked at before they are read as text.
 *
 * @throws UnclosedQuote
 */
export async function* csvParts(file: Blob, size = PART_BYTES): AsyncGenerator<Part> {
  const decoder = new TextDecoder(await encoding(file, size));
  let rest = new Uint8Array(0);
  for (let at = 0; at < file.size; at += size) {
    const chunk = new Uint8Array(await file.slice(at, at + size).arrayBuffer());
    const bytes = joined(rest, chunk);
    const end = at + size >= file.size;
    const cut = end ? bytes.length : lastRowEnd(bytes);
    if (cut === 0 && bytes.length > Math.max(LONGEST_ROW, 4 * size)) throw new UnclosedQuote();
    rest = bytes.slice(cut);
    if (cut > 0) yield { text: decoder.decode(bytes.subarray(0, cut)), read: at + chunk.length - rest.length, last: end };
  }
}

/** UTF-8 where the beginning is, else GB 18030, which holds GBK. */
async function encoding(file: Blob, size: number): Promise<string> {
  const first = new Uint8Array(await file.slice(0, size).arrayBuffer());
  try {
    // As of a stream: a character cut off by the end of the piece is no fault.
    new TextDecoder("utf-8", { fatal: true }).decode(first, { stream: true });
    return "utf-8";
  } catch {
    return "gb18030";
  }
}

/** How many bytes up to the end of the last whole row; 0 where there is none. The bytes begin with a row. */
function lastRowEnd(bytes: Uint8Array): number {
  let [quoted, end] = [false, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    if (bytes[i] === QUOTE) quoted = !quoted;
    else if (bytes[i] === LINE_FEED && !quoted) end = i + 1;
  }
  return end;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
