// The unified social credit code 统一社会信用代码, checked while it is typed. The server has the last word (schema/src/domain/enterprise.rs).

/** The characters in the order of their values (GB 32100-2015, table 1): no I, O, S, V, Z. */
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** 3^(i−1) mod 31 (GB 32100-2015 §4). */
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

export const USCC_LENGTH = 18;

/** Codes of the server's catalogue of refusals. */
export type UsccFault = "uscc.format" | "uscc.check_character";

export interface UsccState {
  /** Upper case, without the spaces that a paste brings. */
  value: string;
  /** Null while nothing is wrong yet, or when all is right. */
  fault: UsccFault | null;
  /** Where the first character stands that no code has, counted from 0. */
  at: number | null;
  complete: boolean;
}

/** Takes away what people add for legibility: spaces and hyphens, lower case, full-width letters of an input method. */
export function normaliseUscc(text: string): string {
  return text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
}

/** Judges a code as far as it is typed: a short one without a forbidden character is not wrong yet. */
export function inspectUscc(text: string): UsccState {
  const value = normaliseUscc(text);
  const at = [...value].findIndex((character) => !ALPHABET.includes(character));
  if (at >= 0) return { value, fault: "uscc.format", at, complete: false };
  if (value.length > USCC_LENGTH) return { value, fault: "uscc.format", at: null, complete: false };
  if (value.length < USCC_LENGTH) return { value, fault: null, at: null, complete: false };
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * ALPHABET.indexOf(value.charAt(i)), 0);
  const expected = ALPHABET.charAt((31 - (sum % 31)) % 31);
  const right = value.charAt(USCC_LENGTH - 1) === expected;
  return { value, fault: right ? null : "uscc.check_character", at: null, complete: right };
}

/** What is wrong with a code that is meant to be whole. */
export function usccFault(text: string): UsccFault | null {
  const state = inspectUscc(text);
  return state.complete ? null : (state.fault ?? "uscc.format");
}
