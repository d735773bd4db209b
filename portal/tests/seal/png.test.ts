import { crc32, deflateSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { isPng, NotPng, pixelsPerMetre, pngSize, withPixelsPerMetre } from "../../src/seal/png.ts";

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A white image of one byte a pixel, with more chunks before its data. */
function png(width: number, height: number, ...before: Buffer[]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (width + 1), 255);
  for (let y = 0; y < height; y += 1) rows[y * (width + 1)] = 0;
  return new Uint8Array(
    Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk("IHDR", header), ...before, chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]),
  );
}

function physical(x: number, y: number, unit: number): Buffer {
  const data = Buffer.alloc(9);
  data.writeUInt32BE(x, 0);
  data.writeUInt32BE(y, 4);
  data[8] = unit;
  return chunk("pHYs", data);
}

describe("the physical size of a PNG", () => {
  test("an image without one gets one, the way the standard writes it", () => {
    const sized = withPixelsPerMetre(png(4, 3), 24_000);
    expect(pixelsPerMetre(png(4, 3))).toBeNull();
    expect(pixelsPerMetre(sized)).toEqual({ x: 24_000, y: 24_000 });
    expect(Buffer.from(sized)).toEqual(Buffer.from(png(4, 3, physical(24_000, 24_000, 1))));
  });

  test("an image that had another one has the new one only", () => {
    const sized = withPixelsPerMetre(png(4, 3, physical(2835, 2835, 1)), 24_000);
    expect(Buffer.from(sized)).toEqual(Buffer.from(withPixelsPerMetre(png(4, 3), 24_000)));
  });

  test("a mere ratio is no size", () => {
    expect(pixelsPerMetre(png(4, 3, physical(1, 1, 0)))).toBeNull();
  });

  test("the size in pixels is read out of the header", () => {
    expect(pngSize(png(1080, 720))).toEqual({ width: 1080, height: 720 });
  });

  test("what isn't a whole PNG is refused at every length, and never read beyond its end", () => {
    const whole = png(4, 3);
    for (let length = 0; length < whole.length; length += 1) {
      const cut = whole.slice(0, length);
      expect(() => withPixelsPerMetre(cut, 24_000)).toThrow(NotPng);
      expect(() => [pngSize(cut), pixelsPerMetre(cut)]).not.toThrow();
    }
    expect(isPng(Uint8Array.from([0xff, 0xd8, 0xff]))).toBe(false);
  });
});
