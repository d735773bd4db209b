// What a drawn seal says and how big it is, and what of that is refused before anything is drawn.

import { LARGEST_SEAL, SMALLEST_SEAL, USUAL_SEAL, type Ink, type SealKind, type SealShape, type Size } from "./limits.ts";

export interface SealDesign {
  shape: SealShape;
  /** Millimetres. */
  size: Size;
  ink: Ink;
  /** On the upper arc, or the first lines of a rectangle. */
  enterprise: string;
  /** Below the middle: 合同专用章. Empty on an official seal, which has only the name and the star. */
  legend: string;
  /** In the middle of an ellipse: the taxpayer's number of an invoice seal. */
  middle: string;
  /** On the lower arc: the number under which the seal is filed with the public security. */
  number: string;
  star: boolean;
}

export type DesignFault = "enterprise" | "enterprise_length" | "width" | "height" | "legend_length" | "number" | "middle";

/** More than this can't be read on an arc of 45 mm. */
const LONGEST_NAME = 40;
const LONGEST_LEGEND = 12;

export function designFaults(design: SealDesign): DesignFault[] {
  const faults: DesignFault[] = [];
  const name = [...design.enterprise.trim()].length;
  if (name === 0) faults.push("enterprise");
  if (name > LONGEST_NAME) faults.push("enterprise_length");
  if ([...design.legend.trim()].length > LONGEST_LEGEND) faults.push("legend_length");
  if (!/^[0-9A-Z]{0,18}$/.test(design.number)) faults.push("number");
  if (!/^[0-9A-Z]{0,20}$/.test(design.middle)) faults.push("middle");
  const most = LARGEST_SEAL[design.shape];
  // Written so that NaN, which an emptied number field gives, is outside.
  if (!(design.size.width >= SMALLEST_SEAL.width && design.size.width <= most.width)) faults.push("width");
  if (!(design.size.height >= SMALLEST_SEAL.height && design.size.height <= most.height)) faults.push("height");
  return faults;
}

const LEGENDS: Record<SealKind, string> = {
  official: "",
  contract: "合同专用章",
  finance: "财务专用章",
  customs: "报关专用章",
  invoice: "发票专用章",
};

/** A seal of the kind as it is usually made. */
export function usualDesign(kind: SealKind, enterprise: string, uscc: string): SealDesign {
  const { shape, size } = USUAL_SEAL[kind];
  return {
    shape,
    size: { ...size },
    ink: "red",
    enterprise,
    legend: LEGENDS[kind],
    middle: kind === "invoice" ? uscc : "",
    number: "",
    star: shape === "round",
  };
}

/** Keeps a size within the limits of a shape, and a round seal round. */
export function fitSize(shape: SealShape, size: Size): Size {
  const most = LARGEST_SEAL[shape];
  const width = Math.min(Math.max(size.width, SMALLEST_SEAL.width), most.width);
  const height = shape === "round" ? width : Math.min(Math.max(size.height, SMALLEST_SEAL.height), most.height);
  return { width, height };
}
