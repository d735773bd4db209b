/** A list that comes page by page. */

import { ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";

import { asProblem, type Problem } from "@/api/problem.ts";
import { language } from "@/texts/index.ts";

export interface List<T> {
  /** What has come; null until the first page has. */
  readonly items: ShallowRef<T[] | null>;
  readonly problem: Readonly<ShallowRef<Problem | null>>;
  readonly loading: Readonly<Ref<boolean>>;
  /** Whether more follows. */
  readonly more: Readonly<Ref<boolean>>;
  /** From the beginning: at first, and when what is asked for has changed. What is there stays until the new has come. */
  load(): Promise<void>;
  /** The next page. */
  next(): Promise<void>;
  /** Puts `item` in the place of the one that is the same. */
  replace(item: T): void;
}

/** `page` asks for the page at a cursor. */
export function useList<T extends { readonly id: string }>(
  page: (cursor: { cursor?: string }) => Promise<{ items: T[]; next_cursor?: string | null }>,
): List<T> {
  const items = shallowRef<T[] | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const loading = ref(false);
  const more = ref(false);
  let cursor: string | null = null;
  /** Of two that were asked for, the later one counts. */
  let asked = 0;

  async function ask(from: string | null): Promise<void> {
    const mine = ++asked;
    loading.value = true;
    try {
      const answer = await page(from === null ? {} : { cursor: from });
      if (mine !== asked) {
        return;
      }
      items.value = from === null ? answer.items : [...(items.value ?? []), ...answer.items];
      cursor = answer.next_cursor ?? null;
      more.value = cursor !== null;
      problem.value = null;
    } catch (thrown) {
      if (mine === asked) {
        problem.value = asProblem(thrown);
      }
    } finally {
      if (mine === asked) {
        loading.value = false;
      }
    }
  }

  // What the server says in words, it says in the language of the request.
  watch(language, () => {
    if (asked > 0) {
      void ask(null);
    }
  });

  return {
    items,
    problem,
    loading,
    more,
    load: () => ask(null),
    next: () => ask(cursor),
    replace(item) {
      items.value = items.value?.map((old) => (old.id === item.id ? item : old)) ?? null;
    },
  };
}
