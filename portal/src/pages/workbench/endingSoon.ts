/** What ends within the next months, the earliest first. */

import { api, call } from "@/api/client.ts";
import { Problem } from "@/api/problem.ts";
import { useTexts } from "@/texts/index.ts";

import texts from "./texts.ts";

const AHEAD_MS = 90 * 24 * 3600 * 1000;

export interface Ending {
  /** What it is, in words. */
  readonly what: string;
  /** When it ends, RFC 3339. */
  readonly at: string;
  /** Whether it has ended. */
  readonly over: boolean;
  /** The page where it can be seen to. */
  readonly page: string;
}

export async function endingSoon(): Promise<Ending[]> {
  const all = await card();
  return all
    .filter(({ at }) => Date.parse(at) - Date.now() < AHEAD_MS)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

async function card(): Promise<Ending[]> {
  const { t } = useTexts(texts);
  try {
    const { card_number, not_after } = await call(api.GET("/v1/me/card"));
    return [{ what: t("card_ends", { number: card_number }), at: not_after, over: Date.parse(not_after) < Date.now(), page: "card" }];
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "card.not_bound") {
      return [];
    }
    throw thrown;
  }
}
