/**
 * Card envelope: encrypted in the page, decrypted by the authorizing step only.
 *
 * It is a compact JWE (RFC 7516), as the storefront makes it with `jose`:
 *
 * ```ts
 * const payload = new TextEncoder().encode(JSON.stringify({ number: "4242424242424242", expiry: "12/29", code: "123" }));
 * const card = await new CompactEncrypt(payload)
 *   .setProtectedHeader(cardHeader(keyId, { customerId, idempotencyKey }))
 *   .encrypt(await importJWK(jwk, "RSA-OAEP-256"));
 * ```
 *
 * - `kid` is the KMS key's id (`mrk-…`), the same in both Regions.
 * - `idempotencyKey` is the request's `Idempotency-Key`, and `customerId` the customer whose card it is: the claim
 *   `customerId` of their access token, or its subject. The header is the ciphertext's authenticated data, so a
 *   ciphertext is valid for one order of one customer. The key alone would not suffice: the header is readable, so another
 *   customer could send both.
 * - The payload is `{ number, expiry, code }`: digits only, `MM/YY`, 3 or 4 digits.
 *
 * Imports no package, because the storefront imports this file.
 */

export const CARD_ALGORITHM = "RSA-OAEP-256";
export const CARD_ENCRYPTION = "A256GCM";

export interface CardHeader {
  alg: typeof CARD_ALGORITHM;
  enc: typeof CARD_ENCRYPTION;
  kid: string;
  idempotencyKey: string;
  customerId: string;
}

/** Builds the protected header of a card that is valid only for this order of this customer. */
export function cardHeader(kid: string, order: { customerId: string; idempotencyKey: string }): CardHeader {
  const { customerId, idempotencyKey } = order;
  return { alg: CARD_ALGORITHM, enc: CARD_ENCRYPTION, kid, idempotencyKey, customerId };
}

/** A compact JWE taken apart; all parts base64url, as they stand. */
export interface SealedCard {
  header: CardHeader;
  /** The authenticated data of the content's encryption: the header as it was encoded, in ASCII. */
  protectedHeader: string;
  encryptedKey: string;
  iv: string;
  ciphertext: string;
  tag: string;
}

/** The longest card: a header with the longest Idempotency-Key and customer id, every character of them escaped. */
export const MAX_CARD_LENGTH = 4_000;

/** A compact JWE with a 2048-bit key: five parts, 342 characters of encrypted key, 16 of nonce, 22 of tag. */
export const CARD_PATTERN =
  "^[A-Za-z0-9_-]{40,3000}\\.[A-Za-z0-9_-]{342}\\.[A-Za-z0-9_-]{16}\\.[A-Za-z0-9_-]{20,400}\\.[A-Za-z0-9_-]{22}$";

/**
 * Takes a compact JWE apart without decrypting it. `undefined` if it is not one of the form above: nothing that
 * can't be decrypted later, or that could be meant for another order, is ever stored.
 */
export function parseCard(jwe: string): SealedCard | undefined {
  if (!new RegExp(CARD_PATTERN).test(jwe)) return undefined;
  const [protectedHeader, encryptedKey, iv, ciphertext, tag] = jwe.split(".") as [
    string,
    string,
    string,
    string,
    string,
  ];
  const header = parseHeader(protectedHeader);
  return header && { header, protectedHeader, encryptedKey, iv, ciphertext, tag };
}

function parseHeader(encoded: string): CardHeader | undefined {
  let parsed: unknown;
  try {
    const bytes = Uint8Array.from(atob(encoded.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { alg, enc, kid, idempotencyKey, customerId, ...others } = parsed as Record<string, unknown>;
  // `zip`, `crit` and the like would change what decryption has to do.
  if (Object.keys(others).length > 0) return undefined;
  if (alg !== CARD_ALGORITHM || enc !== CARD_ENCRYPTION) return undefined;
  if (typeof kid !== "string" || typeof idempotencyKey !== "string" || typeof customerId !== "string") return undefined;
  return { alg, enc, kid, idempotencyKey, customerId };
}
