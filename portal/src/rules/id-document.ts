// The numbers of id documents, by the rules of schema/src/domain/identity.rs.

/** The kinds of id document, in the specification's order. */
export const ID_TYPES = [
  "resident_id",
  "hk_macao_permit",
  "taiwan_permit",
  "hmt_residence_permit",
  "foreigner_permanent_resident_id",
  "passport",
] as const;

export type IdType = (typeof ID_TYPES)[number];

export function isIdType(text: string): text is IdType {
  return (ID_TYPES as readonly string[]).includes(text);
}

/** Codes of the server's catalogue of refusals. */
export type IdNumberFault = "id_number.format" | "id_number.check_character" | "id_number.date";

/** 2^(18−i) mod 11 (GB 11643-1999 §6, ISO 7064 MOD 11-2). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = "10X98765432";

export function normaliseIdNumber(text: string): string {
  return text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
}

/** What is wrong with a number of the kind, or null. `today` bounds the date of birth. */
export function idNumberFault(idType: IdType, text: string, today: Date): IdNumberFault | null {
  const number = normaliseIdNumber(text);
  const matches = (pattern: RegExp): IdNumberFault | null => (pattern.test(number) ? null : "id_number.format");
  switch (idType) {
    case "resident_id":
      return checkCharacterFault(number) ?? birthDateFault(number, today);
    case "hk_macao_permit":
      return matches(/^[HM](\d{8}|\d{10})$/);
    case "taiwan_permit":
      return matches(/^(\d{8}|\d{10})$/);
    case "hmt_residence_permit":
      return matches(/^8[123]0000/) ?? checkCharacterFault(number);
    case "foreigner_permanent_resident_id":
      return number.startsWith("9") ? checkCharacterFault(number) : matches(/^[A-Z]{3}\d{12}$/);
    case "passport":
      return matches(/^[A-Z0-9]{5,17}$/);
  }
}

function checkCharacterFault(number: string): IdNumberFault | null {
  if (!/^\d{17}[\dX]$/.test(number)) return "id_number.format";
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(number.charAt(i)), 0);
  return number.charAt(17) === CHECK.charAt(sum % 11) ? null : "id_number.check_character";
}

/** Characters 7 to 14, YYYYMMDD: must be a day of the calendar and not lie ahead. */
function birthDateFault(number: string, today: Date): IdNumberFault | null {
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].map(Number) as [number, number, number];
  // setUTCFullYear, since Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const ahead = date.getTime() > Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  return exists && !ahead ? null : "id_number.date";
}
