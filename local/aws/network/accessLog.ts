import { existsSync, readFileSync } from "node:fs";

/** One decision on a request of a role's session: a line of the access log. */
export interface AccessDecision {
  /** The role's physical name. */
  role: string;
  /** `dynamodb:PutItem` */
  action: string;
  /** ARN of the requested resource. */
  resource: string;
  allowed: boolean;
}

/** Reads the logged decisions of emulator and search gateway, in order. */
export function readAccessLog(file: string): AccessDecision[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AccessDecision);
}
