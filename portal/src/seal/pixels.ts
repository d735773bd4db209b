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

/** How many pixels are what. */
export interface InkFindings {
  /** The ink there is most of, or null. */
  ink: Ink | null;
  red: number;
  blue: number;
  /** White paper, or nothing. */
  ground: number;
  /** Neither ink nor ground: grey paper, black print, a table's edge. */
  other: number;
  /** Around all ink. */
  box: Box | null;
}

export type InkFault = "ink.empty" | "ink.none" | "ink.mixed" | "ink.background" | "ink.full";

// The rule is the server's (functions/seals/src/image/ink.rs), with its numbers; functions/seals/tests/ink.json holds both to the same verdicts.

/** Below this saturation (of 1) a pixel has no hue. */
const PALE = 0.15;
/** From this value (of 1) on a pixel without hue is white. */
const WHITE = 0.8;
/** Below this value (of 1) a pixel is black, whatever its hue. */
const DARK = 0.2;

type Kind = Ink | "ground" | "other";

/** A pixel as it looks on white paper, by hue, saturation and value. */
function kindOf(r: number, g: number, b: number, alpha: number): Kind {
  const over = (channel: number): number => ((channel * alpha) / 255 + 255 - alpha) / 255;
  const [red, green, blue] = [over(r), over(g), over(b)];
  const value = Math.max(red, green, blue);
  const chroma = value - Math.min(red, green, blue);
  if (value < DARK) return "other";
  if (chroma / value < PALE) return value >= WHITE ? "ground" : "other";
  const hue = hueOf(red, green, blue, value, chroma);
  if ((hue >= -25 && hue <= 25) || hue >= 335) return "red";
  return hue >= 195 && hue <= 265 ? "blue" : "other";
}

/** Degrees, from -60 to 300: red 0, green 120, blue 240. */
function hueOf(red: number, green: number, blue: number, value: number, chroma: number): number {
  if (value === red) return (60 * (green - blue)) / chroma;
  if (value === green) return (60 * (blue - red)) / chroma + 120;
  return (60 * (red - green)) / chroma + 240;
}

export function inspectInk({ width, height, data }: Pixels): InkFindings {
  const count: Record<Kind, number> = { red: 0, blue: 0, ground: 0, other: 0 };
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
  const inked = count.red + count.blue > 0;
  return {
    ...count,
    ink: !inked ? null : count.red >= count.blue ? "red" : "blue",
    box: inked ? { left, top, width: right - left + 1, height: bottom - top + 1 } : null,
  };
}

/** The least share of ground: a disc in its square leaves 0.21. */
const LEAST_GROUND = 0.2;
/** The least share of what isn't ground: a thin ring has some 0.05. */
const LEAST_INK = 0.01;
/** The most that may be neither ground nor the one ink, as a share of what isn't ground: the edges that a JPEG smears. */
const MOST_OTHER = 0.05;

/** What of it is refused; the first is what the server would say. */
export function inkFaults({ red, blue, ground, other }: InkFindings): InkFault[] {
  const visible = red + blue + other;
  const all = visible + ground;
  if (visible / all < LEAST_INK) return ["ink.empty"];
  const faults: InkFault[] = [];
  if ((visible - Math.max(red, blue)) / visible > MOST_OTHER) {
    if ((red + blue) / all < LEAST_INK) faults.push("ink.none");
    else if (Math.min(red, blue) / visible > MOST_OTHER) faults.push("ink.mixed");
    else faults.push("ink.background");
  }
  if (faults.length === 0 && ground / all < LEAST_GROUND) faults.push("ink.full");
  return faults;
}

/** A photograph's pixel is of the ink where the ink's channel stands this far out of the other two. */
const STANDS_OUT = 48;

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
