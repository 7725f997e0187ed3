import type * as acorn from "acorn";
import { isNamed } from "./analysis";
import { MAKE_INSIDE } from "./values";

/** Error for text of the serializer that this version does not know: no bundle is better than a wrong one. */
export class UnknownShape extends Error {
  public constructor(text: string, node: acorn.Node, why: string) {
    const { version } = require("@pulumi/pulumi/package.json") as { version: string };
    const excerpt = text.slice(node.start, Math.min(node.end, node.start + 120)).replace(/\s+/g, " ");
    super(
      `@pulumi/pulumi ${version} serialized a function in a way that InlineFunction does not know (${why}: ${excerpt}); use the version that this package was tested with.`,
    );
    this.name = "UnknownShape";
  }
}

/** Prints the captured environment again, as far as its shapes are known. */
export class CapturedValues {
  public constructor(
    private readonly text: string,
    /** Adds an import of a module and returns the local name of its exports. */
    private readonly importModule: (specifier: string) => string,
  ) {}

  /** Prints an expression of the captured environment. */
  public print(node: acorn.Expression | acorn.Super | acorn.SpreadElement | acorn.PrivateIdentifier): string {
    switch (node.type) {
      case "Literal":
      case "Identifier":
        return this.slice(node);
      case "UnaryExpression":
        if (node.operator === "-") return this.slice(node); // -0, -Infinity and negative numbers
        break;
      case "MemberExpression":
        if (isNamed(node.object, "global") && !isGlobalOfNode(this.slice(node.property)))
          throw new Error(
            `a captured value belongs to the global \`${this.slice(node.property)}\`, which a package defines during deployment; ${MAKE_INSIDE}.`,
          );
        if (node.computed) return `${this.print(node.object)}[${this.print(node.property)}]`;
        return `${this.print(node.object)}.${this.slice(node.property)}`;
      case "ArrayExpression": {
        const elements = node.elements.filter((e) => e !== null);
        if (elements.length < node.elements.length) throw this.unknown(node, "array hole");
        return `[${elements.map((e) => this.print(e)).join(", ")}]`;
      }
      case "ObjectExpression":
        return `{ ${node.properties.map((p) => this.property(p)).join(", ")} }`;
      case "NewExpression":
        if (isNamed(node.callee, "RegExp")) return this.slice(node);
        break;
      case "CallExpression":
        if (isNamed(node.callee, "require")) return this.nestedModule(node);
        if (
          /^(Promise\.resolve|Object\.(create|getPrototypeOf|defineProperty|setPrototypeOf))$/.test(
            this.slice(node.callee),
          )
        )
          return `${this.slice(node.callee)}(${node.arguments.map((a) => this.print(a)).join(", ")})`;
        break;
      case "FunctionExpression": // the serializer refers to the prototypes of generators by these
        if (/^(async )?function\s*\*\s*\(\)\s*\{\s*\}$/.test(this.slice(node))) return `(${this.slice(node)})`;
        break;
    }
    throw this.unknown(node, `captured value ${node.type}`);
  }

  private property(node: acorn.Property | acorn.SpreadElement): string {
    if (node.type !== "Property" || node.kind !== "init" || node.method) throw this.unknown(node, "captured property");
    // `__proto__: x` would set the prototype, not a property.
    const key = node.computed
      ? `[${this.print(node.key)}]`
      : isNamed(node.key, "__proto__")
        ? `["__proto__"]`
        : this.slice(node.key);
    return `${key}: ${this.print(node.value)}`;
  }

  /** `require("node:fs")` as a property of a captured object. */
  private nestedModule(node: acorn.CallExpression): string {
    const [argument] = node.arguments;
    if (argument?.type !== "Literal" || typeof argument.value !== "string") throw this.unknown(node, "require");
    return this.importModule(argument.value);
  }

  private slice(node: acorn.Node): string {
    return this.text.slice(node.start, node.end);
  }

  private unknown(node: acorn.Node, why: string): UnknownShape {
    return new UnknownShape(this.text, node, why);
  }
}

/** Globals that packages define are enumerable; of those of Node.js only these are. */
function isGlobalOfNode(name: string): boolean {
  const property = Object.getOwnPropertyDescriptor(globalThis, name);
  return property?.enumerable === false || ENUMERABLE_GLOBALS.has(name);
}

const ENUMERABLE_GLOBALS = new Set(
  "global clearImmediate setImmediate clearInterval setInterval clearTimeout setTimeout queueMicrotask structuredClone atob btoa performance fetch navigator crypto".split(
    " ",
  ),
);
