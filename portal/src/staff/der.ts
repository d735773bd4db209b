/** A certificate or a revocation list out of a file, as the API takes it: DER in Base64. */

import { base64 } from "@/ui/base64.ts";

const PEM = /-----BEGIN (?:CERTIFICATE|X509 CRL|TRUSTED CERTIFICATE)-----([\sA-Za-z0-9+/=]+)-----END/g;

/** All that are in a file, in its order. PEM (RFC 7468) is Base64 of DER already; a file in DER holds one. */
export async function allDerBase64(file: Blob): Promise<string[]> {
  const text = await file.slice(0, 64).text();
  if (!text.includes("-----BEGIN") && !text.includes("Bag Attributes")) return [await base64(file)];
  return [...(await file.text()).matchAll(PEM)].map((found) => (found[1] ?? "").replace(/\s/g, ""));
}

/** The first one: a card's certificate stands before those of its issuers. Empty where there is none. */
export async function derBase64(file: Blob): Promise<string> {
  return (await allDerBase64(file))[0] ?? "";
}
