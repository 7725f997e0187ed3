import type * as acorn from "acorn";
import { isNamed } from "./analysis";

/** The serializer printed something this version does not know: better no bundle than a wrong one. */
export class UnknownShape extends Error {
  public constructor(text: string, node: acorn.Node, why: string) {
    const { version } = require("@pulumi/pulumi/package.json") as { version: string };
    const excerpt = text.slice(node.start, Math.min(node.end, node.start + 120)).replace(/\s+/g, " ");
    super(`@pulumi/pulumi ${version} serialized a function in a way InlineFunction does not know (${why}): ${excerpt}`);
    this.name = "UnknownShape";
  }
}

/** Prints the captured environment again, as far as it is what the serializer is known to print. */
export class CapturedValues {
  public constructor(
    private readonly text: string,
    /** Imports a module, and answers the local name of its exports. */
    private readonly importModule: (specifier: string) => string,
  ) {}

  /** An expression of the captured environment: only what the serializer can print there. */
  public print(node: acorn.Expression | acorn.Super | acorn.SpreadElement | acorn.PrivateIdentifier): string {
    switch (node.type) {
      case "Literal":
      case "Identifier":
        return this.slice(node);
      case "UnaryExpression":
        if (node.operator === "-") return this.slice(node); // -0, -Infinity and negative numbers
        break;
      case "MemberExpression":
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
      case "FunctionExpression": // by these the serializer names the prototypes of generators
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
