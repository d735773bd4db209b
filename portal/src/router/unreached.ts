/** A page whose files didn't come: the server is away, or it has a newer portal, whose files have other names. */

import { shallowRef } from "vue";
import type { Router } from "vue-router";

import { own, type Problem } from "@/api/problem.ts";

interface Unreached {
  /** Where the person wanted to go. */
  readonly to: string;
  readonly problem: Problem;
}

/** Set until the person has got there, or somewhere else. */
export const unreached = shallowRef<Unreached | null>(null);

/** A page that was loaded within this time has the server's own names of its files: to load it anew would change nothing. */
const FRESH_MS = 30_000;

export function watchUnreached(router: Router): void {
  router.onError((error, to) => void go(to.fullPath, error));
  router.afterEach((_to, _from, failure) => {
    if (failure === undefined) {
      unreached.value = null;
    }
  });
}

/** Goes to where the person wanted, with the files that the server has now; says so where it is still away. */
export async function go(to: string, error?: unknown): Promise<void> {
  if (!(await isThere())) {
    unreached.value = { to, problem: own("unreachable") };
  } else if (error !== undefined && performance.now() < FRESH_MS) {
    // The server is there and the page still can't be shown: that is a mistake of ours.
    console.error(error);
    unreached.value = { to, problem: own("unclear") };
  } else {
    location.assign(to);
  }
}

async function isThere(): Promise<boolean> {
  try {
    return (await fetch("/favicon.svg", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}
