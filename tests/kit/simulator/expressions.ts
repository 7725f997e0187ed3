/**
 * Condition and update expressions of DynamoDB, as far as the store writes them. Anything else is refused, so that a new expression
 * cannot pass unnoticed.
 */

export type Item = Record<string, unknown>;
export interface Placeholders {
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

type Test = (item: Item | undefined, given: Placeholders) => boolean;
type Operand = (item: Item | undefined, given: Placeholders) => unknown;
type Change = (item: Item, given: Placeholders) => void;

const tests = new Map<string, Test>();
const changes = new Map<string, Change>();

/** True if the condition holds for the item; an absent condition always does. */
export function holdsFor(condition: string | undefined, item: Item | undefined, given: Placeholders): boolean {
  if (condition === undefined) return true;
  let test = tests.get(condition);
  if (!test) {
    test = new Parser(condition).condition();
    tests.set(condition, test);
  }
  return test(item, given);
}

/** Applies an update expression to the item in place. */
export function applyUpdate(expression: string, item: Item, given: Placeholders): void {
  let change = changes.get(expression);
  if (!change) {
    change = parseUpdate(expression);
    changes.set(expression, change);
  }
  change(item, given);
}

const KEYWORDS = /\s*(<>|<=|>=|[=<>(),]|[#:]?[A-Za-z_][A-Za-z0-9_.]*)/y;

class Parser {
  private readonly tokens: string[];
  private at = 0;

  constructor(private readonly text: string) {
    this.tokens = tokensOf(text);
  }

  condition(): Test {
    const test = this.either();
    if (this.at < this.tokens.length) throw this.unknown();
    return test;
  }

  private either(): Test {
    const left = this.both();
    if (!this.take("OR")) return left;
    const right = this.either();
    return (item, given) => left(item, given) || right(item, given);
  }

  private both(): Test {
    const left = this.single();
    if (!this.take("AND")) return left;
    const right = this.both();
    return (item, given) => left(item, given) && right(item, given);
  }

  private single(): Test {
    if (this.take("NOT")) {
      const inner = this.single();
      return (item, given) => !inner(item, given);
    }
    if (this.take("(")) {
      const inner = this.either();
      this.expect(")");
      return inner;
    }
    const name = this.tokens[this.at]!;
    if (this.tokens[this.at + 1] === "(") return this.call(name);
    const left = this.operand();
    const sign = this.tokens[this.at++];
    if (sign === "IN") {
      this.expect("(");
      const options = [this.operand()];
      while (this.take(",")) options.push(this.operand());
      this.expect(")");
      return (item, given) => options.some((option) => isEqual(left(item, given), option(item, given)));
    }
    const right = this.operand();
    switch (sign) {
      case "=":
        return (item, given) => isEqual(left(item, given), right(item, given));
      case "<":
        return (item, given) => compare(left(item, given), right(item, given), (order) => order < 0);
      case "<=":
        return (item, given) => compare(left(item, given), right(item, given), (order) => order <= 0);
      case ">=":
        return (item, given) => compare(left(item, given), right(item, given), (order) => order >= 0);
      default:
        throw this.unknown();
    }
  }

  private call(name: string): Test {
    this.at += 1;
    this.expect("(");
    const subject = this.operand();
    const argument = this.take(",") ? this.operand() : undefined;
    this.expect(")");
    if (name === "attribute_not_exists") return (item, given) => subject(item, given) === undefined;
    if (name === "attribute_exists") return (item, given) => subject(item, given) !== undefined;
    if (name === "begins_with" && argument)
      return (item, given) => String(subject(item, given) ?? "").startsWith(String(argument(item, given)));
    if (name === "contains" && argument)
      return (item, given) => {
        const container = subject(item, given);
        return container instanceof Set && container.has(argument(item, given));
      };
    throw this.unknown();
  }

  private operand(): Operand {
    const token = this.tokens[this.at++];
    if (token === undefined) throw this.unknown();
    if (token.startsWith(":")) return (_item, { values }) => values?.[token];
    if (token.startsWith("#")) return (item, { names }) => item?.[names![token]!];
    return (item) => item?.[token];
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw this.unknown();
  }

  private unknown(): Error {
    return new Error(`The simulator does not know this expression: "${this.text}". Add it to tests/kit/simulator.`);
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  KEYWORDS.lastIndex = 0;
  while (KEYWORDS.lastIndex < text.trimEnd().length) {
    const found = KEYWORDS.exec(text);
    if (!found) throw new Error(`The simulator cannot read this expression: "${text}".`);
    tokens.push(found[1]!);
  }
  return tokens;
}

/** Attributes of different types are never equal, and sets are not compared. */
const isEqual = (left: unknown, right: unknown) => left !== undefined && left === right;

function compare(left: unknown, right: unknown, decide: (order: number) => boolean): boolean {
  // DynamoDB compares only values of one type; a missing attribute makes every comparison false.
  if (typeof left !== typeof right || (typeof left !== "string" && typeof left !== "number")) return false;
  return decide(left < (right as typeof left) ? -1 : left > (right as typeof left) ? 1 : 0);
}

function parseUpdate(expression: string): Change {
  const clauses = expression.split(/\b(?=SET |ADD |REMOVE |DELETE )/).map((clause) => clause.trim());
  const steps = clauses.flatMap((clause): Change[] => {
    const [action = "", ...rest] = clause.split(/\s+/);
    return rest
      .join(" ")
      .split(",")
      .map((part) => changeOf(action, part.trim(), expression));
  });
  return (item, given) => {
    for (const step of steps) step(item, given);
  };
}

function changeOf(action: string, part: string, expression: string): Change {
  const nameOf = (token: string, { names }: Placeholders) => (token.startsWith("#") ? names![token]! : token);
  if (action === "REMOVE")
    return (item, given) => {
      delete item[nameOf(part, given)];
    };
  const [target = "", value = ""] = part.split(action === "SET" ? /\s*=\s*/ : /\s+/);
  if (value.startsWith(":") && action === "SET")
    return (item, given) => {
      item[nameOf(target, given)] = given.values![value];
    };
  if (value.startsWith(":") && action === "ADD")
    return (item, given) => {
      const name = nameOf(target, given);
      const added = given.values![value];
      const present = item[name];
      item[name] =
        added instanceof Set
          ? new Set([...((present as Set<unknown> | undefined) ?? []), ...added])
          : ((present as number | undefined) ?? 0) + (added as number);
    };
  throw new Error(`The simulator does not know this update: "${expression}". Add it to tests/kit/simulator.`);
}
