// Draws a seal on a canvas at its printing resolution.

import type { SealDesign } from "./design.ts";
import { layOut, type Glyph, type SealLayout } from "./layout.ts";
import { PIXELS_PER_MM, type Ink } from "./limits.ts";

/** The ink of each colour, as seals are printed. */
export const INK_COLOUR: Record<Ink, string> = { red: "#d7000f", blue: "#0b3fa8" };

/** Official seals are cut in a Song face; the names are those of Windows, macOS and Linux, in that order. */
const SONG = '"SimSun", "Songti SC", "STSong", "Noto Serif CJK SC", "Source Han Serif SC", serif';
const FIGURES = 'Arial, "Liberation Sans", sans-serif';

/** Draws the design over the whole canvas, which gets its size: 24 pixels a millimetre, white behind. */
export function drawSeal(canvas: HTMLCanvasElement, design: SealDesign): void {
  canvas.width = Math.round(design.size.width * PIXELS_PER_MM);
  canvas.height = Math.round(design.size.height * PIXELS_PER_MM);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(canvas.width / 2, canvas.height / 2);
  context.scale(PIXELS_PER_MM, PIXELS_PER_MM);
  context.fillStyle = INK_COLOUR[design.ink];
  context.strokeStyle = INK_COLOUR[design.ink];
  const layout = layOut(design);
  drawRim(context, design, layout.rim);
  drawStar(context, layout);
  for (const glyph of layout.glyphs) drawGlyph(context, glyph);
}

function drawRim(context: CanvasRenderingContext2D, design: SealDesign, rim: number): void {
  const { width, height } = design.size;
  context.lineWidth = rim;
  context.beginPath();
  if (design.shape === "rectangle") context.rect((rim - width) / 2, (rim - height) / 2, width - rim, height - rim);
  else context.ellipse(0, 0, (width - rim) / 2, (height - rim) / 2, 0, 0, 2 * Math.PI);
  context.stroke();
}

function drawStar(context: CanvasRenderingContext2D, { star }: SealLayout): void {
  if (star.length === 0) return;
  context.beginPath();
  for (const { x, y } of star) context.lineTo(x, y);
  context.closePath();
  context.fill();
}

/** Fonts are sized in whole units by some browsers, so a glyph is drawn large and scaled down. */
const DRAWN_AT = 100;

function drawGlyph(context: CanvasRenderingContext2D, glyph: Glyph): void {
  const ascii = /^[\x21-\x7e]$/.test(glyph.text);
  context.save();
  context.translate(glyph.x, glyph.y);
  context.rotate(glyph.turn);
  context.font = `bold ${DRAWN_AT}px ${ascii ? FIGURES : SONG}`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const box = context.measureText(glyph.text);
  // A Han character fills its square; figures are as tall as the capitals, so they are measured by what they ink.
  const inked = ascii ? context.measureText("0") : box;
  const tall = ascii ? inked.actualBoundingBoxAscent : DRAWN_AT;
  const wide = ascii ? inked.width : box.width;
  context.scale((glyph.height * glyph.stretch) / wide, glyph.height / tall);
  const middle = (inked.actualBoundingBoxAscent - inked.actualBoundingBoxDescent) / 2;
  context.fillText(glyph.text, 0, ascii ? middle : squareMiddle(context));
  context.restore();
}

/** How far below a Han character's middle its baseline lies: 田 fills its square evenly, so that 一 keeps its place between others. */
function squareMiddle(context: CanvasRenderingContext2D): number {
  const { actualBoundingBoxAscent, actualBoundingBoxDescent } = context.measureText("田");
  return (actualBoundingBoxAscent - actualBoundingBoxDescent) / 2;
}
