/** A card's signature on a challenge, for what is sent with it. */

import { api, call, type Wire } from "@/api/client.ts";
import { connect, type Challenge, type Signed } from "@/bridge/index.ts";
import { language } from "@/texts/index.ts";

export interface Evidence {
  challenge_id: string;
  certificate: string;
  signature: string;
  algorithm: Signed["algorithm"];
}

/**
 * Has the server make a challenge, then the card sign it. `signing` is called when the person is asked for the PIN.
 *
 * @throws Problem of the server, BridgeError of the bridge: `asProblem` tells people of both.
 */
export async function signed(
  wanted: Wire["CardChallengeRequest"] & { purpose: Challenge["purpose"] },
  signing: () => void = () => undefined,
): Promise<Evidence> {
  const { challenge_id, nonce, text } = await call(api.POST("/v1/card-challenges", { body: wanted }));
  const argument = wanted.card_number ?? wanted.digest;
  const bridge = await connect({ language: language.value });
  try {
    signing();
    return { challenge_id, ...(await bridge.sign({ purpose: wanted.purpose, ...(argument === undefined ? {} : { argument }), nonce, text })) };
  } finally {
    bridge.close();
  }
}
