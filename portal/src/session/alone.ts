/** One tab at a time. */

/** Set while a request with the cookie is under way: a page that is left in the middle can't take it away. */
const UNDER_WAY = "eport.under-way";

/** A request that nobody waits for any more is answered by then. */
const ANSWERED_MS = 2000;

/** Does `work` while no other tab does such work. Without Web Locks (a page over plain http), while this tab does none. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  const marked = async (): Promise<T> => {
    await leftover();
    mark(String(Date.now()));
    try {
      return await work();
    } finally {
      mark(null);
    }
  };
  // Some browsers have the name and nothing behind it.
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  return locks === undefined ? inTurn(marked) : ((await locks.request("eport-session", marked)) as T);
}

let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work, work);
  last = next.catch(() => undefined);
  return next;
}

/**
 * A page that was reloaded while it refreshed has left its request with the browser: its answer brings the cookie that counts. One that is
 * sent before that has the old cookie, and would end the session.
 */
async function leftover(): Promise<void> {
  const began = Number(mark());
  const rest = began + ANSWERED_MS - Date.now();
  if (began > 0 && rest > 0) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(rest, ANSWERED_MS)));
  }
}

function mark(to?: string | null): string | null {
  try {
    if (to === null) {
      localStorage.removeItem(UNDER_WAY);
    } else if (to !== undefined) {
      localStorage.setItem(UNDER_WAY, to);
    }
    return localStorage.getItem(UNDER_WAY);
  } catch {
    return null;
  }
}
