// A signature's image: black strokes on nothing, cut to what is written, at the resolution that the specification asks for (J16).

import { LARGEST_SIGNATURE, PIXELS_PER_MM, type Size } from "../seal/limits.ts";
import type { Box, Pixels } from "../seal/pixels.ts";

export type SignatureFault = "signature.empty" | "signature.small";

/** A stroke of this few pixels is a slip of the pen; share of all pixels. */
const LEAST_INK = 0.0005;
const VISIBLE = 24;

/** Around everything that isn't transparent, or null. */
export function inkBox({ width, height, data }: Pixels): Box | null {
  let [left, top, right, bottom, count] = [width, height, -1, -1, 0];
  for (let at = 3, pixel = 0; at < data.length; at += 4, pixel += 1) {
    if ((data[at] ?? 0) < VISIBLE) continue;
    count += 1;
    const x = pixel % width;
    const y = (pixel - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (count < width * height * LEAST_INK) return null;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Makes a photograph or a scan of a signature black on nothing, in place: the darker a pixel, the more of the pen there is in it. */
export function blackOnNothing({ data }: Pixels): void {
  for (let at = 0; at + 3 < data.length; at += 4) {
    // Rec. 601, as greyscale pictures are made.
    const grey = 0.299 * (data[at] ?? 255) + 0.587 * (data[at + 1] ?? 255) + 0.114 * (data[at + 2] ?? 255);
    const dark = Math.min(Math.max((190 - grey) / 110, 0), 1);
    data[at + 3] = Math.round(dark * (data[at + 3] ?? 255));
    data[at] = 0;
    data[at + 1] = 0;
    data[at + 2] = 0;
  }
}

/** How big the strokes are printed, in millimetres: as large as the limit allows, or `most` if that is smaller, in their own proportion. */
export function printedSize(strokes: Size, most: Size = LARGEST_SIGNATURE): Size {
  const scale = Math.min(most.width / strokes.width, most.height / strokes.height);
  return { width: strokes.width * scale, height: strokes.height * scale };
}

/** Whole pixels for a size in millimetres, rounded down so that rounding never passes the limit. */
export function printedPixels(size: Size): Size {
  return {
    width: Math.max(1, Math.floor(size.width * PIXELS_PER_MM)),
    height: Math.max(1, Math.floor(size.height * PIXELS_PER_MM)),
  };
}
