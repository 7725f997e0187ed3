import type { Explanation } from "./compare";

/**
 * Findings that the report accepts. An entry that explains nothing fails the report.
 */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    action: "ses:SendEmail",
    reason: "SES checks it on the configuration set of the sender's identity too, and here the identity has none.",
  },
  {
    action: "logs:*",
    reason: "Lambda writes the log with the role, the emulator without it.",
  },
  {
    action: "xray:*",
    reason: "Lambda sends traces with the role; the emulator sends none.",
  },
];
