/** Content that comes from the server, and what is there until it has. */

import { onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";

import { asProblem, type Problem } from "@/api/problem.ts";
import { language } from "@/texts/index.ts";

export interface Load<T> {
  /** The content; null until it has come. */
  readonly data: ShallowRef<T | null>;
  /** Why it didn't come. */
  readonly problem: Readonly<ShallowRef<Problem | null>>;
  /** Whether it is on its way. */
  readonly loading: Readonly<Ref<boolean>>;
  /** Asks for it (again). What is there stays until the new has come. */
  load(): Promise<void>;
}

/** Asks for `work`'s content when the page is shown. */
export function useLoad<T>(work: () => Promise<T>): Load<T> {
  const data = shallowRef<T | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const loading = ref(false);
  /** Of two that were asked for, the later one counts. */
  let asked = 0;

  async function load(): Promise<void> {
    const mine = ++asked;
    loading.value = true;
    try {
      const content = await work();
      if (mine === asked) {
        data.value = content;
        problem.value = null;
      }
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

  onMounted(load);
  // What the server says in words, it says in the language of the request.
  watch(language, load);
  return { data, problem, loading, load };
}
