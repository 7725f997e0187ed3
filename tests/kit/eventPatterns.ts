/**
 * Returns true if an event matches a pattern, by EventBridge's rules
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html), of those operators that the store uses.
 *
 * @throws {Error} for another operator.
 */
export function matches(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === "$or") return (wanted as object[]).some((one) => matches(one, event));
    // A list matches if one of its elements does.
    const values = [field(event, key)].flat();
    if (!Array.isArray(wanted)) return values.some((value) => matches(wanted as object, value));
    return wanted.some((one) => values.some((value) => accepts(one, value)));
  });
}

function accepts(wanted: unknown, value: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return wanted === value;
  const [[operator, operand] = []] = Object.entries(wanted);
  if (operator === "exists") return (value !== undefined) === operand;
  if (operator === "prefix") return typeof value === "string" && value.startsWith(String(operand));
  if (operator === "anything-but") return value !== undefined && value !== operand;
  if (operator === "numeric") {
    const [comparison, limit] = operand as [string, number];
    if (comparison === ">=") return typeof value === "number" && value >= limit;
  }
  throw new Error(`The operator ${JSON.stringify(wanted)} is not known here.`);
}

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
