/** 印章管理 (J15): drawn or uploaded, signed by the legal-person card, put into use, and looked at. */

import type { Locator, Page } from "@playwright/test";
import { cardOf, confirm, enter, logInByCard, Office, PIN, told } from "../stack/enterprise.ts";
import { accessible, choose, expect, logIn, test, type Desk } from "../stack/test.ts";

const SIGN = "用法人卡签署并保存";

interface Seals {
  items: { id: string; name: string; kind: string; shape: string; state: string; colour: string; width_mm: number; height_mm: number; default: boolean }[];
}

/** The administrator at the desk, with the legal-person card, on the page of the seals. */
async function atTheDesk(page: Page, desk: Desk, card: string): Promise<void> {
  await logInByCard(page, desk, card);
  await page.goto("/seals");
  await expect(page.getByRole("button", { name: "制作印章" })).toBeEnabled();
}

/** Makes one as it is proposed. */
async function make(page: Page, desk: Desk, kind: string): Promise<void> {
  await page.getByRole("button", { name: "制作印章" }).click();
  const dialog = page.getByRole("dialog", { name: "制作印章" });
  if (kind !== "公章") {
    await choose(dialog, "印章类型", kind);
  }
  await expect(dialog.getByLabel("印章名称")).toHaveValue(kind);
  desk.personAnswers(PIN);
  await dialog.getByRole("button", { name: SIGN }).dblclick();
  await expect(dialog).toBeHidden();
  await expect(seal(page, kind)).toBeVisible();
}

const seal = (page: Page, name: string): Locator => page.getByRole("main").getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

/** A PNG as a scanner makes one: a ring of `ink` on `paper`. */
async function scan(page: Page, side: number, ink: string, paper: string): Promise<Buffer> {
  const data = await page.evaluate(
    ([across, colour, ground]) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [across, across];
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      context.fillStyle = ground;
      context.fillRect(0, 0, across, across);
      context.strokeStyle = colour;
      context.lineWidth = across * 0.06;
      context.beginPath();
      context.arc(across / 2, across / 2, across * 0.36, 0, 2 * Math.PI);
      context.stroke();
      return canvas.toDataURL("image/png");
    },
    [side, ink, paper] as const,
  );
  return Buffer.from(data.slice(data.indexOf(",") + 1), "base64");
}

test("a round seal with star and arc is drawn and signed by the card; it is put into use, the default, disabled, changed, looked at, and deleted", async ({
  page,
  server,
  desk,
  authority,
}) => {
  const office = await Office.open(server);
  await atTheDesk(page, desk, authority.issue(cardOf(office.admin.person, office.enterprise)));
  await expect(page.getByText("还没有印章。请用本企业法人卡登录，点击“制作印章”。")).toBeVisible();
  await accessible(page, "seals-none");
  await page.getByRole("button", { name: "制作印章" }).click();
  const dialog = page.getByRole("dialog", { name: "制作印章" });
  await expect(dialog.getByRole("img", { name: `印章预览：${office.enterprise.name}，圆形，40 × 40 毫米` })).toBeVisible();
  await accessible(page, "seals-draw-round");
  await dialog.getByLabel("企业名称").fill("");
  await expect(dialog.getByText("请填写企业名称")).toBeVisible();
  await expect(dialog.getByRole("button", { name: SIGN })).toBeDisabled();
  await dialog.getByLabel("企业名称").fill(office.enterprise.name);
  await dialog.getByLabel("印章编码").fill("33010200012345");

  desk.personAnswers({ pin: "654321" });
  await dialog.getByRole("button", { name: SIGN }).click();
  await expect(dialog.getByRole("alert").first()).toContainText("PIN");
  await accessible(page, "seals-wrong-pin");
  desk.personAnswers("cancel");
  await dialog.getByRole("button", { name: SIGN }).click();
  await expect(dialog.getByRole("alert").first()).toContainText(/取消|关闭/);
  desk.personAnswers(PIN);
  await dialog.getByRole("button", { name: SIGN }).dblclick();
  await told(page, "印章已制作，启用后即可使用");
  expect(desk.shown()).toContain(server.origin);
  const made = await office.ask<Seals>("/v1/seals");
  expect(made.items).toMatchObject([{ name: "公章", kind: "official", shape: "round", state: "draft", colour: "red", width_mm: 40, height_mm: 40 }]);

  const one = seal(page, "公章");
  await expect(one).toContainText("待启用");
  await expect(one).toContainText(office.admin.person.name);
  const act = async (what: string, then: string): Promise<void> => {
    await one.getByRole("button", { name: `${what} 公章`, exact: true }).dblclick();
    await confirm(page, what);
    await told(page, then);
  };
  await act("启用", "印章已启用");
  await expect(one).toContainText("使用中");
  await act("设为默认", "已设为默认印章");
  await expect(one.getByText("默认", { exact: true })).toBeVisible();
  await act("停用", "印章已停用");
  await expect(one).toContainText("已停用");
  await act("恢复", "印章已恢复");
  await accessible(page, "seals");

  await one.getByRole("button", { name: "查看 公章" }).click();
  const view = page.getByRole("dialog", { name: "公章" });
  const image = view.getByRole("img", { name: "公章，40 × 40 毫米" });
  await expect(image).toBeVisible();
  // A millimetre of CSS is 96/25.4 pixels.
  await expect.poll(async () => (await image.boundingBox())?.width).toBeCloseTo((40 * 96) / 25.4, 0);
  await accessible(page, "seals-view");
  await view.getByText("放大 2 倍").click();
  await expect.poll(async () => (await image.boundingBox())?.width).toBeCloseTo((80 * 96) / 25.4, 0);
  await view.getByRole("button", { name: "关闭" }).last().click();

  await one.getByRole("button", { name: "修改 公章" }).click();
  const edit = page.getByRole("dialog", { name: "修改印章" });
  await edit.getByLabel("印章名称").fill("公章（二）");
  await accessible(page, "seals-edit");
  desk.personAnswers(PIN);
  await edit.getByRole("button", { name: SIGN }).dblclick();
  await told(page, "印章已修改");
  const renamed = seal(page, "公章（二）");
  await expect(renamed).toContainText("使用中");
  const file = page.waitForEvent("download");
  await renamed.getByRole("button", { name: "下载电子印章" }).click();
  expect((await file).suggestedFilename()).toMatch(/^[0-9A-F]{32}\.seal$/);
  await renamed.getByRole("button", { name: "删除 公章（二）" }).dblclick();
  await confirm(page, "删除");
  await told(page, "印章已删除");
  await expect(renamed).toHaveCount(0);
  await page.goto("/messages");
  await expect(page.getByRole("main")).toContainText("公章（二）");
});

test("an oval and a rectangle are drawn; an operator and a session without the card look at them, and the latter may disable and delete", async ({
  page,
  server,
  desk,
  authority,
}) => {
  const office = await Office.open(server);
  const li = await office.operator();
  await atTheDesk(page, desk, authority.issue(cardOf(office.admin.person, office.enterprise)));
  await page.getByRole("button", { name: "制作印章" }).click();
  const dialog = page.getByRole("dialog", { name: "制作印章" });
  await choose(dialog, "印章类型", "发票专用章");
  await expect(dialog.getByRole("img", { name: `印章预览：${office.enterprise.name}，椭圆形，40 × 30 毫米` })).toBeVisible();
  await expect(dialog.getByLabel("中间号码")).toHaveValue(office.enterprise.uscc);
  await accessible(page, "seals-draw-ellipse");
  await choose(dialog, "印章类型", "报关专用章");
  await expect(dialog.getByRole("img", { name: `印章预览：${office.enterprise.name}，长方形，50 × 30 毫米` })).toBeVisible();
  await dialog.getByText("蓝色", { exact: true }).click();
  await accessible(page, "seals-draw-rectangle");
  await dialog.getByRole("button", { name: "取消" }).click();
  await make(page, desk, "发票专用章");
  await make(page, desk, "报关专用章");
  const made = await office.ask<Seals>("/v1/seals");
  expect(made.items.map(({ shape, width_mm, height_mm }) => [shape, width_mm, height_mm]).sort()).toEqual([
    ["ellipse", 40, 30],
    ["rectangle", 50, 30],
  ]);
  await seal(page, "发票专用章").getByRole("button", { name: "启用 发票专用章" }).click();
  await confirm(page, "启用");
  await told(page, "印章已启用");

  await enter(page, li.person, "/seals");
  await expect(page.getByText("操作员可以查看本企业的印章。")).toBeVisible();
  await expect(seal(page, "报关专用章")).toBeVisible();
  await expect(page.getByRole("img", { name: "发票专用章，发票专用章" })).toBeVisible();
  await expect(page.getByRole("button", { name: /制作印章|启用|停用|删除|修改/ })).toHaveCount(0);
  await accessible(page, "seals-operator");

  await enter(page, office.admin.person, "/seals");
  await expect(page.getByText("您本次不是用法人卡登录，可以查看、停用和删除印章。")).toBeVisible();
  await expect(page.getByRole("button", { name: "制作印章" })).toBeDisabled();
  await expect(page.getByRole("button", { name: "启用 报关专用章" })).toBeDisabled();
  await accessible(page, "seals-without-card");
  await page.getByRole("button", { name: "停用 发票专用章" }).click();
  await confirm(page, "停用");
  await told(page, "印章已停用");
  await page.getByRole("button", { name: "删除 发票专用章" }).click();
  await confirm(page, "删除");
  await expect(seal(page, "发票专用章")).toHaveCount(0);
});

test("a scan is cut out and cleaned; too few dots, a wrong colour and no image are told while one looks; then the card signs it", async ({ page, server, desk, authority }) => {
  const office = await Office.open(server);
  await atTheDesk(page, desk, authority.issue(cardOf(office.admin.person, office.enterprise)));
  await page.getByRole("button", { name: "制作印章" }).click();
  const dialog = page.getByRole("dialog", { name: "制作印章" });
  await dialog.getByText("上传图片", { exact: true }).click();
  await expect(dialog).toContainText("PNG 或 JPEG，不低于 600 dpi；圆形 不超过 45 × 45 毫米；白底红色或蓝色");
  await accessible(page, "seals-upload-none");
  const bring = async (name: string, file: Buffer): Promise<void> => {
    if ((await dialog.getByRole("button", { name: "换一张图片" }).count()) > 0) {
      await dialog.getByRole("button", { name: "换一张图片" }).click();
    }
    await dialog.locator("input[type=file]").setInputFiles({ name, mimeType: "image/png", buffer: file });
  };
  const checks = dialog.getByRole("list", { name: "检查" });
  const sign = dialog.getByRole("button", { name: SIGN });

  await bring("a.gif", Buffer.from("GIF89a"));
  await expect(dialog.getByText("只支持 PNG 和 JPEG 图片")).toBeVisible();
  await bring("small.png", await scan(page, 113, "#d6001c", "#ffffff"));
  await expect(checks).toContainText(/裁剪后只有 \d+ dpi，至少需要 600 dpi：请用更高的分辨率重新扫描/);
  await expect(sign).toBeDisabled();
  await accessible(page, "seals-upload-dpi");
  await bring("green.png", await scan(page, 1400, "#14963a", "#ffffff"));
  await expect(checks).toContainText("图中没有红色或蓝色的印迹");
  await expect(sign).toBeDisabled();
  await bring("grey.png", await scan(page, 1400, "#b83238", "#c0bdb8"));
  await expect(checks).toContainText("红色，底色为白");
  await dialog.getByText("净化底色", { exact: true }).click();
  await expect(checks).toContainText("底色不是白色：请勾选“净化底色”，或重新扫描");
  await expect(sign).toBeDisabled();
  await accessible(page, "seals-upload-background");
  await dialog.getByText("净化底色", { exact: true }).click();
  await expect(sign).toBeEnabled();
  await dialog.getByLabel("印章的实际尺寸").fill("42");
  await dialog.getByLabel("印章的实际尺寸").press("Enter");
  await expect(dialog).toContainText("按实际尺寸显示，42 × 42 毫米");
  await expect(sign).toBeEnabled();
  await accessible(page, "seals-upload");
  desk.personAnswers(PIN);
  await sign.dblclick();
  await told(page, "印章已制作，启用后即可使用");
  const made = await office.ask<Seals>("/v1/seals");
  expect(made.items).toMatchObject([{ shape: "round", colour: "red", width_mm: 42, height_mm: 42 }]);
});

test("a scan of 1,800 dpi is taken, too: the page brings it down to what is printed", async ({ page, server, desk, authority }) => {
  const office = await Office.open(server);
  await atTheDesk(page, desk, authority.issue(cardOf(office.admin.person, office.enterprise)));
  await page.getByRole("button", { name: "制作印章" }).click();
  const dialog = page.getByRole("dialog", { name: "制作印章" });
  await dialog.getByText("上传图片", { exact: true }).click();
  await dialog.locator("input[type=file]").setInputFiles({ name: "fine.png", mimeType: "image/png", buffer: await scan(page, 3000, "#1a3cc8", "#ffffff") });
  await expect(dialog.getByRole("list", { name: "检查" })).toContainText("蓝色，底色为白");
  await expect(dialog.getByRole("button", { name: SIGN })).toBeEnabled();
  desk.personAnswers(PIN);
  await dialog.getByRole("button", { name: SIGN }).click();
  await told(page, "印章已制作，启用后即可使用");
  expect((await office.ask<Seals>("/v1/seals")).items).toMatchObject([{ colour: "blue", width_mm: 40 }]);
});

test("an operator's card makes no seal, and another enterprise sees none", async ({ page, server, desk, authority }) => {
  const [office, other] = [await Office.open(server), await Office.open(server)];
  await atTheDesk(page, desk, authority.issue(cardOf(office.admin.person, office.enterprise)));
  await make(page, desk, "公章");
  const [made] = (await office.ask<Seals>("/v1/seals")).items;
  desk.remove();
  await page.context().clearCookies();
  await page.goto("/seals");
  await logIn(page, other.admin.person);
  await expect(page.getByText("还没有印章。")).toBeVisible();
  expect((await server.call("GET", `/v1/seals/${made?.id}/image`, undefined, other.admin.token)).status).toBe(404);

  // An operator's card of the administrator: the page says what is missing, before anything is drawn.
  await page.context().clearCookies();
  await logInByCard(page, desk, authority.issue(cardOf(other.admin.person, other.enterprise, "operator")));
  await page.goto("/seals");
  await expect(page.getByText("您本次不是用法人卡登录")).toBeVisible();
  await expect(page.getByRole("button", { name: "制作印章" })).toBeDisabled();
});
