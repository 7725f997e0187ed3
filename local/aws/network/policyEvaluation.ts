import { matchesWildcards } from "../wildcards";

/** Request to evaluate by IAM's rules. */
export interface AccessRequest {
  /** ARN of the role behind the session. */
  principal: string;
  /** `es:ESHttpGet` */
  action: string;
  resource: string;
}

interface Statement {
  Effect?: string;
  Principal?: unknown;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: unknown;
}

/**
 * Returns true if IAM allows the request to a role of the same account: a statement in the role's policies, or in the resource's
 * policy with this role as principal, allows it, and none denies it. Conditions are not evaluated: a statement with one never
 * allows and always denies, so that no permission is granted that AWS would refuse.
 */
export function isAllowed(
  request: AccessRequest,
  identityPolicies: readonly string[],
  resourcePolicies: readonly string[],
): boolean {
  const identity = identityPolicies.flatMap(statementsOf).filter((statement) => covers(statement, request));
  const resource = resourcePolicies
    .flatMap(statementsOf)
    .filter((statement) => covers(statement, request) && namesPrincipal(statement.Principal, request.principal));
  const matching = [...identity, ...resource];
  if (matching.some(({ Effect }) => Effect === "Deny")) return false;
  return matching.some(({ Effect, Condition }) => Effect === "Allow" && Condition === undefined);
}

function statementsOf(policy: string): Statement[] {
  const { Statement: statements } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  return [statements ?? []].flat();
}

function covers(statement: Statement, { action, resource }: AccessRequest): boolean {
  const actions = statement.NotAction ?? statement.Action ?? [];
  const resources = statement.NotResource ?? statement.Resource ?? [];
  const actionMatches = [actions]
    .flat()
    .some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase()));
  const resourceMatches = [resources].flat().some((pattern) => matchesWildcards(pattern, resource));
  return (
    actionMatches === (statement.NotAction === undefined) && resourceMatches === (statement.NotResource === undefined)
  );
}

function namesPrincipal(principal: unknown, role: string): boolean {
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  const named = [(principal as { AWS?: string | string[] }).AWS ?? []].flat();
  return named.includes("*") || named.includes(role);
}
