import type { AccessDecision } from "../../local/aws/network/accessLog";
import { matchesWildcards } from "../../local/aws/wildcards";
import type { Granted, Need } from "./granted";

/** Reason for a grant that no local run uses, or for an expected refusal. */
export interface Explanation {
  /** Default: `unused`. */
  of?: "unused" | "refused";
  /** Name of the function in the program. Default: every function. */
  name?: string;
  /** Action, with IAM's wildcards: `logs:*`. */
  action: string;
  /** Reason, in one sentence. */
  reason: string;
}

/** Grants of a role, compared with the requests of its sessions. */
export interface RoleGrants {
  name: string;
  role: string;
  used: Granted[];
  /** Used by an AWS service rather than the function's code: by Lambda for an event source, or by the role's service. */
  usedByService: Granted[];
  /** Never used, with the reason for keeping the grant if it is explained. */
  unused: (Granted & { reason?: string })[];
  /** Refused requests. `times` is 0 for a need of an AWS service that nothing grants. */
  refused: { action: string; resource: string; times: number; reason?: string }[];
}

export interface Comparison {
  functions: RoleGrants[];
  /** Explanations that explain nothing and should be removed. */
  idle: Explanation[];
  /** Is every unused grant and every refusal explained, and every explanation needed? */
  clean: boolean;
}

export interface Observed {
  granted: readonly Granted[];
  /** Decisions of the access log. */
  decisions: readonly AccessDecision[];
  /** Needs of AWS services that use the roles. */
  needs?: readonly Need[];
  explanations?: readonly Explanation[];
}

/**
 * Compares the grants of roles with their requests.
 *
 * A grant is one action on one resource pattern. It is used if an allowed request matches both. A request counts for every grant that it
 * matches.
 *
 * @example
 * compare({ granted: grantedOf(deployment), decisions: readAccessLog(file) }).clean
 */
export function compare({ granted, decisions, needs = [], explanations = [] }: Observed): Comparison {
  const explaining = new Set<Explanation>();
  const reasonFor = (of: "unused" | "refused", name: string, action: string): string | undefined => {
    const found = explanations.find(
      (one) =>
        (one.of ?? "unused") === of &&
        (one.name ?? name) === name &&
        matchesWildcards(one.action.toLowerCase(), action.toLowerCase()),
    );
    if (found) explaining.add(found);
    return found?.reason;
  };

  const nameOf = new Map(granted.map(({ role, name }) => [role, name]));
  // A role without grants may be refused too.
  const roles = new Set([
    ...nameOf.keys(),
    ...needs.map(({ role }) => role),
    ...decisions.filter((one) => !one.allowed).map(({ role }) => role),
  ]);
  const functions = [...roles].map((role): RoleGrants => {
    const name = nameOf.get(role) ?? role;
    const allowed = distinct(decisions.filter((one) => one.role === role && one.allowed));
    const own = granted.filter((grant) => grant.role === role);
    const used = own.filter((grant) => allowed.some((decision) => covers(grant, decision)));
    const ownNeeds = needs.filter((need) => need.role === role);
    const usedByService = own.filter((grant) => !used.includes(grant) && ownNeeds.some((need) => covers(grant, need)));
    const unused = own
      .filter((grant) => !used.includes(grant) && !usedByService.includes(grant))
      .map((grant) => ({ ...grant, reason: reasonFor("unused", name, grant.action) }));
    const denied = decisions.filter((one) => one.role === role && !one.allowed);
    const refused = distinct(denied).map(({ action, resource }) => ({
      action,
      resource,
      times: denied.filter((one) => one.action === action && one.resource === resource).length,
      reason: reasonFor("refused", name, action),
    }));
    for (const { action, resource } of ownNeeds)
      if (!own.some((grant) => covers(grant, { role, action, resource })))
        refused.push({ action, resource, times: 0, reason: reasonFor("refused", name, action) });
    return { name, role, used, usedByService, unused, refused };
  });
  functions.sort((first, second) => (first.name < second.name ? -1 : 1));

  const idle = explanations.filter((one) => !explaining.has(one));
  const explained = functions.every(({ unused, refused }) => [...unused, ...refused].every(({ reason }) => reason));
  return { functions, idle, clean: explained && idle.length === 0 };
}

function covers(grant: Granted, { action, resource }: Need): boolean {
  return (
    matchesWildcards(grant.action.toLowerCase(), action.toLowerCase()) && matchesWildcards(grant.resource, resource)
  );
}

/** Removes repeated decisions on the same action and resource. */
function distinct(decisions: readonly AccessDecision[]): AccessDecision[] {
  return [...new Map(decisions.map((one) => [`${one.action} ${one.resource}`, one])).values()];
}
