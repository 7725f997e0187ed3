import type { AccessDecision } from "../../local/aws/network/accessLog";
import { matches } from "../../local/aws/network/policyEvaluation";
import type { Granted, Need } from "./granted";

/** Why a grant may stay although no local run uses it, or why a refusal is right. */
export interface Explanation {
  /** Default: `unused`. */
  of?: "unused" | "refused";
  /** The function's name in the program; every function without it. */
  name?: string;
  /** With IAM's wildcards: `logs:*`. */
  action: string;
  /** In one sentence. */
  reason: string;
}

/** What a role holds beside what its sessions asked for. */
export interface RoleGrants {
  name: string;
  role: string;
  used: Granted[];
  /** Not asked for by the function's code, but by a service of AWS: Lambda for an event source, or the role's own. */
  usedByService: Granted[];
  /** Held and never asked for, with the reason for keeping it if there is one. */
  unused: (Granted & { reason?: string })[];
  /** Asked for and refused; not a single time, where a service will ask for it on AWS and nothing grants it. */
  refused: { action: string; resource: string; times: number; reason?: string }[];
}

export interface Comparison {
  functions: RoleGrants[];
  /** Explanations of nothing: to be removed, before they hide something. */
  idle: Explanation[];
  /** Whether every unused grant and every refusal is explained, and every explanation needed. */
  clean: boolean;
}

export interface Observed {
  granted: readonly Granted[];
  /** What the access log has. */
  decisions: readonly AccessDecision[];
  /** What services of AWS do under the roles. */
  needs?: readonly Need[];
  explanations?: readonly Explanation[];
}

/**
 * Compares what roles hold with what they did.
 *
 * A grant is one action on one resource pattern; it is used when an allowed request matches both. A request that
 * matches several grants counts for all of them.
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
        matches(one.action.toLowerCase(), action.toLowerCase()),
    );
    if (found) explaining.add(found);
    return found?.reason;
  };

  const nameOf = new Map(granted.map(({ role, name }) => [role, name]));
  // A role may also be refused that holds nothing.
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
  return matches(grant.action.toLowerCase(), action.toLowerCase()) && matches(grant.resource, resource);
}

/** Each action on each resource once. */
function distinct(decisions: readonly AccessDecision[]): AccessDecision[] {
  return [...new Map(decisions.map((one) => [`${one.action} ${one.resource}`, one])).values()];
}
