import { existsSync, readFileSync } from "node:fs";

/** One decision on what a role's session asked for: a line of the access log. */
export interface AccessDecision {
  /** The role's physical name. */
  role: string;
  /** `dynamodb:PutItem` */
  action: string;
  /** The ARN that was asked for. */
  resource: string;
  allowed: boolean;
}

/** Reads the decisions that emulator and search gateway have logged, in order. */
export function readAccessLog(file: string): AccessDecision[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AccessDecision);
}
