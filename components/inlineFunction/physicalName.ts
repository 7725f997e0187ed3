import { createHash } from "node:crypto";

/** Longest name of a Lambda function and of a role. */
const LONGEST = 64;

/**
 * Physical name of a function, its role and its log group: the same on each `up`, different for each stack, and within
 * Lambda's 64 letters, digits, hyphens and underscores. What does not fit is replaced by a hash of the whole.
 */
export function physicalName(...parts: string[]): string {
  const whole = parts.join("-");
  const allowed = whole.replace(/[^A-Za-z0-9_-]/g, "-");
  if (allowed === whole && whole.length <= LONGEST) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${allowed.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
