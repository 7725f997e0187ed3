import { createDecipheriv } from "node:crypto";
import { DecryptCommand, type KMSClient } from "@aws-sdk/client-kms";
import { CARD_NUMBER_PATTERN, type Card, deriveOrderId, parseCard, type SealedCard } from "../../../../domain/order";

/** Thrown for a ciphertext that is not a card for this order. It can never be authorized, so the order is not paid. */
export class UnreadableCard extends Error {
  override readonly name = "UnreadableCard";
}

/**
 * Decrypts a card with the key that its header names, one of `keyArns`: KMS unwraps the content key, the content is AES-256-GCM with the header as authenticated data.
 *
 * Throws `UnreadableCard` if it was made by another customer, for another order, or can't be decrypted. No error ever carries what was read.
 */
export async function openCard(
  kms: KMSClient,
  keyArns: readonly string[],
  jwe: string,
  order: { orderId: string; customerId: string },
): Promise<Card> {
  const sealed = parseCard(jwe);
  if (!sealed) throw new UnreadableCard("The card's envelope is not of the form that the store's page makes.");
  const keyArn = keyArns.find((arn) => arn.endsWith(`/${sealed.header.kid}`));
  if (keyArn === undefined) throw new UnreadableCard("The card was encrypted to a key that is no longer accepted.");
  const opened = decrypted(sealed, await contentKey(kms, keyArn, sealed));
  // After decryption the header is known to be the one that the card was encrypted with.
  if (sealed.header.customerId !== order.customerId) {
    throw new UnreadableCard("The card was encrypted by another customer.");
  }
  if (deriveOrderId(order.customerId, sealed.header.idempotencyKey) !== order.orderId) {
    throw new UnreadableCard("The card was encrypted for another order.");
  }
  return cardOf(opened);
}

async function contentKey(kms: KMSClient, keyArn: string, { encryptedKey }: SealedCard): Promise<Uint8Array> {
  try {
    const { Plaintext } = await kms.send(
      new DecryptCommand({
        KeyId: keyArn,
        CiphertextBlob: Buffer.from(encryptedKey, "base64url"),
        EncryptionAlgorithm: "RSAES_OAEP_SHA_256",
      }),
    );
    if (Plaintext?.length !== 32) throw new UnreadableCard("The card's content key has the wrong length.");
    return Plaintext;
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidCiphertextException") {
      throw new UnreadableCard("The card was encrypted to another key.");
    }
    throw error;
  }
}

function decrypted({ protectedHeader, iv, ciphertext, tag }: SealedCard, key: Uint8Array): string {
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(protectedHeader, "ascii"));
  decipher.setAuthTag(Buffer.from(tag, "base64url"));
  try {
    return decipher.update(ciphertext, "base64url", "utf8") + decipher.final("utf8");
  } catch {
    // The original error has no further information, and must not disclose decrypted data.
    throw new UnreadableCard("The card's ciphertext was changed.");
  }
}

function cardOf(text: string): Card {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new UnreadableCard("The card is not JSON.");
  }
  const { number, expiry, code } = (parsed ?? {}) as Record<string, unknown>;
  const matches = (value: unknown, pattern: RegExp): value is string =>
    typeof value === "string" && pattern.test(value);
  if (
    matches(number, new RegExp(CARD_NUMBER_PATTERN)) &&
    matches(expiry, /^(0[1-9]|1[0-2])\/\d\d$/) &&
    matches(code, /^\d{3,4}$/)
  ) {
    return { number, expiry, code };
  }
  throw new UnreadableCard("The card's number, expiry or code is not of the usual form.");
}
