import { describe, expect, test } from "vitest";

import { cleanPaper, inkFaults, inspectInk, type Pixels } from "../../src/seal/pixels.ts";
import { claimedSize, openImage, sealFaults } from "../../src/seal/upload.ts";
import { blackOnNothing, inkBox, printedPixels, printedSize } from "../../src/signature/image.ts";

type Colour = readonly [number, number, number, number?];

/** `at` says the colour of each pixel. */
function picture(width: number, height: number, at: (x: number, y: number) => Colour): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [red, green, blue, alpha = 255] = at(x, y);
      data.set([red, green, blue, alpha], (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

const WHITE: Colour = [255, 255, 255];
const RED: Colour = [215, 0, 15];
const BLUE: Colour = [11, 63, 168];
const square = (ink: Colour, paper: Colour = WHITE): Pixels => picture(40, 40, (x, y) => (x >= 10 && x < 30 && y >= 5 && y < 25 ? ink : paper));

describe("the ink of a seal", () => {
  test("red and blue on white are what a seal is made of", () => {
    expect(inspectInk(square(RED))).toMatchObject({ ink: "red", box: { left: 10, top: 5, width: 20, height: 20 } });
    expect(inspectInk(square(BLUE))).toMatchObject({ ink: "blue" });
    for (const ink of [RED, BLUE]) expect(inkFaults(inspectInk(square(ink)))).toEqual([]);
  });

  test("nothing behind counts as white", () => {
    expect(inkFaults(inspectInk(square(RED, [0, 0, 0, 0])))).toEqual([]);
  });

  test("black print, an empty page, two inks and grey paper are refused, each by its name", () => {
    expect(inkFaults(inspectInk(square([20, 20, 20])))).toEqual(["ink.none"]);
    expect(inkFaults(inspectInk(square(WHITE)))).toEqual(["ink.empty"]);
    expect(inkFaults(inspectInk(picture(10, 10, (x) => (x < 3 ? RED : x < 6 ? BLUE : WHITE))))).toEqual(["ink.mixed"]);
    expect(inkFaults(inspectInk(square(RED, [190, 188, 185])))).toEqual(["ink.background"]);
    expect(inkFaults(inspectInk(square([0, 160, 0])))).toContain("ink.none");
  });

  test("a photograph on yellowish paper is a seal once the paper is taken away", () => {
    const photograph = square([180, 60, 62], [190, 186, 176]);
    expect(inkFaults(inspectInk(photograph))).not.toEqual([]);
    cleanPaper(photograph, "red", [215, 0, 15]);
    const found = inspectInk(photograph);
    expect(inkFaults(found)).toEqual([]);
    expect(found.box).toEqual({ left: 10, top: 5, width: 20, height: 20 });
    expect([...photograph.data.slice(0, 4)]).toEqual([255, 255, 255, 255]);
  });
});

describe("an uploaded seal", () => {
  test("is told by its bytes, not by its name", () => {
    expect(openImage(new TextEncoder().encode("GIF89a"))).toBe("upload.format");
    expect(openImage(new Uint8Array())).toBe("upload.format");
    expect(openImage(new Uint8Array(11 * 1024 * 1024))).toBe("upload.bytes");
  });

  test("of a JPEG has the resolution that its header says, per inch or per centimetre", () => {
    const jpeg = (unit: number, density: number): Uint8Array =>
      Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, unit, density >> 8, density & 255, density >> 8, density & 255, 0, 0]);
    expect(openImage(jpeg(1, 600))).toEqual({ format: "jpeg", dpi: 600 });
    expect(openImage(jpeg(2, 240))).toEqual({ format: "jpeg", dpi: 609.6 });
    expect(openImage(jpeg(0, 1))).toEqual({ format: "jpeg", dpi: null });
  });

  test("is refused where its pixels are too few for its size, or its size too much for its shape", () => {
    expect(sealFaults("round", { width: 1063, height: 1063 }, { width: 45, height: 45 })).toEqual([]);
    expect(sealFaults("round", { width: 1062, height: 1062 }, { width: 45, height: 45 })).toEqual(["upload.dpi"]);
    expect(sealFaults("round", { width: 2000, height: 2000 }, { width: 46, height: 46 })).toEqual(["upload.width", "upload.height"]);
    expect(sealFaults("round", { width: 1200, height: 1000 }, { width: 45, height: 37.5 })).toEqual(["upload.ratio"]);
    expect(sealFaults("rectangle", { width: 1300, height: 945 }, { width: 55, height: 40 })).toEqual([]);
  });

  test("has the size that it claims, if a seal can have it", () => {
    const claimed = claimedSize("ellipse", { width: 960, height: 720 }, 609.6);
    expect(claimed?.width).toBeCloseTo(40);
    expect(claimed?.height).toBeCloseTo(30);
    expect(claimedSize("ellipse", { width: 960, height: 720 }, 72)).toBeNull();
    expect(claimedSize("round", { width: 4000, height: 4000 }, 600)).toBeNull();
    expect(claimedSize("round", { width: 960, height: 960 }, null)).toBeNull();
  });
});

describe("a signature", () => {
  test("is cut to what is written", () => {
    const strokes = picture(100, 50, (x, y) => (x >= 20 && x < 60 && y === 25 ? [0, 0, 0, 255] : [0, 0, 0, 0]));
    expect(inkBox(strokes)).toEqual({ left: 20, top: 25, width: 40, height: 1 });
    expect(inkBox(picture(100, 50, () => [0, 0, 0, 0]))).toBeNull();
    expect(inkBox(picture(100, 50, (x, y) => (x === 3 && y === 3 ? [0, 0, 0, 255] : [0, 0, 0, 0])))).toBeNull();
  });

  test("on paper becomes black on nothing", () => {
    const scan = picture(10, 10, (x) => (x < 5 ? [30, 35, 60] : [235, 233, 228]));
    blackOnNothing(scan);
    expect([...scan.data.slice(0, 4)]).toEqual([0, 0, 0, 255]);
    expect([...scan.data.slice(20, 24)]).toEqual([0, 0, 0, 0]);
  });

  test("is never larger than 35 by 30 mm, whatever its proportion", () => {
    for (const strokes of [{ width: 1000, height: 10 }, { width: 10, height: 1000 }, { width: 333, height: 285 }]) {
      const size = printedSize(strokes);
      expect(size.width).toBeLessThanOrEqual(35.0001);
      expect(size.height).toBeLessThanOrEqual(30.0001);
      const pixels = printedPixels(size);
      expect(pixels.width).toBeLessThanOrEqual(840);
      expect(pixels.height).toBeLessThanOrEqual(720);
      expect(Math.min(pixels.width, pixels.height)).toBeGreaterThan(0);
    }
  });
});
