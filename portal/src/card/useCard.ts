/** The reader at the person's machine, as it is at each moment. */

import { computed, onBeforeUnmount, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from "vue";

import { asProblem, type Problem } from "@/api/problem.ts";
import { BridgeError, connect, type Card, type CardBridge, type Challenge, type Reader, type Signed } from "@/bridge/index.ts";
import { language } from "@/texts/index.ts";

/** What there is to be seen. */
export type Sight = "off" | "searching" | "lost" | "no_reader" | "empty" | "mute" | "unread" | "card";

/** Why a card that is in can't be read at a moment, though nobody need touch it: it is looked at again. */
const PASSING: ReadonlySet<string> = new Set(["bridge.no_card", "bridge.card_shared", "bridge.card_mute", "bridge.card_failed"]);
/** How long after the first such failure, in milliseconds, and how long at most. */
const AGAIN_MS = { first: 1000, most: 15_000 } as const;

export interface CardReader {
  readonly sight: ComputedRef<Sight>;
  /** The public part of the card that is in. */
  readonly card: Readonly<ShallowRef<Card | null>>;
  readonly readers: Readonly<ShallowRef<readonly Reader[]>>;
  /** Why there is nothing to be seen. */
  readonly problem: Readonly<ShallowRef<Problem | null>>;
  /** Set while the page tells what the browser is about to ask; called when the person has read it. */
  readonly explaining: Readonly<ShallowRef<(() => void) | null>>;
  readonly connected: Readonly<Ref<boolean>>;
  /** Looks for the bridge. On a click: the browser may ask the person. */
  connect(): Promise<void>;
  /**
   * Has the card sign.
   *
   * @throws BridgeError
   */
  sign(challenge: Challenge): Promise<Signed>;
  /**
   * Has the person change the PIN, in a window of the bridge.
   *
   * @throws BridgeError
   */
  changePin(): Promise<void>;
}

export function useCard(): CardReader {
  const state = ref<"off" | "searching" | "connected" | "lost">("off");
  const readers = shallowRef<readonly Reader[]>([]);
  const card = shallowRef<Card | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const explaining = shallowRef<(() => void) | null>(null);
  const connected = computed(() => state.value === "connected");
  let bridge: CardBridge | null = null;
  let gone = false;
  /** Of two looks that cross, the later one counts. */
  let looks = 0;
  let again: ReturnType<typeof setTimeout> | undefined;

  const sight = computed<Sight>(() => {
    if (state.value !== "connected") {
      return state.value;
    }
    if (card.value !== null) {
      return "card";
    }
    if (readers.value.length === 0) {
      // The client control names no readers: that it has no card is all it says.
      return bridge?.kind === "control" ? "empty" : "no_reader";
    }
    const holds = (what: Reader["card"]): boolean => readers.value.some((reader) => reader.card === what);
    return holds("card") ? "unread" : holds("mute") ? "mute" : "empty";
  });

  async function look(wait: number = AGAIN_MS.first): Promise<void> {
    const mine = ++looks;
    clearTimeout(again);
    // The page may be left while this waits.
    const asked = bridge;
    if (asked === null) {
      return;
    }
    try {
      const seen = await asked.readers();
      const isIn = asked.kind === "control" || seen.some((reader) => reader.card === "card");
      if (mine === looks) {
        readers.value = seen;
      }
      const read = isIn ? await asked.card() : null;
      if (mine === looks) {
        [card.value, problem.value] = [read, null];
      }
    } catch (thrown) {
      if (mine === looks) {
        card.value = null;
        if (!gone && asked.kind === "bridge" && thrown instanceof BridgeError && (thrown.retry === "later" || PASSING.has(thrown.code))) {
          again = setTimeout(() => void look(Math.min(wait * 2, AGAIN_MS.most)), wait);
        }
        const what = asProblem(thrown);
        // That there is no card is what the picture shows.
        problem.value = what.code === "bridge.no_card" || what.code === "bridge.no_reader" ? null : what;
      }
    }
  }

  async function start(): Promise<void> {
    if (state.value === "searching") {
      return;
    }
    state.value = "searching";
    problem.value = null;
    try {
      const explain = (): Promise<void> =>
        new Promise((resolve) => {
          explaining.value = () => {
            explaining.value = null;
            resolve();
          };
        });
      const found = await connect({ language: language.value, explain });
      if (gone) {
        found.close();
        return;
      }
      bridge?.close();
      bridge = found;
      for (const event of ["card_inserted", "card_removed", "reader_added", "reader_removed"] as const) {
        found.on(event, () => void look());
      }
      found.on("disconnected", () => {
        clearTimeout(again);
        card.value = null;
        state.value = "lost";
      });
      found.on("connected", () => {
        state.value = "connected";
        void look();
      });
      state.value = "connected";
      await look();
    } catch (thrown) {
      state.value = "off";
      problem.value = asProblem(thrown);
    }
  }

  onBeforeUnmount(() => {
    gone = true;
    explaining.value?.();
    clearTimeout(again);
    bridge?.close();
    bridge = null;
  });

  async function withBridge<T>(work: (bridge: CardBridge) => Promise<T>): Promise<T> {
    if (bridge === null) {
      await start();
    }
    if (bridge === null) {
      throw problem.value ?? new Error("no bridge and no reason");
    }
    return work(bridge);
  }

  return {
    sight,
    card,
    readers,
    problem,
    explaining,
    connected,
    connect: start,
    sign: (challenge) => withBridge((open) => open.sign(challenge)),
    changePin: () => withBridge((open) => open.changePin()),
  };
}
