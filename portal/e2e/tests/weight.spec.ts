/** What the first page weighs on the way to a browser that has nothing of it yet. */

import { expect, test } from "../stack/test.ts";

/** 200 KiB, before anybody has logged in. */
const MOST = 200 * 1024;
/** Six at a time over HTTP/1.1: on a phone's network another half a dozen is another 150 ms. */
const MOST_FILES = 20;

test("all that the first page needs comes in 200 KiB and 20 files, compressed, and nothing of it from elsewhere", async ({ page, server }) => {
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  const addresses = new Map<string, { url: string; encoding: string }>();
  const sizes = new Map<string, number>();
  client.on("Network.responseReceived", ({ requestId, response }) => {
    const encoding = Object.entries(response.headers).find(([name]) => name.toLowerCase() === "content-encoding");
    addresses.set(requestId, { url: response.url, encoding: encoding?.[1] ?? "" });
  });
  // Head and body as they were on the wire.
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => void sizes.set(requestId, encodedDataLength));
  await page.goto("/", { waitUntil: "networkidle" });
  await expect(page.getByRole("button", { name: "登录", exact: true })).toBeVisible();

  const files = [...addresses].map(([id, of]) => ({ ...of, bytes: sizes.get(id) ?? 0 })).sort((a, b) => b.bytes - a.bytes);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const list = files.map(({ url, encoding, bytes }) => `${bytes}\t${encoding}\t${url.slice(server.origin.length)}`).join("\n");
  test.info().annotations.push({ type: "first page", description: `${(total / 1024).toFixed(1)} KiB in ${files.length} files` });
  console.log(`first page: ${(total / 1024).toFixed(1)} KiB in ${files.length} files`);
  expect(total, list).toBeLessThanOrEqual(MOST);
  expect(files.length, list).toBeLessThanOrEqual(MOST_FILES);
  expect(total, "something was measured").toBeGreaterThan(20 * 1024);
  for (const { url, encoding, bytes } of files) {
    expect(url.startsWith(`${server.origin}/`), url).toBe(true);
    // A file of a few bytes gets no smaller; its head alone is some hundred.
    if (/\.(js|css)$/.test(url) && bytes > 1024) {
      expect(encoding, url).toBe("br");
    }
  }
});
