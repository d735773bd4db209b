/** The pictures of seals and signatures, in docs/manual/seals.md. */

import type { Locator, Page } from "@playwright/test";
import { choose } from "../stack/walk.ts";
import { picture } from "./camera.ts";
import { CHEN, PIN } from "./people.ts";
import { expect, legalCard, test } from "./stage.ts";
import { button, logInByCard, part } from "./walk.ts";

test("seals are drawn, uploaded and put into use with the legal person's card", async ({ page, stage, desk }) => {
  await stage.enterprise();
  await logInByCard(page, desk, legalCard(stage));
  await page.goto("/seals");
  const list = part(page, "印章管理");
  await button(list, "制作印章").click();
  const dialog = page.getByRole("dialog", { name: "制作印章" });
  await expect(button(dialog, "用法人卡签署并保存")).toBeEnabled();
  await picture(page, "seal-draw", { of: [dialog], mark: [dialog.getByText("在线制作"), button(dialog, "用法人卡签署并保存")] });
  desk.personAnswers(PIN);
  await button(dialog, "用法人卡签署并保存").click();
  await expect(dialog).toHaveCount(0);
  await button(list, "启用 公章").click();
  await button(page.getByRole("dialog"), "启用").click();
  await expect(list).toContainText("使用中");

  await upload(page, list, await drawn(stage.server, await stage.server.logIn(CHEN)));
  const again = page.getByRole("dialog", { name: "制作印章" });
  await picture(page, "seal-upload", { of: [again], mark: [again.getByText("上传图片"), again.getByRole("list", { name: "检查" })] });
  desk.personAnswers(PIN);
  await button(again, "用法人卡签署并保存").click();
  await expect(again).toHaveCount(0);
  await picture(page, "seals", { of: [list], mark: [button(list, "启用 合同专用章")] });
});

/** The picture of the seal that is there. */
async function drawn(server: { call(method: string, path: string, body?: unknown, token?: string): Promise<Response> }, token: string): Promise<Buffer> {
  const { items } = (await (await server.call("GET", "/v1/seals", undefined, token)).json()) as { items: { id: string }[] };
  return Buffer.from(await (await server.call("GET", `/v1/seals/${items[0]?.id}/image`, undefined, token)).arrayBuffer());
}

/** Begins a contract seal with an uploaded picture. */
async function upload(page: Page, list: Locator, image: Buffer): Promise<void> {
  await button(list, "制作印章").click();
  const dialog = page.getByRole("dialog", { name: "制作印章" });
  await choose(dialog, "印章类型", "合同专用章");
  await dialog.getByText("上传图片").click();
  await dialog.locator("input[type=file]").setInputFiles({ name: "scan.png", mimeType: "image/png", buffer: image });
  await expect(dialog.getByRole("list", { name: "检查" }).getByRole("listitem")).toHaveCount(4);
}

/** 陈静, a stroke a line, on a board of 130 by 100. */
const STROKES = [
  [8, 15, 22, 15, 14, 32, 24, 44, 13, 52],
  [8, 15, 8, 52, 8, 90],
  [30, 26, 44, 25, 58, 24],
  [44, 11, 38, 28, 31, 46, 57, 44],
  [45, 38, 45, 62, 44, 88, 37, 79],
  [36, 58, 32, 68, 28, 76],
  [52, 57, 57, 66, 61, 75],
  [66, 18, 87, 17],
  [65, 30, 88, 29],
  [62, 42, 91, 41],
  [77, 9, 77, 25, 77, 41],
  [69, 52, 69, 70, 65, 90],
  [69, 52, 86, 51, 86, 70, 86, 87, 81, 82],
  [70, 63, 84, 63],
  [70, 74, 84, 74],
  [105, 10, 101, 19, 96, 27],
  [102, 18, 115, 17, 108, 30],
  [98, 32, 119, 31, 119, 46, 118, 61],
  [92, 46, 126, 45],
  [98, 60, 118, 60],
  [108, 25, 108, 60, 108, 90, 101, 83],
];

test("a signature is written by hand", async ({ page, stage, desk }) => {
  await stage.enterprise();
  await logInByCard(page, desk, legalCard(stage));
  await page.goto("/signatures");
  const list = part(page, "签名管理");
  await button(list, "制作签名").click();
  const dialog = page.getByRole("dialog", { name: "制作签名" });
  const board = dialog.getByRole("img", { name: /^签名区/ });
  const box = await board.boundingBox();
  expect(box).not.toBeNull();
  const scale = ((box?.height ?? 0) / 100) * 0.9;
  const at = (x = 0, y = 0): [number, number] => [(box?.x ?? 0) + 40 + x * scale, (box?.y ?? 0) + 8 + y * scale];
  for (const [x, y, ...rest] of STROKES) {
    await page.mouse.move(...at(x, y));
    await page.mouse.down();
    for (let next = 0; next < rest.length; next += 2) {
      await page.mouse.move(...at(rest[next], rest[next + 1]), { steps: 6 });
    }
    await page.mouse.up();
  }
  await dialog.getByLabel("签名名称").fill("陈静手签");
  await expect(button(dialog, "保存")).toBeEnabled();
  await picture(page, "signature", { of: [dialog], mark: [board, button(dialog, "保存")] });
  await button(dialog, "保存").click();
  await expect(list).toContainText("待启用");
  await picture(page, "signatures", { of: [list], mark: [button(list, "启用 陈静手签")] });
});
