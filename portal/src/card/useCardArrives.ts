/** What is said about a missing card, until one is there. */

import { watch } from "vue";

import type { Submit } from "@/ui/useSubmit.ts";

import type { CardReader } from "./useCard.ts";

/** Refusals that a card in the reader settles. */
const SETTLED: ReadonlySet<string> = new Set(["bridge.no_card", "bridge.no_reader", "bridge.card_removed"]);

/** Takes back what `submit` shows for want of a card as soon as the reader has one. */
export function useCardArrives(reader: Pick<CardReader, "card">, submit: Pick<Submit, "problem" | "clear">): void {
  watch(reader.card, (card) => {
    if (card !== null && SETTLED.has(submit.problem.value?.code ?? "")) {
      submit.clear();
    }
  });
}
