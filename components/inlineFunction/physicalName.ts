import { createHash } from "node:crypto";

/** Longest name that AWS allows for a Lambda function and for a role. */
const LONGEST = 64;

/**
 * Physical name of a function, its role and its log group: stable across updates, different per stack, and within Lambda's limit of
 * 64 letters, digits, hyphens and underscores. A hash of the whole replaces what does not fit.
 */
export function physicalName(...parts: string[]): string {
  const whole = parts.join("-");
  const allowed = whole.replace(/[^A-Za-z0-9_-]/g, "-");
  if (allowed === whole && whole.length <= LONGEST) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${allowed.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
