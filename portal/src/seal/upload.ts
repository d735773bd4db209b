// What is wrong with an image that somebody brings, told before it is sent. The server looks at it again, by the same rules.

import { dpi, LARGEST_SEAL, LEAST_DPI, millimetres, SMALLEST_SEAL, type SealShape, type Size } from "./limits.ts";
import { isPng, pixelsPerMetre, pngSize } from "./png.ts";

export type UploadFault = "upload.format" | "upload.bytes" | "upload.pixels" | "upload.dpi" | "upload.width" | "upload.height" | "upload.ratio";

/** A page decodes nothing bigger: 40 megapixels are 160 MB of memory. */
const MOST_PIXELS = 40_000_000;
export const MOST_BYTES = 10 * 1024 * 1024;

export interface Opened {
  format: "png" | "jpeg";
  /** What the file says of its resolution, if it does. */
  dpi: number | null;
}

/** Looks at the file's own first bytes, not at its name. */
export function openImage(bytes: Uint8Array): Opened | UploadFault {
  if (bytes.length > MOST_BYTES) return "upload.bytes";
  if (isPng(bytes)) {
    const size = pngSize(bytes);
    if (size === null) return "upload.format";
    if (size.width * size.height > MOST_PIXELS) return "upload.pixels";
    const perMetre = pixelsPerMetre(bytes);
    return { format: "png", dpi: perMetre === null ? null : Math.min(perMetre.x, perMetre.y) * 0.0254 };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { format: "jpeg", dpi: jfifDpi(bytes) };
  return "upload.format";
}

/** The density of a JFIF header (ITU-T T.871 §10.1): bytes 4 to 7 after the marker are its name, then version, unit, across, down. */
function jfifDpi(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 18 || view.getUint16(2) !== 0xffe0 || view.getUint32(6) !== 0x4a464946) return null;
  const least = Math.min(view.getUint16(14), view.getUint16(16));
  if (least === 0) return null;
  if (view.getUint8(13) === 1) return least;
  return view.getUint8(13) === 2 ? least * 2.54 : null;
}

/** A round seal's image is square but for a pixel or two of careless cropping. */
const ROUND_TOLERANCE = 0.02;

/** Whether `pixels` printed at `size` millimetres may be a seal of the shape. */
export function sealFaults(shape: SealShape, pixels: Size, size: Size): UploadFault[] {
  const faults: UploadFault[] = [];
  const most = LARGEST_SEAL[shape];
  if (!(size.width >= SMALLEST_SEAL.width && size.width <= most.width)) faults.push("upload.width");
  if (!(size.height >= SMALLEST_SEAL.height && size.height <= most.height)) faults.push("upload.height");
  if (shape === "round" && Math.abs(size.width / size.height - 1) > ROUND_TOLERANCE) faults.push("upload.ratio");
  if (Math.min(dpi(pixels.width, size.width), dpi(pixels.height, size.height)) < LEAST_DPI) faults.push("upload.dpi");
  return faults;
}

/** The size that a file claims for itself, or null where it says nothing or what no seal has. */
export function claimedSize(shape: SealShape, pixels: Size, dotsPerInch: number | null): Size | null {
  if (dotsPerInch === null || dotsPerInch < LEAST_DPI) return null;
  const size = { width: millimetres(pixels.width, dotsPerInch), height: millimetres(pixels.height, dotsPerInch) };
  return size.width <= LARGEST_SEAL[shape].width && size.height <= LARGEST_SEAL[shape].height ? size : null;
}
