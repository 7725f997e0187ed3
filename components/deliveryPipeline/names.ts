import type { Environment, Runner, Use } from "./stages";

/** First letters of the names that the store's program gives to its resources. */
export const STORE_PREFIXES = [
  "stayopen-",
  "auth-",
  "backups-",
  "catalogue-",
  "failover-",
  "orders-",
  "regions-",
  "observability-",
  "site-",
];

/** Role of a runner, in the pipeline's account: the environments' roles trust it by name. */
export const runnerRoleName = (pipeline: string, runner: Runner) => `${pipeline}-run-${runner}`;

/** Role of an environment, in its own account: a runner assumes it by name. */
export const environmentRoleName = (pipeline: string, environment: Environment, use: Use) =>
  `${pipeline}-${environment}-${use}`;

export const environmentRoleArn = (accountId: string, ...name: Parameters<typeof environmentRoleName>) =>
  `arn:aws:iam::${accountId}:role/${environmentRoleName(...name)}`;

/** The permissions boundary of every role that a release makes in an environment: setting `stayopen:permissionsBoundaryArn`. */
export const boundaryName = (pipeline: string, environment: Environment) => `${pipeline}-${environment}-boundary`;
