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
    action: "ses:SendRawEmail",
    reason: "SES may check it for mails with headers of our own; the emulator checks SendEmail only.",
  },
  {
    name: "orders-authorize",
    action: "dynamodb:DeleteItem",
    reason:
      "It ends an order's wait where the provider has voided the payment meanwhile, which the run does not cause.",
  },
  {
    name: "orders-eraser",
    action: "dynamodb:DeleteItem",
    reason: "It deletes a card that a takeover brought back; here the order is not taken over.",
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
