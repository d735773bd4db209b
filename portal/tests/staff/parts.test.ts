import { expect, test } from "vitest";

import { allDerBase64, derBase64 } from "../../src/staff/der.ts";
import { csvParts, EndlessLine, type Part } from "../../src/staff/parts.ts";

async function parts(content: BlobPart, size: number): Promise<Part[]> {
  const found: Part[] = [];
  for await (const part of csvParts(new Blob([content]), size)) found.push(part);
  return found;
}

const CSV = 'uscc,name\r\n1,"甲,\n乙"\r\n2,丙丁\r\n3,"说""了\r\n话"\r\n4,戊';

test("a file comes whole, however small its parts, and each part ends with a row", async () => {
  for (let size = 1; size < 80; size += 1) {
    const found = await parts(CSV, size);
    expect(found.map(({ text }) => text).join(""), `${size}`).toBe(CSV);
    for (const part of found.slice(0, -1)) expect(part.text, `${size}`).toMatch(/(name|乙"|丁|话")\r\n$/);
    expect(found.map(({ last }) => last)).toEqual(found.map((_, i) => i === found.length - 1));
    expect(found.at(-1)?.read).toBe(new Blob([CSV]).size);
  }
});

test("what has been read only grows", async () => {
  const read = (await parts(CSV, 7)).map((part) => part.read);
  expect(read).toEqual([...read].sort((a, b) => a - b));
});

test("a file in GBK is read as such", async () => {
  // 甲乙\n丙 in GBK.
  const gbk = Uint8Array.from([0xbc, 0xd7, 0xd2, 0xd2, 0x0a, 0xb1, 0xfb]);
  for (const size of [3, 5, 100]) expect((await parts(gbk, size)).map(({ text }) => text).join("")).toBe("甲乙\n丙");
});

test("a quotation mark that is never closed keeps no rows back", async () => {
  const found = await parts(`a,"${"x\n".repeat(3_000_000)}`, 512 * 1024);
  expect(found.length).toBeGreaterThan(10);
  for (const { text } of found.slice(0, -1)) expect(text).toMatch(/\n$/);
  // A part ends behind it where it closes within another row, too.
  expect((await parts('a,"b\nc,"d, e"\nf,g\nh,"i', 10)).map(({ text }) => text)[0]).toBe('a,"b\n');
});

test("a line without an end doesn't fill the memory", async () => {
  await expect(parts("x".repeat(3_000_000), 512 * 1024)).rejects.toThrow(EndlessLine);
});

test("one damaged byte leaves a file in the encoding that it is in", async () => {
  const bytes = new TextEncoder().encode("uscc,name\n1,杭州示例进出口有限公司\n2,福州示例贸易有限公司\n");
  bytes[15] = 0xff;
  const text = (await parts(bytes, 1024)).map((part) => part.text).join("");
  expect(text).toContain("2,福州示例贸易有限公司");
  expect(text.split("\n")[1]).toContain("\uFFFD");
});

test("an empty file has no parts", async () => {
  expect(await parts("", 10)).toEqual([]);
});

test("a certificate is taken from PEM and from DER", async () => {
  const der = Uint8Array.from([0x30, 0x03, 0x02, 0x01, 0x05]);
  expect(await derBase64(new Blob([der]))).toBe("MAMCAQU=");
  expect(await derBase64(new Blob(["-----BEGIN CERTIFICATE-----\nMAMC\nAQU=\n-----END CERTIFICATE-----\n"]))).toBe("MAMCAQU=");
  expect(await derBase64(new Blob(["Bag Attributes\n    localKeyID: 1\n-----BEGIN CERTIFICATE-----\r\nMAMCAQU=\r\n-----END CERTIFICATE-----"]))).toBe("MAMCAQU=");
  expect(await derBase64(new Blob(["-----BEGIN PRIVATE KEY-----\nMAMCAQU=\n-----END PRIVATE KEY-----"]))).toBe("");
});

test("every certificate of a file is found, in the order of the file", async () => {
  const pem = (content: string): string => `-----BEGIN CERTIFICATE-----\n${content}\n-----END CERTIFICATE-----\n`;
  const both = new Blob([pem("MAMCAQU="), pem("MAMCAQY=")]);
  expect(await allDerBase64(both)).toEqual(["MAMCAQU=", "MAMCAQY="]);
  expect(await derBase64(both)).toBe("MAMCAQU=");
  expect(await allDerBase64(new Blob(["-----BEGIN PRIVATE KEY-----\nMAMCAQU=\n-----END PRIVATE KEY-----"]))).toEqual([]);
});
