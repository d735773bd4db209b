// What an image of a seal or a signature must be (J15, J16): one place for the page's drawing and its checks of an upload.

export const SEAL_SHAPES = ["round", "ellipse", "rectangle"] as const;
export type SealShape = (typeof SEAL_SHAPES)[number];

export const SEAL_KINDS = ["official", "contract", "finance", "customs", "invoice"] as const;
export type SealKind = (typeof SEAL_KINDS)[number];

export const INKS = ["red", "blue"] as const;
export type Ink = (typeof INKS)[number];

/** Millimetres. */
export interface Size {
  width: number;
  height: number;
}

/** The largest seal of each shape, in millimetres. */
export const LARGEST_SEAL: Record<SealShape, Size> = {
  round: { width: 45, height: 45 },
  ellipse: { width: 55, height: 45 },
  rectangle: { width: 55, height: 40 },
};

/** Smaller than this nobody can read it, and no seal is; millimetres. */
export const SMALLEST_SEAL: Size = { width: 10, height: 10 };

/** No side of a signature is shorter, millimetres (functions/seals/src/image/mod.rs). */
export const SHORTEST_SIDE = 2;

export const LARGEST_SIGNATURE: Size = { width: 35, height: 30 };

export const LEAST_DPI = 600;

const MILLIMETRES_PER_INCH = 25.4;

/**
 * What the page draws at: 24 pixels a millimetre are 609.6 dpi. The smallest whole number that reaches 600, so that sizes in millimetres
 * are whole pixels, and `pHYs`, which counts whole pixels a metre, tells the size exactly.
 */
export const PIXELS_PER_MM = 24;

export function dpi(pixels: number, millimetres: number): number {
  return (pixels / millimetres) * MILLIMETRES_PER_INCH;
}

export function millimetres(pixels: number, dotsPerInch: number): number {
  return (pixels / dotsPerInch) * MILLIMETRES_PER_INCH;
}

/** What a new seal of a kind looks like until somebody changes it; millimetres. */
export const USUAL_SEAL: Record<SealKind, { shape: SealShape; size: Size }> = {
  // 国发〔1999〕25 号: an enterprise's seal is round, 42 mm at most, with a star in the middle.
  official: { shape: "round", size: { width: 40, height: 40 } },
  contract: { shape: "round", size: { width: 40, height: 40 } },
  finance: { shape: "ellipse", size: { width: 45, height: 30 } },
  customs: { shape: "rectangle", size: { width: 50, height: 30 } },
  // 国家税务总局公告 2011 年第 7 号: an ellipse of 40 by 30 mm.
  invoice: { shape: "ellipse", size: { width: 40, height: 30 } },
};
