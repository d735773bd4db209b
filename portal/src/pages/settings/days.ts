/** A number of days as a person types it, such as `45` or `４５天`; not a number where it is none. Fullwidth digits are what a Chinese keyboard gives. */
export function daysOf(typed: string): number {
  return Number(typed.normalize("NFKC").replace(/\s*(天|days?)\s*$/, "") || Number.NaN);
}
