// The columns of a list of operators, and the names that people give them.

export const COLUMNS = ["username", "name", "id_type", "id_number", "phone", "card_number"] as const;
export type Column = (typeof COLUMNS)[number];

/** The rest may be empty: an operator without a card has no card number, and a resident id is the usual document. */
export const REQUIRED: readonly Column[] = ["username", "name", "id_number", "phone"];

/** Headings that are understood, without spaces and marks; the first is the template's. */
const HEADINGS: Record<Column, readonly string[]> = {
  username: ["用户名", "账号", "登录名", "username", "account"],
  name: ["姓名", "操作员姓名", "name"],
  id_type: ["证件类型", "idtype"],
  id_number: ["证件号码", "身份证号", "身份证号码", "证件号", "idnumber", "id"],
  phone: ["手机号", "手机号码", "手机", "phone", "mobile"],
  card_number: ["卡号", "ic卡号", "操作员卡号", "cardnumber", "card"],
};

export function heading(column: Column): string {
  return HEADINGS[column][0] ?? column;
}

/** What column a heading names. */
export function columnOf(text: string): Column | null {
  const bare = text.normalize("NFKC").toLowerCase().replace(/[\s_*＊:：()（）-]/g, "");
  return COLUMNS.find((column) => HEADINGS[column].includes(bare)) ?? null;
}
