/** The legal-person card's signature over what a seal is to be (J15). */

import { api, call, type Wire } from "@/api/client.ts";
import { Problem } from "@/api/problem.ts";
import { BridgeError, connect, type Signed } from "@/bridge/index.ts";
import { language } from "@/texts/index.ts";

export interface Evidence {
  challenge_id: string;
  certificate: string;
  signature: string;
  algorithm: Signed["algorithm"];
}

/**
 * Has the server look at the image, then the card sign the digest that the server gave. `signing` is called when the person is asked for
 * the PIN.
 *
 * @throws Problem
 */
export async function signSeal(check: Wire["SealCheck"], signing: () => void): Promise<Evidence> {
  const { digest } = await call(api.POST("/v1/seals/check", { body: check }));
  const challenge = await call(api.POST("/v1/card-challenges", { body: { purpose: "seal", digest } }));
  try {
    const bridge = await connect({ language: language.value });
    try {
      signing();
      const signed = await bridge.sign({ purpose: "seal", argument: digest, nonce: challenge.nonce, text: challenge.text });
      return { challenge_id: challenge.challenge_id, ...signed };
    } finally {
      bridge.close();
    }
  } catch (thrown) {
    if (thrown instanceof BridgeError) {
      throw new Problem(thrown.code, thrown.title, thrown.detail, thrown.fix);
    }
    throw thrown;
  }
}
