import type { Environment, Runner, Use } from "./stages";

/** Prefixes of the names of the store's resources. */
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

/** Name of a runner's role in the pipeline's account. The environments' roles trust this name. */
export const runnerRoleName = (pipeline: string, runner: Runner) => `${pipeline}-run-${runner}`;

/** Name of a role in an environment's account. A runner assumes the role of this name. */
export const environmentRoleName = (pipeline: string, environment: Environment, use: Use) =>
  `${pipeline}-${environment}-${use}`;

export const environmentRoleArn = (accountId: string, ...name: Parameters<typeof environmentRoleName>) =>
  `arn:aws:iam::${accountId}:role/${environmentRoleName(...name)}`;

/** Name of the permissions boundary of all roles that a release creates in an environment (`stayopen:permissionsBoundaryArn`). */
export const boundaryName = (pipeline: string, environment: Environment) => `${pipeline}-${environment}-boundary`;
