/** 签名管理 (J16): one's own, written or uploaded. */

import type { Locator, Page } from "@playwright/test";
import { confirm, enter, member, Office, told } from "../stack/enterprise.ts";
import { accessible, expect, logIn, test } from "../stack/test.ts";

interface Signatures {
  items: { name: string | null; state: string; default: boolean; width_mm: number; height_mm: number }[];
}

/** Writes with the mouse: points from 0 to 100 across and down the paper, line by line. */
async function write(page: Page, paper: Locator, lines: readonly (readonly (readonly [number, number])[])[]): Promise<void> {
  const box = await paper.boundingBox();
  if (box === null) throw new Error("there is no paper");
  const at = ([x, y]: readonly [number, number]): [number, number] => [box.x + (box.width * x) / 100, box.y + (box.height * y) / 100];
  for (const [first, ...rest] of lines) {
    if (first === undefined) continue;
    await page.mouse.move(...at(first));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...at(point), { steps: 8 });
    await page.mouse.up();
  }
}

const NAME = [
  [[20, 30], [45, 28]],
  [[32, 15], [30, 50], [18, 80]],
  [[31, 48], [46, 78]],
  [[55, 25], [80, 22], [70, 45], [82, 75], [55, 78]],
] as const;

test("a signature is written with the mouse, kept once, put into use, the default, disabled and deleted", async ({ page, server }) => {
  const zhang = await member(server);
  await page.goto("/signatures");
  await logIn(page, zhang.person);
  await expect(page.getByText("还没有签名。点击“制作签名”")).toBeVisible();
  await accessible(page, "signatures-none");
  await page.getByRole("button", { name: "制作签名" }).click();
  const dialog = page.getByRole("dialog", { name: "制作签名" });
  const save = dialog.getByRole("button", { name: "保存" });
  await expect(save).toBeDisabled();
  const paper = dialog.getByRole("img", { name: /签名区/ });
  await write(page, paper, [[[10, 50], [90, 50]]]);
  await expect(dialog.getByText("笔迹太小，请写大一些")).toBeVisible();
  await expect(save).toBeDisabled();
  await dialog.getByRole("button", { name: "重写" }).click();
  await write(page, paper, NAME);
  await expect(dialog.getByRole("img", { name: /签名预览/ })).toBeVisible();
  await dialog.getByLabel("签名名称").fill("常用");
  await accessible(page, "signatures-write");
  await save.dblclick();
  await told(page, "签名已保存，启用后即可使用");
  const list = async (): Promise<Signatures["items"]> => (await server.done<Signatures>("GET", "/v1/signatures", undefined, zhang.token)).items;
  expect(await list()).toHaveLength(1);
  const [made] = await list();
  expect(made?.width_mm).toBeLessThanOrEqual(35);
  expect(made?.height_mm).toBeLessThanOrEqual(30);

  const one = page.getByRole("main").getByRole("listitem").filter({ hasText: "常用" });
  await expect(one).toContainText("待启用");
  for (const [what, then, state] of [
    ["启用", "签名已启用", "使用中"],
    ["设为默认", "已设为默认签名", "默认"],
    ["停用", "签名已停用", "已停用"],
    ["恢复", "签名已恢复", "使用中"],
  ] as const) {
    await one.getByRole("button", { name: `${what} 常用`, exact: true }).click();
    await told(page, then);
    await expect(one).toContainText(state);
  }
  await expect(one.getByRole("img", { name: "常用" })).toBeVisible();
  await accessible(page, "signatures");
  await one.getByRole("button", { name: "删除 常用" }).dblclick();
  await confirm(page, "删除");
  await told(page, "签名已删除");
  expect(await list()).toHaveLength(0);
});

test("a photograph of a signature becomes black on nothing; another person of the enterprise sees none of it", async ({ page, server }) => {
  const office = await Office.open(server);
  const li = await office.operator();
  await page.goto("/signatures");
  await logIn(page, li.person);
  await page.getByRole("button", { name: "制作签名" }).click();
  const dialog = page.getByRole("dialog", { name: "制作签名" });
  await dialog.getByText("上传图片", { exact: true }).click();
  await accessible(page, "signatures-upload-none");
  await dialog.locator("input[type=file]").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("no image") });
  await expect(dialog.getByText("只支持 PNG 和 JPEG 图片")).toBeVisible();
  const photograph = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [900, 600];
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.fillStyle = "#f2efe8";
    context.fillRect(0, 0, 900, 600);
    context.strokeStyle = "#20242c";
    context.lineWidth = 14;
    context.beginPath();
    context.moveTo(200, 200);
    context.bezierCurveTo(350, 80, 420, 520, 700, 220);
    context.stroke();
    return canvas.toDataURL("image/jpeg", 0.9);
  });
  const file = Buffer.from(photograph.slice(photograph.indexOf(",") + 1), "base64");
  await dialog.locator("input[type=file]").setInputFiles({ name: "签名.jpg", mimeType: "image/jpeg", buffer: file });
  await expect(dialog.getByRole("img", { name: /签名预览/ })).toBeVisible();
  await accessible(page, "signatures-upload");
  await dialog.getByRole("button", { name: "保存" }).dblclick();
  await told(page, "签名已保存，启用后即可使用");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);

  await enter(page, office.admin.person, "/signatures");
  await expect(page.getByText("还没有签名。")).toBeVisible();
});
