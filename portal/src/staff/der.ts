/** A certificate or a revocation list out of a file, as the API takes it: DER in Base64. */

import { base64 } from "@/ui/base64.ts";

const PEM = /-----BEGIN (?:CERTIFICATE|X509 CRL|TRUSTED CERTIFICATE)-----([\sA-Za-z0-9+/=]+)-----END/;

/** PEM (RFC 7468) is Base64 of DER already. Of several in one file the first is taken. */
export async function derBase64(file: Blob): Promise<string> {
  const text = await file.slice(0, 64).text();
  if (!text.includes("-----BEGIN") && !text.includes("Bag Attributes")) return await base64(file);
  return (PEM.exec(await file.text())?.[1] ?? "").replace(/\s/g, "");
}
