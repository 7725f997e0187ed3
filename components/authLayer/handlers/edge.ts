import { createHash } from "node:crypto";

/** Hashes an edge secret. Functions know the hashes only; a random secret of 32 characters cannot be guessed from its hash. */
export const hashOfEdgeSecret = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Decides by the value of `EDGE_HEADER` whether a request came through CloudFront. */
export type EdgeCheck = (header: string | undefined) => boolean;

/** @param hashes hashes of all accepted secrets: two during a rotation. */
export function createEdgeCheck(hashes: readonly string[]): EdgeCheck {
  const accepted = new Set(hashes);
  return (header) => header !== undefined && accepted.has(hashOfEdgeSecret(header));
}
