// The list to fill in. Its columns are text, so that Excel keeps all 18 digits of an id number.

import { COLUMNS, heading, REQUIRED } from "./columns.ts";
import { ID_TYPE_CHOICES } from "./rows.ts";

const WIDTHS = { username: 18, name: 14, id_type: 22, id_number: 24, phone: 18, card_number: 20 };

/** Rows that are made text beforehand; Excel knows no such thing as the rest of a column. */
const PREPARED_ROWS = 500;

export async function templateXlsx(): Promise<Blob> {
  // The universal build: the browser's own starts workers from blobs, which this page's content security policy doesn't allow.
  const { default: write } = await import("write-excel-file/universal");
  const headings = COLUMNS.map((column) => ({
    value: REQUIRED.includes(column) ? `${heading(column)}*` : heading(column),
    fontWeight: "bold" as const,
    backgroundColor: "#E8F0FE",
  }));
  const text = COLUMNS.map(() => ({ value: "", type: String, format: "@" }));
  const sheet = [headings, ...Array.from({ length: PREPARED_ROWS }, () => text)];
  return await write(sheet, { columns: COLUMNS.map((column) => ({ width: WIDTHS[column] })), sheet: "操作员", stickyRowsCount: 1 }).toBlob();
}

/** With a byte order mark, by which Excel knows UTF-8. */
export function templateCsv(): Blob {
  return new Blob([`\ufeff${COLUMNS.map(heading).join(",")}\r\n`], { type: "text/csv;charset=utf-8" });
}

/** For the page's note beside the template. */
export const CHOICES = ID_TYPE_CHOICES;
