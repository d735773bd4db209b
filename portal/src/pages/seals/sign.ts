/** The legal-person card's signature over what a seal is to be (J15). */

import { api, call, type Wire } from "@/api/client.ts";
import { signed, type Evidence } from "@/card/sign.ts";

/**
 * Has the server look at the image, then the card sign the digest that the server gave. `signing` is called when the person is asked for
 * the PIN.
 *
 * @throws Problem, BridgeError
 */
export async function signSeal(check: Wire["SealCheck"], signing: () => void): Promise<Evidence> {
  const { digest } = await call(api.POST("/v1/seals/check", { body: check }));
  return signed({ purpose: "seal", digest }, signing);
}
