/** The page's live checks of a seal's colours say what the server will say: both judge the same images. */
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { inkFaults, inspectInk, type InkFault } from "../../src/seal/pixels.ts";

interface Image {
  name: string;
  /** Red, green, blue, alpha, number of pixels. */
  colours: [number, number, number, number, number][];
  verdict: string;
}

const SIDE = 100;
const { images } = JSON.parse(readFileSync(new URL("../../../functions/seals/tests/ink.json", import.meta.url), "utf8")) as { images: Image[] };

/** The server's refusal for what the page calls a fault. */
const REFUSALS: Record<InkFault, string> = {
  "ink.empty": "image.ink",
  "ink.full": "image.ink",
  "ink.none": "image.colour",
  "ink.mixed": "image.colour",
  "ink.background": "image.colour",
};

test("there are images to judge", () => expect(images.length).toBeGreaterThan(40));

test.each(images)("$name: $verdict", ({ colours, verdict }) => {
  const data = new Uint8ClampedArray(colours.flatMap(([red, green, blue, alpha, count]) => Array.from({ length: count }, () => [red, green, blue, alpha]).flat()));
  expect(data).toHaveLength(SIDE * SIDE * 4);
  const found = inspectInk({ width: SIDE, height: SIDE, data });
  const [fault] = inkFaults(found);
  expect(fault === undefined ? found.ink : REFUSALS[fault]).toBe(verdict);
});
