/** Pictures of the page for people who read: cut to what matters, what to click outlined, small. */

import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import sharp from "sharp";

const DOCS = resolve(import.meta.dirname, "../../../docs");

/** The window that every picture is taken of. */
const WINDOW = { width: 1280, height: 800 } as const;
/** A page of the manual is read over a slow line, too. `portal/tests/manual.test.ts` has the bound of all together. */
const LARGEST = 150 * 1024;

export interface Shot {
  /** What is in the picture, all of it; without it the whole window. */
  readonly of?: readonly Locator[];
  /** What the step is about. */
  readonly mark?: readonly Locator[];
}

/** Takes the picture `manual/pictures/login.png`, named `login`. */
export async function picture(page: Page, name: string, shot: Shot = {}): Promise<void> {
  await take(page, join(DOCS, "manual/pictures", `${name}.png`), shot);
}

/** Takes the whole window for the README. */
export async function portrait(page: Page, name: string): Promise<void> {
  await take(page, join(DOCS, "pictures", `${name}.png`), {});
}

async function take(page: Page, file: string, { of = [], mark = [] }: Shot): Promise<void> {
  await page.mouse.move(0, 0);
  // A word that passes ("已保存") would be in the way of what is below it.
  await expect(page.locator(".el-message")).toHaveCount(0);
  await still(page);
  await inSight(page, [...of, ...mark]);
  await outline(mark);
  const clip = of.length === 0 ? undefined : await around(of);
  const png = await page.screenshot(clip === undefined ? {} : { clip });
  await unmark(page);
  await page.setViewportSize(WINDOW);
  // A page has few colours: 256 of them are a third of the bytes.
  await sharp(png).png({ palette: true, effort: 10 }).toFile(file);
  expect(statSync(file).size, file).toBeLessThan(LARGEST);
}

/** What fades in is neither here nor there yet; what was asked of the server isn't there yet. */
async function still(page: Page): Promise<void> {
  await expect(page.locator(".el-skeleton")).toHaveCount(0);
  await page.waitForLoadState("networkidle");
  await page.evaluate(async () => {
    const passing = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.all(passing.map((animation) => animation.finished.catch(() => undefined)));
  });
}

/** Makes the window as high as what is to be seen needs. A dialog moves down as the window grows, hence not at once. */
async function inSight(page: Page, what: readonly Locator[]): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  for (let tries = 0; tries < 4; tries += 1) {
    const boxes = await Promise.all(what.map(box));
    const bottom = Math.max(0, ...boxes.map(({ y, height }) => y + height));
    const height = page.viewportSize()?.height ?? WINDOW.height;
    if (bottom + 24 <= height) {
      return;
    }
    await page.setViewportSize({ width: WINDOW.width, height: Math.ceil((bottom + 24) * 1.15) });
    await still(page);
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where something is in the window. What assistive technology takes for a dialog is the veil that it hangs in. */
const box = (of: Locator): Promise<Box> =>
  of.evaluate((element) => {
    const { x, y, width, height } = (element.querySelector(":scope > .el-dialog") ?? element).getBoundingClientRect();
    return { x, y, width, height };
  });

/** The part of the window that all of these are in, with a margin. */
async function around(what: readonly Locator[]): Promise<Box> {
  const margin = 14;
  const boxes = await Promise.all(what.map(box));
  const [x, y] = [Math.min(...boxes.map((one) => one.x)), Math.min(...boxes.map((one) => one.y))];
  const right = Math.max(...boxes.map((one) => one.x + one.width));
  const bottom = Math.max(...boxes.map((one) => one.y + one.height));
  const [left, top] = [Math.max(0, Math.floor(x - margin)), Math.max(0, Math.floor(y - margin))];
  return { x: left, y: top, width: Math.min(WINDOW.width, Math.ceil(right + margin)) - left, height: Math.ceil(bottom + margin) - top };
}

/** Frames over the page: an outline of the control's own would be cut off where its surroundings scroll. */
async function outline(what: readonly Locator[]): Promise<void> {
  for (const one of what) {
    await one.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const frame = document.createElement("div");
      frame.className = "manual-mark";
      Object.assign(frame.style, {
        position: "fixed",
        left: `${left - 6}px`,
        top: `${top - 6}px`,
        width: `${width + 12}px`,
        height: `${height + 12}px`,
        border: "3px solid #e0401f",
        borderRadius: "8px",
        pointerEvents: "none",
        zIndex: "2147483647",
      });
      document.body.append(frame);
    });
  }
}

async function unmark(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelectorAll(".manual-mark").forEach((frame) => frame.remove()));
}
