// What a person is called and reached by, by the rules of schema/src/domain/{account,phone,contact}.rs.

export type PersonFault =
  | "phone.format"
  | "username.length"
  | "username.format"
  | "name.length"
  | "name.characters";

/** As the server keeps it, E.164, or null. Full-width digits, which an input method leaves behind, are taken for what they mean. */
export function readPhone(text: string): string | null {
  const bare = text.normalize("NFKC").replace(/[\s-]/g, "").replace(/^\+86/, "");
  return /^1[3-9]\d{9}$/.test(bare) ? `+86${bare}` : null;
}

export function phoneFault(text: string): PersonFault | null {
  return readPhone(text) === null ? "phone.format" : null;
}

const USERNAME = /^[a-zA-Z\p{Unified_Ideograph}][a-zA-Z0-9_.\-\p{Unified_Ideograph}]*$/u;

export function usernameFault(text: string): PersonFault | null {
  const length = [...text].length;
  if (length < 3 || length > 32) return "username.length";
  return USERNAME.test(text) ? null : "username.format";
}

const NAME = /^[\p{Alphabetic}\p{M} ·.'-]+$/u;

export function nameFault(text: string): PersonFault | null {
  const name = text.replace(/^ +| +$/g, "").normalize("NFC");
  const length = [...name].length;
  if (length < 1 || length > 64) return "name.length";
  return NAME.test(name) && /\p{Alphabetic}/u.test(name) ? null : "name.characters";
}
