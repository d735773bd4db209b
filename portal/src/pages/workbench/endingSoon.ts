/** What ends within the next months, the earliest first. */

import { all, api, call } from "@/api/client.ts";
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

/** `administers`: whether the person is the administrator of an enterprise, who alone sees its qualifications. */
export async function endingSoon(administers: boolean): Promise<Ending[]> {
  const found = await Promise.all([card(), administers ? qualifications() : []]);
  return found
    .flat()
    .filter(({ at }) => Date.parse(at) - Date.now() < AHEAD_MS)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

async function card(): Promise<Ending[]> {
  const { t } = useTexts(texts);
  try {
    const { card_number, not_after } = await call(api.GET("/v1/me/card"));
    return [ending(t("card_ends", { number: card_number }), not_after, "card")];
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "card.not_bound") {
      return [];
    }
    throw thrown;
  }
}

async function qualifications(): Promise<Ending[]> {
  const { t } = useTexts(texts);
  const page = (cursor?: string) =>
    call(api.GET("/v1/enterprise/qualifications", { params: { query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } } }));
  return (await all(page)).flatMap(({ kind_name, number, valid_to }) =>
    // It counts for the whole of its last day, in China.
    valid_to ? [ending(t("qualification_ends", { kind: kind_name, number }), `${valid_to}T23:59:59+08:00`, "qualifications")] : [],
  );
}

function ending(what: string, at: string, page: string): Ending {
  return { what, at, over: Date.parse(at) < Date.now(), page };
}
