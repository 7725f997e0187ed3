import * as util from "node:util";
import * as acorn from "acorn";
import { analyze, type Reference } from "eslint-scope";
import { childrenOf, type FunctionNode, forEachOwnNode, isClass, isFunctionNode, isNamed, opensThis } from "./analysis";
import { type AnyFunction, closures } from "./closures";

/** A handler that uses `this`, which is undefined in the function. */
export interface UnboundThis {
  /** Its expression, such as `service.handler`; empty for the factory or a function without a name. */
  written: string;
  /** Function whose text contains the expression, and the offset there. */
  at: { fn: AnyFunction; offset: number };
  isFactory: boolean;
  /** Number of the handler's parameters. */
  parameters: number;
}

/**
 * Finds a callback that uses `this`: returned as `() => service.handler`, a method loses its object.
 *
 * Reads the factory's text and the live values that it names, and calls nothing. Expressions that it cannot follow, such as the result of
 * a library call, are accepted.
 */
export function findUnboundThis(factory: AnyFunction): UnboundThis | undefined {
  const parsed = parse(factory);
  if (!parsed) return undefined;
  const own = ownThis(parsed.fn);
  // The serializer refuses an arrow function that uses an outer `this`.
  if (own && parsed.fn.type !== "ArrowFunctionExpression")
    return { written: "", at: { fn: factory, offset: own.start - parsed.shift }, isFactory: true, parameters: 0 };
  return new Search().returned(parsed)[0];
}

/** A live function's syntax tree. */
interface Parsed {
  live: AnyFunction;
  tree: acorn.Node;
  fn: FunctionNode;
  text: string;
  /** Characters added before the text to parse it. */
  shift: number;
}

/** Possible value of an expression: a value of this process, or code that has not run. */
type Meaning = { live: unknown } | { node: acorn.Node; in: Parsed } | { instanceOf: Meaning };

/** Limit for chains of functions that return functions and variables that refer to variables. */
const MAX_DEPTH = 12;

class Search {
  private readonly references = new Map<Parsed, Map<number, Reference>>();
  private depth = 0;

  /** Callbacks that a function may return and that use `this`. */
  public returned(parsed: Parsed): UnboundThis[] {
    return returnedBy(parsed.fn).flatMap((expression) => {
      const handler = this.meanings(expression, parsed)
        .map((meaning) => functionOf(meaning))
        .find((fn) => fn !== undefined && fn.type !== "ArrowFunctionExpression" && this.needsThis(fn));
      if (!handler) return [];
      const isFunction = /^(Function|Class)/.test(expression.type);
      const written = isFunction ? "" : writtenAs(expression, parsed);
      const offset = expression.start - parsed.shift;
      return [{ written, at: { fn: parsed.live, offset }, isFactory: false, parameters: handler.params.length }];
    });
  }

  private needsThis(fn: FunctionNode): boolean {
    return ownThis(fn) !== undefined;
  }

  /** Possible values of an expression; empty if they are unknown. */
  private meanings(node: acorn.Node, parsed: Parsed): Meaning[] {
    if (this.depth >= MAX_DEPTH) return [];
    this.depth += 1;
    try {
      return this.meaningsOf(node as acorn.Expression, parsed);
    } finally {
      this.depth -= 1;
    }
  }

  private meaningsOf(node: acorn.Expression, parsed: Parsed): Meaning[] {
    switch (node.type) {
      case "Identifier":
        return this.variable(node, parsed);
      case "MemberExpression": {
        const key = keyOf(node.property, node.computed);
        if (key === undefined || node.object.type === "Super") return [];
        return this.meanings(node.object, parsed).flatMap((object) => this.member(object, key));
      }
      case "NewExpression":
        return this.meanings(node.callee, parsed).map((made) => ({ instanceOf: made }));
      case "CallExpression":
        if (node.callee.type === "Super") return [];
        return this.meanings(node.callee, parsed).flatMap((callee) => this.called(callee));
      case "ConditionalExpression":
        return [node.consequent, node.alternate].flatMap((branch) => this.meanings(branch, parsed));
      case "LogicalExpression":
        return [node.left, node.right].flatMap((side) => this.meanings(side, parsed));
      case "SequenceExpression": {
        const last = node.expressions.at(-1);
        return last ? this.meanings(last, parsed) : [];
      }
      case "AssignmentExpression":
        return this.meanings(node.right, parsed);
      case "ParenthesizedExpression":
        return this.meanings(node.expression, parsed);
      case "ChainExpression":
        return this.meanings(node.expression, parsed);
      case "FunctionExpression":
      case "ClassExpression":
      case "ObjectExpression":
        return [{ node, in: parsed }];
      default:
        return [];
    }
  }

  private variable(node: acorn.Identifier, parsed: Parsed): Meaning[] {
    const variable = this.referencesOf(parsed).get(node.start)?.resolved;
    if (!variable) {
      const found = closures().lookup(parsed.live)(node.name);
      return found.found ? [{ live: found.value }] : [];
    }
    return variable.defs.flatMap((definition): Meaning[] => {
      const declared = definition.node as unknown as acorn.Node;
      if (definition.type === "FunctionName" || definition.type === "ClassName")
        return [{ node: declared, in: parsed }];
      if (definition.type !== "Variable") return [];
      const { id, init } = declared as acorn.VariableDeclarator;
      if (id.type === "ObjectPattern" && init) {
        const property = id.properties.find((p) => p.type === "Property" && isNamed(p.value, node.name));
        const key = property?.type === "Property" ? keyOf(property.key, property.computed) : undefined;
        if (key === undefined) return [];
        return this.meanings(init, parsed).flatMap((object) => this.member(object, key));
      }
      return variable.references.flatMap((reference) =>
        reference.writeExpr && !reference.partial
          ? this.meanings(reference.writeExpr as unknown as acorn.Node, parsed)
          : [],
      );
    });
  }

  /** Possible values of a property. A getter is read, not called. */
  private member(object: Meaning, key: string): Meaning[] {
    if ("live" in object) return this.liveMember(object.live, key);
    if ("instanceOf" in object) return this.instanceMember(object.instanceOf, key);
    const { node } = object;
    if (isClass(node)) return key === "prototype" ? [{ instanceOf: object }] : this.classMember(object, key, true);
    if (node.type !== "ObjectExpression") return [];
    const property = (node as acorn.ObjectExpression).properties.findLast(
      (p) => p.type === "Property" && keyOf(p.key, p.computed) === key,
    ) as acorn.Property | undefined;
    if (!property) return [];
    if (property.kind === "get") return this.called({ node: property.value, in: object.in });
    return this.meanings(property.value, object.in);
  }

  private liveMember(object: unknown, key: string): Meaning[] {
    if ((typeof object !== "object" && typeof object !== "function") || object === null) return [];
    for (
      let at: object | null = object;
      at && !util.types.isProxy(at);
      at = Object.getPrototypeOf(at) as object | null
    ) {
      const property = Object.getOwnPropertyDescriptor(at, key);
      if (property?.get) return this.called({ live: property.get });
      if (property) return [{ live: property.value }];
    }
    return [];
  }

  private instanceMember(made: Meaning, key: string): Meaning[] {
    const text = textOf(made);
    // The constructor binds the method, or a field hides it.
    if (text === undefined || new RegExp(`\\bthis\\s*\\.\\s*${key.replace(/\$/g, "\\$")}\\s*=[^=]`).test(text))
      return [];
    if ("live" in made) return this.liveMember((made.live as AnyFunction).prototype, key);
    return this.classMember(made as { node: acorn.Node; in: Parsed }, key, false);
  }

  private classMember(made: { node: acorn.Node; in: Parsed }, key: string, isStatic: boolean): Meaning[] {
    const { body, superClass } = made.node as acorn.Class;
    for (const element of body.body) {
      if (element.type !== "MethodDefinition" && element.type !== "PropertyDefinition") continue;
      if (element.static !== isStatic || keyOf(element.key, element.computed) !== key) continue;
      if (element.type === "PropertyDefinition") return element.value ? this.meanings(element.value, made.in) : [];
      if (element.kind === "get") return this.called({ node: element.value, in: made.in });
      return element.kind === "method" ? [{ node: element.value, in: made.in }] : [];
    }
    if (!superClass) return [];
    return this.meanings(superClass, made.in).flatMap((base) =>
      isStatic ? this.member(base, key) : this.instanceMember(base, key),
    );
  }

  /** Possible results of a call, according to the function's text. */
  private called(callee: Meaning): Meaning[] {
    const fn = functionOf(callee);
    if (!fn || fn.async || fn.generator) return [];
    const parsed = "live" in callee ? parse(callee.live as AnyFunction) : "node" in callee ? callee.in : undefined;
    return parsed ? returnedBy(fn).flatMap((expression) => this.meanings(expression, parsed)) : [];
  }

  private referencesOf(parsed: Parsed): Map<number, Reference> {
    let references = this.references.get(parsed);
    if (!references) {
      const { scopes } = analyze(parsed.tree as unknown as Parameters<typeof analyze>[0], {
        ecmaVersion: 2022,
        sourceType: "script",
      });
      const all = scopes.flatMap((scope) => scope.references);
      references = new Map(all.map((r) => [(r.identifier as unknown as acorn.Node).start, r]));
      this.references.set(parsed, references);
    }
    return references;
  }
}

const trees = new WeakMap<AnyFunction, Parsed | undefined>();

/** The syntax tree of a live function or class; undefined for native code. */
function parse(live: AnyFunction): Parsed | undefined {
  if (trees.has(live)) return trees.get(live);
  const text = Function.prototype.toString.call(live);
  const parsed = parseText(live, text);
  trees.set(live, parsed);
  return parsed;
}

function parseText(live: AnyFunction, text: string): Parsed | undefined {
  if (/\{\s*\[native code\]\s*\}$/.test(text)) return undefined;
  // A method's text parses neither as an expression nor, with private names, in an object.
  for (const [before, after] of [
    ["(", ")"],
    ["({", "})"],
    ["(class {", "})"],
  ] as const) {
    try {
      const tree = acorn.parse(before + text + after, {
        ecmaVersion: "latest",
        ranges: true,
        checkPrivateFields: false,
      });
      const [statement] = tree.body;
      const expression = statement?.type === "ExpressionStatement" ? statement.expression : undefined;
      const fn = expression && (before === "(" ? expression : firstMember(expression));
      if (fn) return { live, tree, fn: fn as FunctionNode, text: before + text + after, shift: before.length };
    } catch {
      // The text is of another kind.
    }
  }
  return undefined;
}

function firstMember(expression: acorn.Expression): acorn.Node | undefined {
  if (expression.type === "ObjectExpression") {
    const [property] = expression.properties;
    return property?.type === "Property" ? property.value : undefined;
  }
  const [element] = expression.type === "ClassExpression" ? expression.body.body : [];
  return element?.type === "MethodDefinition" ? element.value : undefined;
}

function functionOf(meaning: Meaning): FunctionNode | undefined {
  if ("instanceOf" in meaning) return undefined;
  const node =
    "node" in meaning
      ? meaning.node
      : typeof meaning.live === "function"
        ? parse(meaning.live as AnyFunction)?.fn
        : undefined;
  return node && isFunctionNode(node) ? node : undefined;
}

function textOf(made: Meaning): string | undefined {
  if ("live" in made) return typeof made.live === "function" ? parse(made.live as AnyFunction)?.text : undefined;
  return "node" in made && isClass(made.node) ? made.in.text.slice(made.node.start, made.node.end) : undefined;
}

function keyOf(key: acorn.Node, computed: boolean): string | undefined {
  if (key.type === "Literal") return String((key as acorn.Literal).value);
  return computed || key.type !== "Identifier" ? undefined : (key as acorn.Identifier).name;
}

/** Expressions that a function returns. */
function returnedBy(fn: FunctionNode): acorn.Node[] {
  if (!isFunctionNode(fn)) return [];
  if (fn.body.type !== "BlockStatement") return [fn.body];
  const found: acorn.Node[] = [];
  forEachOwnNode(fn.body, (node) => {
    if (node.type === "ReturnStatement" && (node as acorn.ReturnStatement).argument)
      found.push((node as acorn.ReturnStatement).argument as acorn.Node);
  });
  return found;
}

/** First use of `this` in a function, itself or in its arrow functions. */
function ownThis(fn: FunctionNode): acorn.Node | undefined {
  let found: acorn.Node | undefined;
  const look = (node: acorn.Node): void => {
    if (found) return;
    if (node.type === "ThisExpression" || node.type === "Super") found = node;
    else if (node.type === "CallExpression") lookInCall(node as acorn.CallExpression);
    else if (node.type === "ArrowFunctionExpression" || !opensThis(node))
      for (const child of childrenOf(node)) look(child);
    else if (isClass(node)) for (const part of evaluatedParts(node as acorn.Class)) look(part);
  };
  /** Ignores calls that only pass `this` on: `f.apply(this, arguments)`, and the helpers of compiled `async` functions. */
  const lookInCall = (call: acorn.CallExpression): void => {
    const name = call.callee.type === "MemberExpression" ? call.callee.property : call.callee;
    const isHelper = isNamed(name, "__awaiter") || isNamed(name, "__asyncGenerator");
    const isForward = call.callee.type === "MemberExpression" && (isNamed(name, "apply") || isNamed(name, "call"));
    look(call.callee);
    call.arguments.forEach((argument, i) => {
      if (i === 0 && argument.type === "ThisExpression" && (isHelper || isForward)) return;
      // The helper calls this function with the `this` that it received.
      if (isHelper && argument.type === "FunctionExpression") for (const child of childrenOf(argument)) look(child);
      else look(argument);
    });
  };
  if (isFunctionNode(fn)) for (const child of childrenOf(fn)) look(child);
  return found;
}

/** Parts of a class that are evaluated with the outer `this`. */
const evaluatedParts = ({ superClass, body }: acorn.Class): acorn.Node[] => [
  ...(superClass ? [superClass] : []),
  ...body.body.flatMap((e) => ("computed" in e && e.computed ? [e.key] : [])),
];

/** An expression as written: in compiled code, an imported name is a property of its module. */
function writtenAs(expression: acorn.Node, { text, live }: Parsed): string {
  const written = text.slice(expression.start, expression.end);
  const [, module, rest] = /^\(?(?:0,\s*)?([\w$]+_\d+)\.(.+?)$/s.exec(written) ?? [];
  const found = module === undefined ? undefined : closures().lookup(live)(module);
  return found?.found && rest !== undefined ? rest : written;
}
