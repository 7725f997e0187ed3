/**
 * Lambda's event filtering: EventBridge's event patterns without the operators that Lambda lacks.
 *
 * A pattern is an object with the record's shape; each of its leaves is a list of conditions, one of which must hold.
 */

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Pattern = { [name: string]: Json };

/** Returns true if one of the patterns matches the record. Without patterns, every record matches. */
export function matchesAny(patterns: readonly Pattern[], record: unknown): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matches(pattern, record));
}

/**
 * Parses the `pattern` strings of a mapping's filter criteria.
 *
 * @throws Error with one sentence if Lambda would refuse a pattern.
 */
export function parsePatterns(texts: readonly string[]): Pattern[] {
  return texts.map((text) => {
    let pattern: unknown;
    try {
      pattern = JSON.parse(text);
    } catch {
      throw new Error(`The filter pattern ${text} is not JSON.`);
    }
    checkPattern(pattern, text, true);
    return pattern as Pattern;
  });
}

const operators = ["prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists"];

function checkPattern(pattern: unknown, text: string, top = false): void {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(
      `The filter pattern ${text} must be an object with at least one key${top ? "" : " at every level"}.`,
    );
  }
  for (const [name, value] of Object.entries(pattern)) {
    if (name === "$or" && Array.isArray(value)) for (const one of value) checkPattern(one, text);
    else if (Array.isArray(value)) checkConditions(value, name, text);
    else if (isObject(value)) checkPattern(value, text);
    else throw new Error(`In the filter pattern ${text} the value of "${name}" must be a list or an object.`);
  }
}

function checkConditions(conditions: Json[], name: string, text: string): void {
  if (conditions.length === 0) throw new Error(`In the filter pattern ${text} the list of "${name}" is empty.`);
  for (const condition of conditions) {
    if (Array.isArray(condition))
      throw new Error(`In the filter pattern ${text} the list of "${name}" contains a list.`);
    if (!isObject(condition)) continue;
    const [operator, ...others] = Object.keys(condition);
    if (operator === undefined || others.length > 0 || !operators.includes(operator)) {
      throw new Error(
        `In the filter pattern ${text} "${name}" has a condition that Lambda does not know: ${JSON.stringify(condition)}.`,
      );
    }
  }
}

function matches(pattern: Pattern, value: unknown): boolean {
  return Object.entries(pattern).every(([name, expected]) => {
    if (name === "$or" && Array.isArray(expected)) return expected.some((one) => matches(one as Pattern, value));
    const present = isObject(value) && Object.hasOwn(value, name);
    const actual = isObject(value) ? value[name] : undefined;
    if (Array.isArray(expected)) return expected.some((condition) => holds(condition, actual, present));
    return matches(expected as Pattern, actual);
  });
}

/** Returns true if a condition holds for a value. A list in the record matches if one of its elements does. */
function holds(condition: Json, actual: unknown, present: boolean): boolean {
  if (isObject(condition) && "exists" in condition) {
    // In event patterns, `exists` applies to leaves only.
    return condition["exists"] === (present && !isObject(actual));
  }
  if (!present) return false;
  if (Array.isArray(actual)) return actual.some((element) => holds(condition, element, true));
  if (!isObject(condition)) return actual === condition;
  const [[operator, operand] = ["", null]] = Object.entries(condition);
  switch (operator) {
    case "prefix":
      return typeof actual === "string" && typeof operand === "string" && actual.startsWith(operand);
    case "suffix":
      return typeof actual === "string" && typeof operand === "string" && actual.endsWith(operand);
    case "equals-ignore-case":
      return (
        typeof actual === "string" && typeof operand === "string" && actual.toLowerCase() === operand.toLowerCase()
      );
    case "anything-but":
      return (
        !isObject(actual) && !(Array.isArray(operand) ? operand : [operand]).some((one) => holds(one, actual, true))
      );
    case "numeric":
      return typeof actual === "number" && Array.isArray(operand) && inRange(actual, operand);
    default:
      return false;
  }
}

/** `["=", 5]`, `[">", 0, "<=", 10]`. */
function inRange(actual: number, terms: Json[]): boolean {
  for (let index = 0; index < terms.length; index += 2) {
    const [operator, bound] = [terms[index], terms[index + 1]];
    if (typeof bound !== "number" || !compare(actual, operator, bound)) return false;
  }
  return terms.length > 0;
}

function compare(actual: number, operator: Json | undefined, bound: number): boolean {
  switch (operator) {
    case "=":
      return actual === bound;
    case "<":
      return actual < bound;
    case "<=":
      return actual <= bound;
    case ">":
      return actual > bound;
    case ">=":
      return actual >= bound;
    default:
      return false;
  }
}

function isObject(value: unknown): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
