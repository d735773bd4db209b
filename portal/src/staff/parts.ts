/** A large CSV in parts, each of whole rows, so that a million rows arrive without any request being large. */

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const COMMA = 0x2c;

/** How much of the file is in memory at a time. */
export const PART_BYTES = 512 * 1024;

export interface Part {
  /** UTF-8. */
  readonly text: string;
  /** How much of the file has been read, this part's end included. */
  readonly read: number;
  readonly last: boolean;
}

/** A line longer than this is no row of a registry. */
const LONGEST_LINE = 4 * PART_BYTES;

/** A row over several lines that is longer than this is a quotation mark that was left open. */
const LONGEST_ROW = 64 * 1024;

export class EndlessLine extends Error {}

/**
 * Cuts the file at ends of rows. A line break inside quotation marks is no end of a row (RFC 4180 §2.6); neither byte occurs within a
 * character of UTF-8 or of GB 18030, so bytes are looked at before they are read as text.
 *
 * @throws EndlessLine
 */
export async function* csvParts(file: Blob, size = PART_BYTES): AsyncGenerator<Part> {
  const decoder = new TextDecoder(await encoding(file, size));
  let rest = new Uint8Array(0);
  for (let at = 0; at < file.size; at += size) {
    const chunk = new Uint8Array(await file.slice(at, at + size).arrayBuffer());
    const bytes = joined(rest, chunk);
    const end = at + size >= file.size;
    const cut = end ? bytes.length : lastRowEnd(bytes);
    if (cut === 0 && bytes.length > Math.max(LONGEST_LINE, 4 * size)) throw new EndlessLine();
    rest = bytes.slice(cut);
    if (cut > 0) yield { text: decoder.decode(bytes.subarray(0, cut)), read: at + chunk.length - rest.length, last: end };
  }
}

/**
 * UTF-8 where the beginning is, else GB 18030, which holds GBK. A damaged byte doesn't make it another encoding: as long as there are as many
 * characters of three bytes, as Chinese ones are, it is UTF-8. The service refuses the rows with the damaged places.
 */
async function encoding(file: Blob, size: number): Promise<string> {
  const first = new Uint8Array(await file.slice(0, size).arrayBuffer());
  // As of a stream: a character cut off by the end of the piece is no fault.
  const text = new TextDecoder("utf-8").decode(first, { stream: true });
  const [damaged, legible] = [/\uFFFD/g, /[\u0800-\uFFFC]/g].map((characters) => text.match(characters)?.length ?? 0);
  return (damaged ?? 0) <= (legible ?? 0) ? "utf-8" : "gb18030";
}

/** How many bytes up to the end of the last row that has ended; 0 where there is none. The bytes begin with a row. */
function lastRowEnd(bytes: Uint8Array): number {
  let end = 0;
  for (let row = rowEnd(bytes, 0); row > 0; row = rowEnd(bytes, end)) end = row;
  return end;
}

/**
 * Where the row that begins at `start` ends, its line break included; 0 where it goes on behind the bytes. The service reads rows by the same
 * rule: one over several lines whose quotation marks don't close as they must has its first line alone, so that it doesn't swallow the others.
 */
function rowEnd(bytes: Uint8Array, start: number): number {
  // `odd`: a mark within plain text, or text behind a closing mark. `closed`: the byte before was a closing mark, or the first of two.
  let [quoted, closed, odd, firstLine] = [false, false, false, 0];
  for (let i = start; i < bytes.length; i += 1) {
    const [byte, wasClosed] = [bytes[i], closed];
    closed = false;
    if (byte === QUOTE) {
      if (quoted) [quoted, closed] = [false, true];
      else if (wasClosed || i === start || bytes[i - 1] === COMMA) quoted = true;
      else odd = true;
    } else if (byte === LINE_FEED) {
      if (!quoted) return i + 1;
      firstLine ||= i + 1;
      if (i - start > LONGEST_ROW) return firstLine;
    } else if (byte !== COMMA && byte !== RETURN && wasClosed) odd = true;
    if (odd && firstLine > 0) return firstLine;
  }
  return 0;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
