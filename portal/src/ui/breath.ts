/** Work in pieces: a phone that works on one for long answers nobody meanwhile. */

/** Lets the browser do what waits: answer the person, paint. */
export function breath(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield?.() ?? new Promise((later) => setTimeout(later, 0));
}

/** Does `work` when the browser has nothing else to do. */
export function idly(work: () => void): void {
  // Not in Safari: there it waits for what a page does at first.
  if (typeof requestIdleCallback === "function") {
    requestIdleCallback(work, { timeout: 5000 });
  } else {
    setTimeout(work, 2000);
  }
}
