import type { Explanation } from "./compare";

/**
 * What the report may find and nobody has to look at. An entry that explains nothing any more fails the report, so the
 * list stays as short as it can be.
 */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    action: "ses:SendEmail",
    reason: "SES asks for it on the configuration set too, where the sender's identity has one; here it has none.",
  },
  {
    action: "logs:*",
    reason: "Lambda writes the log under the role; the emulator writes it as itself.",
  },
  {
    action: "xray:*",
    reason: "Lambda sends the traces under the role; the emulator has none.",
  },
];
