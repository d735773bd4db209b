// Looks at the colours of an image that is to be a seal: one ink, red or blue, on white.

import type { Ink } from "./limits.ts";

/** As `ImageData`: four bytes a pixel, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface InkFindings {
  /** The ink there is most of, or null. */
  ink: Ink | null;
  /** Shares of all pixels, 0 to 1. */
  red: number;
  blue: number;
  white: number;
  /** Neither ink nor white: grey paper, black print, a table's edge. */
  other: number;
  /** Around all ink. */
  box: Box | null;
}

export type InkFault = "ink.none" | "ink.mixed" | "ink.background";

/** A colour counts as ink where its strongest channel stands this far out of the other two. */
const STANDS_OUT = 48;
/** Paper counts as white where its darkest channel is at least this bright. */
const BRIGHT = 224;

type Kind = Ink | "white" | "other";

function kindOf(red: number, green: number, blue: number, alpha: number): Kind {
  // Nothing there is the paper's white.
  if (alpha < 32) return "white";
  if (red - Math.max(green, blue) >= STANDS_OUT) return "red";
  if (blue - Math.max(red, green) >= STANDS_OUT) return "blue";
  if (Math.min(red, green, blue) >= BRIGHT) return "white";
  // The soft edge of a line: paler than ink, of its colour.
  const pale = Math.max(red, blue) >= BRIGHT && Math.max(red, blue) > green;
  return pale ? "white" : "other";
}

export function inspectInk({ width, height, data }: Pixels): InkFindings {
  const count: Record<Kind, number> = { red: 0, blue: 0, white: 0, other: 0 };
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let at = 0, pixel = 0; at + 3 < data.length; at += 4, pixel += 1) {
    const kind = kindOf(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0, data[at + 3] ?? 0);
    count[kind] += 1;
    if (kind !== "red" && kind !== "blue") continue;
    const x = pixel % width;
    const y = (pixel - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const all = Math.max(1, width * height);
  const inked = count.red + count.blue;
  return {
    ink: inked === 0 ? null : count.red >= count.blue ? "red" : "blue",
    red: count.red / all,
    blue: count.blue / all,
    white: count.white / all,
    other: count.other / all,
    box: inked === 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 },
  };
}

/** A seal covers at least this share of its image with ink: a thin rim around 45 mm alone covers more. */
const LEAST_INK = 0.01;
/** What may be of another colour than ink and white: the edges that a JPEG smears. */
const MOST_OTHER = 0.03;
/** What may be of the other ink, as a share of all ink. */
const MOST_MIXED = 0.03;

export function inkFaults(found: InkFindings): InkFault[] {
  const faults: InkFault[] = [];
  const inked = found.red + found.blue;
  if (inked < LEAST_INK) faults.push("ink.none");
  else if (Math.min(found.red, found.blue) / inked > MOST_MIXED) faults.push("ink.mixed");
  if (found.other > MOST_OTHER) faults.push("ink.background");
  return faults;
}

/**
 * Takes the paper away from a scan or a photograph, in place: what isn't of the ink's colour becomes white, and the ink becomes even.
 * How much of a pixel is ink is told by how far its colour stands out, so that edges stay soft.
 */
export function cleanPaper({ data }: Pixels, ink: Ink, colour: readonly [number, number, number]): void {
  const [red, green, blue] = colour;
  for (let at = 0; at + 3 < data.length; at += 4) {
    const [r, g, b, a] = [data[at] ?? 255, data[at + 1] ?? 255, data[at + 2] ?? 255, data[at + 3] ?? 255];
    const standsOut = ink === "red" ? r - Math.max(g, b) : b - Math.max(r, g);
    const share = Math.min(Math.max((standsOut - STANDS_OUT / 3) / STANDS_OUT, 0), 1) * (a / 255);
    data[at] = 255 + (red - 255) * share;
    data[at + 1] = 255 + (green - 255) * share;
    data[at + 2] = 255 + (blue - 255) * share;
    data[at + 3] = 255;
  }
}
