/** People and enterprises that nobody else has: their numbers are right, and new in every run. */

import { randomInt } from "node:crypto";

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join("");

/** GB 11643 with the check character of ISO 7064 MOD 11-2 (§8 of the specification). */
export function residentId(): string {
  const body = `330102${randomInt(1960, 2000)}${String(randomInt(1, 13)).padStart(2, "0")}${String(randomInt(1, 29)).padStart(2, "0")}${digits(3)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((all, weight, at) => all + weight * Number(body[at]), 0);
  return body + "10X98765432"[sum % 11];
}

/** GB 11714. */
function organisationCode(): string {
  const body = digits(8);
  const sum = [3, 7, 9, 10, 5, 8, 4, 2].reduce((all, weight, at) => all + weight * Number(body[at]), 0);
  const check = 11 - (sum % 11);
  return body + (check === 10 ? "X" : check === 11 ? "0" : String(check));
}

/** GB 32100-2015. */
export function uscc(): string {
  const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const body = `91330100${organisationCode()}`;
  const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
  const sum = weights.reduce((all, weight, at) => all + weight * alphabet.indexOf(body[at] ?? ""), 0);
  return body + alphabet[(31 - (sum % 31)) % 31];
}

export interface Person {
  readonly name: string;
  readonly username: string;
  readonly idNumber: string;
  readonly phone: string;
  readonly password: string;
}

const SURNAMES = [..."赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"];
const NAMES = [..."伟芳娜敏静丽强磊军洋勇艳杰娟涛明"];

export function person(): Person {
  return {
    name: `${SURNAMES[randomInt(SURNAMES.length)]}${NAMES[randomInt(NAMES.length)]}${NAMES[randomInt(NAMES.length)]}`,
    username: `u${Date.now().toString(36)}${digits(3)}`,
    idNumber: residentId(),
    phone: `13${digits(9)}`,
    password: `correct horse ${digits(6)}`,
  };
}

export interface Enterprise {
  readonly name: string;
  readonly uscc: string;
}

export function enterprise(): Enterprise {
  return { name: `杭州${digits(5)}进出口有限公司`, uscc: uscc() };
}

export const cardNumber = (): string => `893${digits(10)}`;
