// The list to fill in. Its columns are text, so that Excel keeps all 18 digits of an id number.

import { COLUMNS, heading, REQUIRED, type Column } from "./columns.ts";

const WIDTHS = { username: 18, name: 14, id_type: 22, id_number: 24, phone: 18, card_number: 20 };

/** Rows that are made text beforehand; Excel knows no such thing as the rest of a column. */
const PREPARED_ROWS = 500;

export async function templateXlsx(): Promise<Blob> {
  return await workbook(headings(), Array.from({ length: PREPARED_ROWS }, () => COLUMNS.map(() => "")));
}

/** Rows to be corrected and brought again. The last column, the reason, is one that the import passes over. */
export async function leftXlsx(rows: readonly { values: Record<Column, string>; reason: string }[], reasonHeading: string): Promise<Blob> {
  return await workbook([...headings(), reasonHeading], rows.map(({ values, reason }) => [...COLUMNS.map((column) => values[column]), reason]));
}

function headings(): string[] {
  return COLUMNS.map((column) => (REQUIRED.includes(column) ? `${heading(column)}*` : heading(column)));
}

async function workbook(head: string[], rows: string[][]): Promise<Blob> {
  // The universal build: the browser's own starts workers from blobs, which this page's content security policy doesn't allow.
  const { default: write } = await import("write-excel-file/universal");
  const top = head.map((value) => ({ value, fontWeight: "bold" as const, backgroundColor: "#E8F0FE" }));
  // Text, never a formula or a number, whatever it looks like.
  const cells = rows.map((row) => row.map((value) => ({ value, type: String, format: "@" })));
  const columns = head.map((_, i) => ({ width: WIDTHS[COLUMNS[i] ?? "id_number"] }));
  return await write([top, ...cells], { columns, sheet: "操作员", stickyRowsCount: 1 }).toBlob();
}

/** With a byte order mark, by which Excel knows UTF-8. */
export function templateCsv(): Blob {
  return new Blob([`\ufeff${COLUMNS.map(heading).join(",")}\r\n`], { type: "text/csv;charset=utf-8" });
}
