/** What passes between a page and a card. */

/** A reader, and what is in it. */
export interface Reader {
  readonly name: string;
  readonly card: "empty" | "card" | "mute";
}

/** The public part of a card. Null: the card or the program before it doesn't say. */
export interface Card {
  readonly reader: string | null;
  readonly number: string | null;
  readonly holder: string | null;
  readonly enterprise: string | null;
  readonly class: "legal_person" | "operator" | null;
  /** RFC 3339 UTC. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly algorithm: Signed["algorithm"];
  /** Tries that the PIN has left; 0 is blocked. */
  readonly triesLeft: number | null;
  /** Whether the PIN is entered at the reader. */
  readonly pinPad: boolean;
}

/** What `POST /v1/card-challenges` answered, and what was asked of it. */
export interface Challenge {
  readonly purpose: "login" | "bind" | "seal" | "admin_transfer";
  /** The card's number for `bind`, the digest for `seal`. */
  readonly argument?: string;
  readonly nonce: string;
  /** For the client control. The bridge makes it itself, from the page's origin as the browser tells it. */
  readonly text: string;
}

/** What `POST /v1/sessions` and `POST /v1/me/card` take. */
export interface Signed {
  /** Base64 of DER. */
  readonly certificate: string;
  readonly algorithm: "SM2" | "ES256" | "RS256";
  /** Base64. */
  readonly signature: string;
}

/** What can be listened to. The last two are of the connection itself, which comes back without doing. */
export interface Events {
  card_inserted: { readonly reader: string };
  card_removed: { readonly reader: string };
  reader_added: { readonly reader: string };
  reader_removed: { readonly reader: string };
  connected: { readonly kind: "bridge" | "control" };
  disconnected: Record<string, never>;
}
