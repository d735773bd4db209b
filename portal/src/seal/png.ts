// The physical size in a PNG: browsers write none, and a seal without it has no size.

import CRC32 from "crc-32";

import { PIXELS_PER_MM } from "./limits.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Bytes of a chunk around its data: length, type, check sum (PNG, third edition, §5.3). */
const AROUND = 12;

export class NotPng extends Error {}

interface Chunk {
  type: string;
  /** Of the whole chunk in the file. */
  start: number;
  data: Uint8Array;
}

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** The chunks of a PNG, up to the first that is cut off. */
function* chunks(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = SIGNATURE.length;
  while (start + AROUND <= bytes.length) {
    const length = view.getUint32(start);
    if (start + AROUND + length > bytes.length) return;
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    yield { type, start, data: bytes.subarray(start + 8, start + 8 + length) };
    start += AROUND + length;
  }
}

/** Width and height in pixels, out of IHDR. */
export function pngSize(bytes: Uint8Array): { width: number; height: number } | null {
  if (!isPng(bytes)) return null;
  for (const { type, data } of chunks(bytes)) {
    if (type !== "IHDR" || data.length < 8) return null;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return { width: view.getUint32(0), height: view.getUint32(4) };
  }
  return null;
}

/** Pixels a metre, across and down, out of pHYs; null where it isn't there or tells only a ratio (§11.3.5.3). */
export function pixelsPerMetre(bytes: Uint8Array): { x: number; y: number } | null {
  if (!isPng(bytes)) return null;
  for (const { type, data } of chunks(bytes)) {
    if (type === "IDAT") return null;
    if (type !== "pHYs" || data.length !== 9 || data[8] !== 1) continue;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return { x: view.getUint32(0), y: view.getUint32(4) };
  }
  return null;
}

/** The same image with `perMetre` pixels a metre written into it, in place of what it said before. */
export function withPixelsPerMetre(bytes: Uint8Array, perMetre: number): Uint8Array<ArrayBuffer> {
  const all = isPng(bytes) ? [...chunks(bytes)] : [];
  const [header, ...rest] = all;
  if (header?.type !== "IHDR" || rest.at(-1)?.type !== "IEND") throw new NotPng("not a whole PNG");
  const whole = ({ start, data }: Chunk): Uint8Array => bytes.subarray(start, start + AROUND + data.length);
  const kept = rest.filter(({ type }) => type !== "pHYs").map(whole);
  // Right after IHDR: it must come before the first IDAT.
  const parts = [Uint8Array.from(SIGNATURE), whole(header), physicalSize(perMetre), ...kept];
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function physicalSize(perMetre: number): Uint8Array {
  const chunk = new Uint8Array(AROUND + 9);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, 9);
  chunk.set([...("pHYs")].map((letter) => letter.charCodeAt(0)), 4);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  view.setUint8(16, 1);
  view.setInt32(17, CRC32.buf(chunk.subarray(4, 17)));
  return chunk;
}

/** What a canvas shows, as a PNG with its physical size. */
export async function canvasPng(canvas: HTMLCanvasElement, perMm = PIXELS_PER_MM): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new NotPng("the canvas gave no image");
  // Rounded up, so that rounding never takes an image below the least resolution.
  const bytes = withPixelsPerMetre(new Uint8Array(await blob.arrayBuffer()), Math.ceil(perMm * 1000));
  return new Blob([bytes], { type: "image/png" });
}
