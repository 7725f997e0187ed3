import type { PolicyStatement } from "../../components/deliveryPipeline/policyStatement";
import { matchesWildcards } from "../../local/aws/wildcards";

/** A call of AWS's API, with the condition keys that AWS sets. */
export interface Call {
  action: string;
  resource: string;
  context?: Record<string, string>;
}

/** Statements as they are in a document: text or list. */
export type Statement = Omit<PolicyStatement, "Action" | "NotAction" | "Resource"> & {
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
};

/**
 * Returns true if IAM permits a call: each list of statements (identity policies, permissions boundary) allows it and none
 * denies it. A condition does not hold if the call does not set its key.
 */
export function isPermitted(call: Call, ...layers: readonly Statement[][]): boolean {
  return layers.every((statements) => {
    const matching = statements.filter((statement) => covers(statement, call));
    return matching.some(({ Effect }) => Effect === "Allow") && !layers.flat().some((each) => isDenied(each, call));
  });
}

const isDenied = (statement: Statement, call: Call) => statement.Effect === "Deny" && covers(statement, call);

function covers(statement: Statement, call: Call): boolean {
  const { Action, NotAction, Resource, Condition = {} } = statement;
  const fitsAction = (patterns: string | string[] = []) =>
    [patterns].flat().some((pattern) => matchesWildcards(pattern.toLowerCase(), call.action.toLowerCase()));
  return (
    (NotAction === undefined ? fitsAction(Action) : !fitsAction(NotAction)) &&
    [Resource ?? []].flat().some((pattern) => matchesWildcards(pattern, call.resource)) &&
    Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, call.context ?? {}))
  );
}

function holds(operator: string, keys: Record<string, string | string[]>, context: Record<string, string>): boolean {
  return Object.entries(keys).every(([key, wanted]) => {
    const value = context[key];
    const values = [wanted].flat();
    // A negated operator holds without the key.
    if (operator === "ArnNotEquals")
      return value === undefined || !values.some((pattern) => matchesWildcards(pattern, value));
    if (operator === "BoolIfExists") return value === undefined || values.includes(value);
    if (value === undefined) return false;
    if (operator === "StringEquals" || operator === "Bool") return values.includes(value);
    if (operator === "ArnLike" || operator === "ArnEquals")
      return values.some((pattern) => matchesWildcards(pattern, value));
    throw new Error(`The condition operator ${operator} is not evaluated here: add it.`);
  });
}
