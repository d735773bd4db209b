// Judges the rows of a list of operators, cell by cell, before anything is sent.

import { idNumberFault, ID_TYPES, isIdType, normaliseIdNumber, type IdNumberFault, type IdType } from "../rules/id-document.ts";
import { nameFault, readPhone, usernameFault, type PersonFault } from "../rules/person.ts";
import { columnOf, COLUMNS, REQUIRED, type Column } from "./columns.ts";
import type { Cell, Sheet } from "./sheet.ts";

export type CellFault =
  | PersonFault
  | IdNumberFault
  | "cell.required"
  | "cell.lossy"
  | "cell.repeated"
  | "cell.known"
  | "id_type.unknown"
  | "card_number.format";

export interface ImportRow {
  /** Its number in the file, the heading being 1. */
  line: number;
  values: Record<Column, string>;
  faults: Partial<Record<Column, CellFault>>;
}

export interface ImportTable {
  rows: ImportRow[];
  /** Columns that must be there and are not; nothing is judged then. */
  missing: Column[];
  /** Headings that name nothing. */
  unknown: string[];
}

/** As `POST /v1/operators` takes it. */
export interface NewOperator {
  username: string;
  name: string;
  id_type: IdType;
  id_number: string;
  phone: string;
  card_number?: string;
}

/** People write the document's kind in words. */
const ID_TYPE_WORDS = new Map<string, IdType>([
  ["", "resident_id"],
  ["身份证", "resident_id"],
  ["居民身份证", "resident_id"],
  ["港澳居民来往内地通行证", "hk_macao_permit"],
  ["台湾居民来往大陆通行证", "taiwan_permit"],
  ["港澳台居民居住证", "hmt_residence_permit"],
  ["外国人永久居留身份证", "foreigner_permanent_resident_id"],
  ["护照", "passport"],
]);

export function readIdType(text: string): IdType | null {
  const bare = text.trim().toLowerCase();
  if (isIdType(bare)) return bare;
  return ID_TYPE_WORDS.get(bare) ?? null;
}

/** What the template offers to choose from. */
export const ID_TYPE_CHOICES: readonly string[] = ID_TYPES.map(
  (idType) => [...ID_TYPE_WORDS].findLast(([, value]) => value === idType)?.[0] ?? idType,
);

export interface Context {
  today: Date;
  /** Usernames that the enterprise's operators have already, in lower case. */
  known?: ReadonlySet<string>;
}

/** Finds the heading in the first row that has two known columns, so that a title above it does no harm. */
export function readTable(sheet: Sheet, context: Context): ImportTable {
  const at = sheet.findIndex((row) => row.filter(({ text }) => columnOf(text) !== null).length >= 2);
  const headings = sheet[at] ?? sheet[0] ?? [];
  const columns = headings.map(({ text }) => columnOf(text));
  const missing = REQUIRED.filter((column) => !columns.includes(column));
  const unknown = headings.filter(({ text }, i) => text !== "" && columns[i] === null).map(({ text }) => text);
  if (missing.length > 0) return { rows: [], missing, unknown };
  const rows = sheet
    .map((cells, i) => ({ cells, line: i + 1 }))
    .slice(at + 1)
    .filter(({ cells }) => cells.some(({ text }) => text !== ""))
    .map(({ cells, line }) => readRow(cells, line, columns, context));
  markRepeated(rows);
  return { rows, missing, unknown };
}

function readRow(cells: Cell[], line: number, columns: (Column | null)[], context: Context): ImportRow {
  const values = Object.fromEntries(COLUMNS.map((column) => [column, ""])) as Record<Column, string>;
  const lossy = new Set<Column>();
  columns.forEach((column, i) => {
    const cell = cells[i];
    if (column === null || cell === undefined) return;
    values[column] = cell.text;
    if (cell.lossy) lossy.add(column);
  });
  const row = { line, values, faults: judge(values, context) };
  // A number that Excel has cut off is wrong however well it reads.
  for (const column of lossy) if (column !== "name") row.faults[column] = "cell.lossy";
  return row;
}

/** Judges one row by itself. */
export function judge(values: Record<Column, string>, { today, known }: Context): ImportRow["faults"] {
  const faults: ImportRow["faults"] = {};
  const check = (column: Column, fault: CellFault | null): void => {
    const empty = values[column].trim() === "";
    if (empty && REQUIRED.includes(column)) faults[column] = "cell.required";
    else if (!empty && fault !== null) faults[column] = fault;
  };
  const idType = readIdType(values.id_type);
  check("username", known?.has(values.username.toLowerCase()) === true ? "cell.known" : usernameFault(values.username));
  check("name", nameFault(values.name));
  check("id_type", idType === null ? "id_type.unknown" : null);
  check("id_number", idType === null ? null : idNumberFault(idType, values.id_number, today));
  check("phone", readPhone(values.phone) === null ? "phone.format" : null);
  check("card_number", CARD_NUMBER.test(values.card_number) ? null : "card_number.format");
  return faults;
}

/** Digits and capitals, as it is printed on a card. */
const CARD_NUMBER = /^[0-9A-Za-z-]{4,64}$/;

/** What is unique to a person; written in different ways it is still the same. */
const UNIQUE: readonly { column: Column; key: (row: ImportRow) => string }[] = [
  { column: "username", key: ({ values }) => values.username.toLowerCase() },
  { column: "id_number", key: ({ values }) => `${readIdType(values.id_type)} ${normaliseIdNumber(values.id_number)}` },
  { column: "phone", key: ({ values }) => readPhone(values.phone) ?? values.phone },
  { column: "card_number", key: ({ values }) => values.card_number.toUpperCase() },
];

/** Marks every row after the first that says the same; the first is good. */
function markRepeated(rows: ImportRow[]): void {
  for (const { column, key } of UNIQUE) {
    const seen = new Set<string>();
    for (const row of rows) {
      if (row.values[column] === "") continue;
      const value = key(row);
      if (seen.has(value)) row.faults[column] ??= "cell.repeated";
      seen.add(value);
    }
  }
}

/** Judges all rows again after one was edited. */
export function rejudge(rows: ImportRow[], context: Context): void {
  for (const row of rows) row.faults = judge(row.values, context);
  markRepeated(rows);
}

export function isGood(row: ImportRow): boolean {
  return Object.keys(row.faults).length === 0;
}

/** What is sent for a row. Null where the kind of document can't be told, which a good row's can. */
export function newOperator({ values }: ImportRow): NewOperator | null {
  const idType = readIdType(values.id_type);
  const phone = readPhone(values.phone);
  if (idType === null || phone === null) return null;
  return {
    username: values.username,
    name: values.name.trim(),
    id_type: idType,
    id_number: normaliseIdNumber(values.id_number),
    phone,
    ...(values.card_number === "" ? {} : { card_number: values.card_number }),
  };
}
