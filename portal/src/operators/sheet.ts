// Reads a CSV or Excel file into rows of text. Both readers are loaded when somebody brings a file, not before.

/** A cell as it was written; `lossy` where the program that wrote it has thrown digits away. */
export interface Cell {
  text: string;
  lossy: boolean;
}

export type Sheet = Cell[][];

export type SheetFault = "sheet.format" | "sheet.bytes" | "sheet.empty" | "sheet.unreadable";

export class SheetError extends Error {
  constructor(readonly fault: SheetFault) {
    super(fault);
  }
}

/** Ten thousand operators fit in less. */
const MOST_BYTES = 5 * 1024 * 1024;

export async function readSheet(file: Blob): Promise<Sheet> {
  if (file.size > MOST_BYTES) throw new SheetError("sheet.bytes");
  if (file.size === 0) throw new SheetError("sheet.empty");
  const bytes = new Uint8Array(await file.arrayBuffer());
  // An .xlsx is a ZIP archive, an old .xls an OLE compound file: told by their first bytes, since names lie.
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return await readExcel(bytes);
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) throw new SheetError("sheet.format");
  return await readCsv(decode(bytes));
}

function startsWith(bytes: Uint8Array, first: readonly number[]): boolean {
  return first.every((byte, i) => bytes[i] === byte);
}

/** UTF-8 where it is, else GBK, which Excel in China saves a CSV as; GB 18030 holds it whole. */
export function decode(bytes: Uint8Array): string {
  if (startsWith(bytes, [0xff, 0xfe])) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

async function readCsv(text: string): Promise<Sheet> {
  if (text.includes("\0")) throw new SheetError("sheet.format");
  const { parse } = (await import("papaparse")).default;
  const { data } = parse<string[]>(text, { skipEmptyLines: false });
  // Excel writes 110105194912310000 as 1.10105E+17 into a CSV, too.
  return data.map((row) => row.map((cell) => ({ text: cell.trim(), lossy: SCIENTIFIC.test(cell.trim()) })));
}

const SCIENTIFIC = /^\d(\.\d+)?E\+\d{2,}$/i;

/** Excel keeps 15 digits of a number; a longer one ends in zeros that nobody typed. */
const DIGITS_KEPT = 15;

interface NumberCell {
  number: string;
}

async function readExcel(bytes: Uint8Array<ArrayBuffer>): Promise<Sheet> {
  // The universal build: the browser's own starts workers from blobs, which this page's content security policy doesn't allow.
  const { readSheet: read } = await import("read-excel-file/universal");
  try {
    const rows = await read<NumberCell>(bytes.buffer, 1, { parseNumber: (number) => ({ number }) });
    return rows.map((row) => row.map((cell) => readCell(cell as ExcelCell)));
  } catch {
    throw new SheetError("sheet.unreadable");
  }
}

type ExcelCell = string | boolean | Date | NumberCell | null;

function readCell(cell: ExcelCell): Cell {
  if (cell === null) return { text: "", lossy: false };
  if (typeof cell === "string") return { text: cell.trim(), lossy: false };
  if (cell instanceof Date) return { text: cell.toISOString().slice(0, 10), lossy: false };
  if (typeof cell === "boolean") return { text: String(cell), lossy: false };
  return readNumber(cell.number);
}

/** A number as the person saw it, as far as it can be told. */
function readNumber(written: string): Cell {
  const value = Number(written);
  const text = Number.isInteger(value) ? BigInt(value).toString() : written;
  return { text, lossy: text.replace(/\D/g, "").length > DIGITS_KEPT };
}
