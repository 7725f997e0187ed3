import * as pulumi from "@pulumi/pulumi";

/** Format of a text. */
export interface TextFormat {
  pattern: RegExp;
  /** Completes "it must be …". */
  description: string;
}

/** Address of a provider. Card data and keys are sent there, so only loopback addresses may do without TLS. */
export const ENDPOINT: TextFormat = {
  pattern: /^(https:\/\/[^/\s]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/\S*[^/\s])?$/,
  description: "an https:// address without a trailing slash",
};

/** Address of a webhook. Only loopback addresses may do without TLS. */
export const WEBHOOK_URL: TextFormat = {
  pattern: /^(https:\/\/[^/\s@]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/\S*)?$/,
  description: "an https:// address without a user name",
};

export const DOMAIN_NAME: TextFormat = {
  pattern: /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
  description: "a domain in lower case, such as example.com",
};

export const ROLE_ARN: TextFormat = {
  pattern: /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  description: "the ARN of a role, such as arn:aws:iam::123456789012:role/break-glass",
};

/** States what is wrong with an argument or setting, and what it must do instead. */
const describeViolation = (argument: string, state: string, rule: string, reason?: string): string =>
  `\`${argument}\` ${state}; it must ${rule}${reason === undefined ? "" : `, because ${reason}`}.`;

/** Arguments by path, such as `{ "payment.timeoutSeconds": 8 }`. */
type Values = Readonly<Record<string, unknown>>;

type Range = readonly [least: number, most?: number];

/**
 * Checks the arguments of one component before its first resource is registered. Each method throws a `RunError` that names
 * component and argument, and skips what is absent or known only during the deployment.
 *
 * @example
 * const checks = new ArgumentChecks("OrderService", "orders");
 * checks.between({ "payment.timeoutSeconds": timeoutSeconds }, [1, 10], "a step's function stops after 30 seconds");
 * // With 20, OrderService "orders": `payment.timeoutSeconds` is 20; it must be between 1 and 10, because a step's function stops after 30 seconds.
 */
export class ArgumentChecks {
  private readonly subject: string;

  constructor(component: string, name: string) {
    this.subject = `${component} "${name}"`;
  }

  /** An error for what no other method covers: `` `argument` state; it must rule, because reason. `` */
  violation(argument: string, state: string, rule: string, reason?: string): pulumi.RunError {
    return this.error(describeViolation(argument, state, rule, reason));
  }

  between(values: Values, range: Range, reason?: string): void {
    this.each(values, (value) => isWithin(range, value), `be ${describeRange(range)}`, reason);
  }

  above(values: Values, limit: number): void {
    this.each(values, (value) => Number.isFinite(value) && Number(value) > limit, `be above ${limit}`);
  }

  wholeNumber(values: Values, range: Range, reason?: string): void {
    const fits = (value: unknown) => Number.isInteger(value) && isWithin(range, value);
    this.each(values, fits, `be a whole number, ${describeRange(range)}`, reason);
  }

  text(values: Values, { pattern, description }: TextFormat, reason?: string): void {
    const fits = (value: unknown) => typeof value === "string" && pattern.test(value);
    this.each(values, fits, `be ${description}`, reason);
  }

  oneOf(values: Values, allowed: readonly unknown[], reason?: string): void {
    this.each(values, (value) => allowed.includes(value), `be ${listOf(allowed.map(shown), "or")}`, reason);
  }

  /** Refuses an empty list, object or text. Leaving the argument out is allowed. */
  notEmpty(values: Values, rule: string, reason?: string): void {
    for (const [argument, value] of Object.entries(values)) {
      if (!isKnown(value)) continue;
      const size = typeof value === "string" ? value.length : Object.keys(Object(value)).length;
      if (size === 0) throw this.violation(argument, "is empty", rule, reason);
    }
  }

  /** Refuses misspelt fields, which would otherwise silently leave the default in force. */
  fields(argument: string, value: unknown, known: object): void {
    if (value === undefined) return;
    const names = listOf(Object.keys(known), "and");
    if (typeof value !== "object" || value === null) {
      throw this.violation(argument, `is ${shown(value)}`, `be an object with fields among ${names}`);
    }
    const unknown = Object.keys(value).find((field) => !Object.hasOwn(known, field));
    if (unknown === undefined) return;
    throw this.violation(argument, `has the unknown field "${unknown}"`, `have fields among ${names}`);
  }

  /** Refuses more than one of several alternatives. */
  atMostOne(values: Values, reason: string): void {
    const given = Object.keys(values).filter((argument) => values[argument] !== undefined);
    if (given.length < 2) return;
    throw this.error(`${listOf(given.map(quoted), "and")} are given; give at most one of them, because ${reason}.`);
  }

  exactlyOne(values: Values, reason: string): void {
    this.atMostOne(values, reason);
    if (Object.values(values).some((value) => value !== undefined)) return;
    throw this.error(
      `${listOf(Object.keys(values).map(quoted), "and")} are missing; give one of them, because ${reason}.`,
    );
  }

  /** Refuses arguments that have no meaning beside another one. */
  leftOut(values: Values, beside: string, reason: string): void {
    const given = Object.keys(values).find((argument) => values[argument] !== undefined);
    if (given !== undefined) throw this.violation(given, "is given", `be left out beside \`${beside}\``, reason);
  }

  private each(values: Values, fits: (value: unknown) => boolean, rule: string, reason?: string): void {
    for (const [argument, value] of Object.entries(values)) {
      if (isKnown(value) && !fits(value)) throw this.violation(argument, `is ${shown(value)}`, rule, reason);
    }
  }

  private error(sentence: string): pulumi.RunError {
    return new pulumi.RunError(`${this.subject}: ${sentence}`);
  }
}

/** False for what is absent, and for outputs and promises, which have no value before the deployment. */
const isKnown = (value: unknown): boolean =>
  value !== undefined && !pulumi.Output.isInstance(value) && !(value instanceof Promise);

const shown = (value: unknown): string =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));

const isWithin = ([least, most = Number.POSITIVE_INFINITY]: Range, value: unknown): boolean =>
  Number.isFinite(value) && Number(value) >= least && Number(value) <= most;

const describeRange = ([least, most]: Range): string =>
  most === undefined ? `at least ${least}` : `between ${least} and ${most}`;

const quoted = (argument: string): string => `\`${argument}\``;

const listOf = (words: readonly string[], conjunction: "and" | "or"): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)}`;
