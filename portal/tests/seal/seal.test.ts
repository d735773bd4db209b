import { describe, expect, test } from "vitest";

import { designFaults, fitSize, usualDesign, type SealDesign } from "../../src/seal/design.ts";
import { layOut, type Glyph } from "../../src/seal/layout.ts";
import { dpi, LARGEST_SEAL, LEAST_DPI, PIXELS_PER_MM, SEAL_KINDS, SEAL_SHAPES } from "../../src/seal/limits.ts";

const NAMES = ["西安示例公司", "陕西电子口岸示例进出口贸易有限公司", "中国（陕西）自由贸易试验区国际港务区电子口岸示例供应链管理股份有限公司"];

function corners({ x, y, turn, height, stretch }: Glyph): { x: number; y: number }[] {
  const [w, h] = [(height * stretch) / 2, height / 2];
  return [[-w, -h], [w, -h], [w, h], [-w, h]].map(([dx = 0, dy = 0]) => ({
    x: x + dx * Math.cos(turn) - dy * Math.sin(turn),
    y: y + dx * Math.sin(turn) + dy * Math.cos(turn),
  }));
}

function everyDesign(): SealDesign[] {
  return SEAL_KINDS.flatMap((kind) =>
    SEAL_SHAPES.flatMap((shape) =>
      NAMES.flatMap((enterprise) =>
        ["", "6101000012345"].map((number) => {
          const design = usualDesign(kind, enterprise, "91350100M000100Y43");
          return { ...design, shape, star: shape === "round", size: fitSize(shape, design.size), number };
        }),
      ),
    ),
  );
}

describe("the layout of a seal", () => {
  test("no character touches the rim or leaves the seal", () => {
    for (const design of everyDesign()) {
      const { rim, glyphs } = layOut(design);
      const [a, b] = [design.size.width / 2 - rim, design.size.height / 2 - rim];
      for (const glyph of glyphs) {
        for (const { x, y } of corners(glyph)) {
          const inside = design.shape === "rectangle" ? Math.max(Math.abs(x) / a, Math.abs(y) / b) : Math.hypot(x / a, y / b);
          expect(inside, `${glyph.text} of ${design.enterprise} on ${design.shape}`).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  test("no two characters lie on each other", () => {
    for (const design of everyDesign()) {
      const { glyphs } = layOut(design);
      const widths = glyphs.map(({ height, stretch }) => Math.min(height * stretch, height));
      // How much of the room that two need they have, at the tightest place.
      let least = Infinity;
      for (const [i, one] of glyphs.entries()) {
        for (const [j, other] of glyphs.entries()) {
          if (j <= i) continue;
          const need = ((widths[i] ?? 0) + (widths[j] ?? 0)) / 2;
          least = Math.min(least, Math.hypot(one.x - other.x, one.y - other.y) / need);
        }
      }
      expect(least, `${design.enterprise} on ${design.shape}`).toBeGreaterThan(0.9);
    }
  });

  test("every character that was asked for is there, in its order", () => {
    for (const design of everyDesign()) {
      const text = layOut(design).glyphs.map((glyph) => glyph.text).join("");
      for (const part of [design.enterprise, design.legend, design.number]) expect(text).toContain(part);
    }
  });

  test("the name runs from left to right over the top and stands upright in the middle", () => {
    const design = usualDesign("official", "西安示例有限公司司", "");
    const { glyphs } = layOut(design);
    expect(glyphs.every((glyph, i) => i === 0 || glyph.turn > (glyphs[i - 1]?.turn ?? 0))).toBe(true);
    const middle = glyphs[4];
    expect(middle?.turn).toBeCloseTo(0, 3);
    expect(middle?.x).toBeCloseTo(0, 3);
    expect(middle?.y).toBeLessThan(0);
  });

  test("left and right are mirror images, on a circle as on an ellipse", () => {
    for (const shape of ["round", "ellipse"] as const) {
      const design = { ...usualDesign("official", "甲乙丙丁戊己", ""), shape, size: fitSize(shape, { width: 45, height: 30 }) };
      const { glyphs } = layOut(design);
      for (const [i, glyph] of glyphs.entries()) {
        const mirrored = glyphs.at(-1 - i);
        expect(glyph.x).toBeCloseTo(-(mirrored?.x ?? 0), 2);
        expect(glyph.y).toBeCloseTo(mirrored?.y ?? 0, 2);
      }
    }
  });

  test("the star has five points, one of them up", () => {
    const { star } = layOut(usualDesign("official", "西安示例公司", ""));
    expect(star).toHaveLength(10);
    expect(star[0]?.x).toBeCloseTo(0);
    expect(star[0]?.y).toBeCloseTo(-7);
  });
});

describe("the design of a seal", () => {
  test("every kind as it is usually made is within the limits", () => {
    for (const kind of SEAL_KINDS) expect(designFaults(usualDesign(kind, "西安示例公司", "91350100M000100Y43"))).toEqual([]);
  });

  test("a seal larger or smaller than allowed is refused", () => {
    for (const shape of SEAL_SHAPES) {
      const design = { ...usualDesign("official", "西安示例公司", ""), shape };
      const { width, height } = LARGEST_SEAL[shape];
      expect(designFaults({ ...design, size: { width, height } })).toEqual([]);
      expect(designFaults({ ...design, size: { width: width + 0.1, height } })).toEqual(["width"]);
      expect(designFaults({ ...design, size: { width, height: height + 0.1 } })).toEqual(["height"]);
      expect(designFaults({ ...design, size: { width: Number.NaN, height: 5 } })).toEqual(["width", "height"]);
    }
  });

  test("a seal without a name, or with a number that has letters of another script, is refused", () => {
    const design = usualDesign("official", " ", "");
    expect(designFaults({ ...design, number: "编号1" })).toEqual(["enterprise", "number"]);
  });

  test("a round seal stays round when its size is fitted", () => {
    expect(fitSize("round", { width: 50, height: 20 })).toEqual({ width: 45, height: 45 });
    expect(fitSize("rectangle", { width: 60, height: 5 })).toEqual({ width: 55, height: 10 });
  });

  test("what is drawn has the resolution that is asked for", () => {
    expect(dpi(45 * PIXELS_PER_MM, 45)).toBeGreaterThanOrEqual(LEAST_DPI);
  });
});
