// Where each character of a seal stands: geometry only, in millimetres, the origin in the seal's middle, y downwards.

import type { SealDesign } from "./design.ts";

/** One character, centred on (x, y). `turn` in radians, clockwise; `stretch` is its width as a share of its height. */
export interface Glyph {
  text: string;
  x: number;
  y: number;
  turn: number;
  height: number;
  stretch: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface SealLayout {
  /** Thickness of the rim. */
  rim: number;
  /** Corners of the star, from the top, clockwise; none where there is no star. */
  star: Point[];
  glyphs: Glyph[];
}

/** Between the rim and the characters. 国家税务总局公告 2011 年第 7 号 has 0.5 mm on invoice seals. */
const GAP = 0.7;

/** The star of a round seal of 40 mm is 14 mm across. */
const STAR_SHARE = 14 / 40;

export function layOut(design: SealDesign): SealLayout {
  switch (design.shape) {
    case "round":
      return layOutRound(design);
    case "ellipse":
      return layOutEllipse(design);
    case "rectangle":
      return layOutRectangle(design);
  }
}

function layOutRound(design: SealDesign): SealLayout {
  const across = design.size.width;
  const rim = across * 0.03;
  const inner = across / 2 - rim - GAP;
  const legend = design.legend.trim();
  const star = design.star ? starCorners(across * STAR_SHARE * 0.5) : [];
  const glyphs = [
    ...arc(design.enterprise, { a: inner, b: inner }, { height: across * 0.14, stretch: 0.72, widest: 270, below: false }),
    ...line(legend, {
      // Below the star, or in the middle where there is none.
      y: star.length > 0 ? across * 0.245 : 0,
      height: across * (star.length > 0 ? 0.095 : 0.13),
      stretch: 0.85,
      // The chord of the circle at that height, less the band of the name.
      room: across * (star.length > 0 ? 0.56 : 0.62),
    }),
    ...lowerArc(design.number, inner, across),
  ];
  return { rim, star, glyphs };
}

function layOutEllipse(design: SealDesign): SealLayout {
  const { width, height } = design.size;
  // 国家税务总局公告 2011 年第 7 号, for 40 by 30 mm: rim 1 mm, name 4.2 mm high, number 3.7 by 1.3 mm, legend 4.6 by 3 mm.
  const scale = Math.min(width / 40, height / 30);
  const rim = scale;
  const inner = { a: width / 2 - rim - GAP, b: height / 2 - rim - GAP };
  const middle = design.middle.trim();
  const legend = design.legend.trim();
  return {
    rim,
    star: design.star ? starCorners(height * 0.14, middle === "" ? 0 : -height * 0.16) : [],
    glyphs: [
      ...arc(design.enterprise, inner, { height: 4.2 * scale, stretch: 3 / 4.2, widest: 240, below: false }),
      ...line(middle, { y: 0, height: 3.7 * scale, stretch: 1.3 / 3.7, room: width * 0.72 }),
      ...line(legend, { y: height * (design.number === "" ? 0.27 : 0.22), height: 4.6 * scale, stretch: 3 / 4.6, room: width * 0.55 }),
      ...arc(design.number, inner, { height: 2 * scale, stretch: 0.6, widest: 70, below: true }),
    ],
  };
}

function layOutRectangle(design: SealDesign): SealLayout {
  const { width, height } = design.size;
  const rim = Math.min(width, height) * 0.03;
  const room = width - 2 * (rim + 2 * GAP);
  const rows = [
    ...wrap(design.enterprise.trim(), room / (height * 0.17)).map((text) => ({ text, share: 0.2 })),
    ...(design.middle.trim() === "" ? [] : [{ text: design.middle.trim(), share: 0.14 }]),
    ...(design.legend.trim() === "" ? [] : [{ text: design.legend.trim(), share: 0.24 }]),
    ...(design.number === "" ? [] : [{ text: design.number, share: 0.12 }]),
  ];
  // Rows as tall as they like to be, or less where together they wouldn't fit; the rest of the height lies between them.
  const free = height - 2 * (rim + GAP);
  const wanted = rows.reduce((sum, row) => sum + row.share * height, 0);
  const squeeze = Math.min(1, (free * 0.86) / Math.max(wanted, 0.001));
  const between = (free - wanted * squeeze) / (rows.length + 1);
  let top = -free / 2 + between;
  const glyphs = rows.flatMap(({ text, share }) => {
    const tall = share * height * squeeze;
    const placed = line(text, { y: top + tall / 2, height: tall, stretch: /^[\x20-\x7e]*$/.test(text) ? 0.55 : 0.9, room });
    top += tall + between;
    return placed;
  });
  return { rim, star: [], glyphs };
}

/** The number of a round seal stands on its lower arc in small figures. */
function lowerArc(text: string, inner: number, across: number): Glyph[] {
  return arc(text, { a: inner, b: inner }, { height: across * 0.042, stretch: 0.6, widest: 80, below: true });
}

interface ArcStyle {
  height: number;
  /** Width by height, where there is room. */
  stretch: number;
  /** Degrees of the arc that the text may take at most. */
  widest: number;
  /** On the lower arc, read from left to right with the feet outwards. */
  below: boolean;
}

/**
 * Characters along the inside of an ellipse (a circle has a = b), evenly spaced by the length of the curve, so that they don't crowd
 * where it bends most. A long name is squeezed, never cut.
 */
function arc(text: string, inner: { a: number; b: number }, style: ArcStyle): Glyph[] {
  const characters = [...text.trim()];
  if (characters.length === 0) return [];
  // The characters' middles run on the ellipse half a character further in.
  const a = inner.a - style.height / 2;
  const b = inner.b - style.height / 2;
  const curve = measure(a, b, style.widest, style.below);
  const full = curve.at(-1)?.length ?? 0;
  const natural = style.height * style.stretch * 1.45;
  const step = Math.min(natural, full / characters.length);
  const stretch = Math.min(style.stretch, (step * 0.95) / style.height);
  const start = full / 2 - (step * (characters.length - 1)) / 2;
  return characters.map((character, i) => {
    const angle = angleAt(curve, start + step * i);
    // The normal of the ellipse, not the ray from its middle, is the way up for a character.
    const normal = Math.atan2(Math.sin(angle) / b, Math.cos(angle) / a);
    return {
      text: character,
      x: a * Math.cos(angle),
      y: b * Math.sin(angle),
      turn: style.below ? normal - Math.PI / 2 : normal + Math.PI / 2,
      height: style.height,
      stretch,
    };
  });
}

interface Step {
  /** Along the curve from the text's beginning. */
  length: number;
  /** Of the ellipse's parameter. */
  angle: number;
}

const STEPS = 720;

function measure(a: number, b: number, degrees: number, below: boolean): Step[] {
  const half = (degrees / 2) * (Math.PI / 180);
  // y points down: −π/2 is the top. The upper arc runs clockwise, the lower one against it, both from left to right.
  const [from, to] = below ? [Math.PI / 2 + half, Math.PI / 2 - half] : [-Math.PI / 2 - half, -Math.PI / 2 + half];
  const steps: Step[] = [{ length: 0, angle: from }];
  let length = 0;
  let [x, y] = [a * Math.cos(from), b * Math.sin(from)];
  for (let i = 1; i <= STEPS; i += 1) {
    const angle = from + ((to - from) * i) / STEPS;
    const [nextX, nextY] = [a * Math.cos(angle), b * Math.sin(angle)];
    length += Math.hypot(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
    steps.push({ length, angle });
  }
  return steps;
}

function angleAt(curve: Step[], length: number): number {
  const after = curve.findIndex((step) => step.length >= length);
  const [low, high] = [curve[after - 1], curve[after]];
  if (high === undefined) return curve.at(-1)?.angle ?? 0;
  if (low === undefined) return high.angle;
  const share = (length - low.length) / (high.length - low.length);
  return low.angle + (high.angle - low.angle) * share;
}

interface LineStyle {
  y: number;
  height: number;
  stretch: number;
  /** How wide the line may be. */
  room: number;
}

/** A straight line, centred. */
function line(text: string, style: LineStyle): Glyph[] {
  const characters = [...text];
  if (characters.length === 0) return [];
  const step = Math.min(style.height * style.stretch * 1.12, style.room / characters.length);
  const stretch = Math.min(style.stretch, (step * 0.95) / style.height);
  return characters.map((character, i) => ({
    text: character,
    x: step * (i - (characters.length - 1) / 2),
    y: style.y,
    turn: 0,
    height: style.height,
    stretch,
  }));
}

/** Splits a name into lines of nearly the same length, at most `most` characters each where two lines can do that. */
function wrap(text: string, most: number): string[] {
  const characters = [...text];
  if (characters.length === 0) return [];
  const lines = Math.min(2, Math.ceil(characters.length / Math.max(most, 1)));
  const each = Math.ceil(characters.length / lines);
  return Array.from({ length: lines }, (_, i) => characters.slice(i * each, (i + 1) * each).join(""));
}

/** The ten corners of a regular five-pointed star, `radius` from its middle to a point. */
function starCorners(radius: number, y = 0): Point[] {
  // Points and notches lie on two circles; a pentagram's ratio is that of sin 18° to sin 54°.
  const notch = radius * (Math.sin(Math.PI / 10) / Math.sin((3 * Math.PI) / 10));
  return Array.from({ length: 10 }, (_, i) => {
    const angle = -Math.PI / 2 + (i * Math.PI) / 5;
    const distance = i % 2 === 0 ? radius : notch;
    return { x: distance * Math.cos(angle), y: y + distance * Math.sin(angle) };
  });
}
