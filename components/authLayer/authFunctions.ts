import type { FunctionArgs } from "../infrastructure/functionSettings";

/** The functions by name, with the time-outs that a program may set. Cognito and API Gateway limit the others. */
export const AUTH_FUNCTIONS = {
  authorizer: "fixed",
  edge: "fixed",
  customer: "fixed",
  challenge: "fixed",
  mailer: "fixed",
  request: [10, 29],
  publisher: "fixed",
} as const;

/** Names of the functions. */
export type AuthFunction = keyof typeof AUTH_FUNCTIONS;

/** Arguments of the layer that apply to each function. */
export type AuthFunctionArgs = FunctionArgs<typeof AUTH_FUNCTIONS>;
