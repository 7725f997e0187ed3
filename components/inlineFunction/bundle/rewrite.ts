import * as acorn from "acorn";
import { analyzeText, isNamed } from "./analysis";
import { CapturedValues, UnknownShape } from "./capturedValues";
import type { Import } from "./modules";

/** A function of the serializer's text, in the rewritten text. */
export interface EmittedFunction {
  /** The serializer's variable for it, such as `__f0`. */
  variable: string;
  /** Its code, as printed by the serializer. */
  code: string;
  /** Its free names: whether it assigns them, and the property paths that it reads from them. */
  free: ReadonlyMap<string, FreeName>;
  /** Free names that the serializer gave a captured value. */
  captured: readonly string[];
  /** Expressions of these values, in the same order. */
  values: readonly string[];
  /** Free names that became imports. */
  imported: readonly string[];
  /** `import` or `require`, if one of them is called with an argument that is no literal. */
  unresolved: string | undefined;
  /** Offset of the code in the rewritten text. */
  offset: number;
  /** Names replaced inside the code, in order: position in `code`, length there, length in the rewritten text. */
  renames: readonly { at: number; length: number; newLength: number }[];
}

interface FreeName {
  assigned: boolean;
  paths: (readonly string[])[];
}

/** The serializer's text as an ES module. */
export interface Rewritten {
  text: string;
  functions: EmittedFunction[];
}

export interface RewriteOptions {
  /** Import of a free name of the function with this code, if its value is imported. */
  importOf(code: string, name: string): Import | undefined;
  /** Specifier for a module that the function with this code loads by itself. */
  specifierOf(code: string, written: string): string;
  /** The `name` of the live function with this code, for stack traces. */
  nameOf(code: string): string;
  /** Does the function run in sloppy mode in its file? */
  isSloppy(code: string): boolean;
}

/**
 * Turns the text of `pulumi.runtime.serializeFunction` into an ES module that esbuild can tree-shake. Captured modules become imports, and
 * the `with` block around each function becomes a function call that creates the scope once. The scope lives as long as the module, and
 * a call runs only the function itself.
 */
export function rewrite(text: string, options: RewriteOptions): Rewritten {
  return new Rewriter(text, options).run();
}

class Rewriter {
  private readonly imports = new Map<string, string>();
  private readonly functions: (Omit<EmittedFunction, "offset"> & {
    before: string;
    after: string;
    rewritten: string;
  })[] = [];
  private readonly fills: string[] = [];
  private readonly environment: string[] = [];
  private exported: string | undefined;
  private readonly captured: CapturedValues;

  public constructor(
    private readonly text: string,
    private readonly options: RewriteOptions,
  ) {
    this.captured = new CapturedValues(text, (specifier) => this.importAs({ specifier, what: "require" }));
  }

  public run(): Rewritten {
    for (const statement of acorn.parse(this.text, { ecmaVersion: "latest", sourceType: "script" }).body)
      this.statement(statement);
    if (this.exported === undefined) throw new Error("The serializer's text exports no handler.");
    let text = `${[...this.imports.values()].join("\n")}\n${NAME_FUNCTION}\n`;
    const functions: EmittedFunction[] = [];
    for (const { before, rewritten, after, ...emitted } of this.functions) {
      text += before;
      functions.push({ ...emitted, offset: text.length });
      text += rewritten + after;
    }
    // An `export` would add esbuild's wrapper of CommonJS exports, half a KB, to each bundle.
    text += [...this.environment, ...this.fills, `exports.handler = ${this.exported};`, ""].join("\n");
    return { text, functions };
  }

  private statement(node: acorn.Statement | acorn.ModuleDeclaration): void {
    if (node.type === "VariableDeclaration") {
      const { id, init } = node.declarations[0] ?? {};
      if (id?.type !== "Identifier" || !init || node.declarations.length > 1) throw this.unknown(node, "declaration");
      // Importable modules are omitted, so this one loads Pulumi.
      if (node.kind === "const")
        throw new Error(
          `'${id.name}' is the module ${this.slice(init).slice("require(".length, -1)}, which works during deployment only; call it outside of the callback and capture the result.`,
        );
      this.environment.push(`var ${id.name} = ${this.captured.print(init)};`);
    } else if (node.type === "ExpressionStatement") this.expression(node.expression);
    else if (node.type === "FunctionDeclaration") this.shell(node);
    else throw this.unknown(node, node.type);
  }

  private expression(node: acorn.Expression): void {
    if (node.type === "AssignmentExpression" && node.operator === "=" && node.left.type === "MemberExpression") {
      const { object, property, computed } = node.left;
      if (isNamed(object, "exports") && !computed && isNamed(property, "handler")) {
        if (this.exported !== undefined) throw this.unknown(node, "second export");
        const { right } = node;
        const isCall = right.type === "CallExpression" && right.arguments.length === 0 && isNamed(right.callee);
        if (!isCall && !isNamed(right)) throw this.unknown(node, "export");
        this.exported = this.slice(right);
      } else this.environment.push(`${this.captured.print(node.left)} = ${this.captured.print(node.right)};`);
    } else if (
      node.type === "CallExpression" &&
      /^Object\.(defineProperty|setPrototypeOf)$/.test(this.slice(node.callee))
    )
      this.environment.push(`${this.captured.print(node)};`);
    else throw this.unknown(node, "statement");
  }

  /** `function __f0(__0) { return (function () { with (ENVIRONMENT) { return CODE; } }).apply(…).apply(this, arguments); }` */
  private shell(node: acorn.FunctionDeclaration | acorn.AnonymousFunctionDeclaration): void {
    const [outer] = node.body.body;
    if (!node.id || node.body.body.length !== 1 || outer?.type !== "ReturnStatement")
      throw this.unknown(node, "function shell");
    const outerCall = this.apply(outer.argument);
    const innerCall = this.apply(outerCall.target);
    if (!innerCall.args.every((a) => isNamed(a, "undefined"))) throw this.unknown(node, "captured this or arguments");
    const scope = innerCall.target.type === "FunctionExpression" ? innerCall.target.body.body[0] : undefined;
    if (scope?.type !== "WithStatement" || scope.object.type !== "ObjectExpression")
      throw this.unknown(node, "with shell");
    const [result] = scope.body.type === "BlockStatement" ? scope.body.body : [];
    const code = result?.type === "ReturnStatement" ? result.argument : undefined;
    if (code?.type !== "FunctionExpression" && code?.type !== "ArrowFunctionExpression")
      throw this.unknown(node, "function code");
    this.emit(node.id.name, this.slice(code), scope.object.properties);
  }

  private apply(node: acorn.Node | null | undefined): { target: acorn.Expression | acorn.Super; args: acorn.Node[] } {
    const call = node as acorn.Expression | null | undefined;
    if (
      call?.type !== "CallExpression" ||
      call.callee.type !== "MemberExpression" ||
      !isNamed(call.callee.property, "apply")
    )
      throw new UnknownShape(this.text, node ?? { start: 0, end: 120, type: "" }, "apply");
    return { target: call.callee.object, args: call.arguments };
  }

  private emit(variable: string, code: string, scope: (acorn.Property | acorn.SpreadElement)[]): void {
    const names: string[] = [];
    const values: string[] = [];
    const imported = new Map<string, string>();
    for (const entry of scope) {
      if (entry.type !== "Property" || entry.computed || entry.key.type !== "Identifier")
        throw this.unknown(entry, "scope entry");
      const { name } = entry.key;
      const isLeftOut = isNamed(entry.value, "undefined");
      if ((name === "this" || name === "arguments") && isLeftOut) continue;
      const from = isLeftOut ? this.options.importOf(code, name) : undefined;
      if (from) imported.set(name, this.importAs(from));
      else {
        names.push(name);
        values.push(this.captured.print(entry.value));
      }
    }
    const { references, loads } = analyzeText(code);
    // The serializer overlooks superclasses, and names that are globals too.
    for (const { name } of references) {
      const overlooked = !names.includes(name) && !imported.has(name) && this.options.importOf(code, name);
      if (overlooked) imported.set(name, this.importAs(overlooked));
    }
    const replacements: Replacement[] = [];
    for (const { name, at, shorthand } of references) {
      const to = imported.get(name);
      if (to !== undefined) replacements.push({ at, length: name.length, text: shorthand ? `${name}: ${to}` : to });
    }
    for (const { at, length, specifier } of loads)
      if (specifier !== undefined)
        replacements.push({ at, length, text: JSON.stringify(this.options.specifierOf(code, specifier)) });
    const { rewritten, renames } = replace(code, replacements);
    const label = this.options.nameOf(code);
    const open = label ? "$name(" : "(";
    const close = label ? `, ${JSON.stringify(label)})` : ")";
    const fresh = names.map((_, i) => `$${i}`);
    const fill = `(${fresh.join(", ")}) => { ${names.map((n, i) => `${n} = ${fresh[i]};`).join(" ")} }`;
    const mode = this.options.isSloppy(code) ? "" : `"use strict"; `;
    const hasScope = names.length > 0;
    const free = new Map<string, FreeName>();
    for (const { name, assigned, path } of references) {
      const before = free.get(name) ?? { assigned: false, paths: [] };
      free.set(name, { assigned: assigned || before.assigned, paths: [...before.paths, path] });
    }
    this.functions.push({
      variable,
      code,
      free,
      captured: names,
      values,
      imported: [...imported.keys()],
      unresolved: loads.find(({ specifier }) => specifier === undefined)?.by,
      renames,
      before: hasScope
        ? `var [${variable}, ${variable}$fill] = ((${names.join(", ")}) => { ${mode}return [${open}\n`
        : `var ${variable} = (() => { ${mode}return ${open}\n`,
      rewritten,
      after: hasScope ? `\n${close}, ${fill}]; })();\n` : `\n${close}; })();\n`,
    });
    if (hasScope) this.fills.push(`${variable}$fill(${values.join(", ")});`);
  }

  /** Local name of an import, which is added once. */
  private importAs({ specifier, what }: Import): string {
    const key = JSON.stringify([specifier, what]);
    const local = `$import${[...this.imports.keys()].indexOf(key) + 1 || this.imports.size + 1}`;
    const from = JSON.stringify(specifier);
    if (what === "namespace") this.imports.set(key, `import * as ${local} from ${from};`);
    else if (what === "require") this.imports.set(key, `const ${local} = require(${from});`);
    else this.imports.set(key, `import { ${what.member} as ${local} } from ${from};`);
    return local;
  }

  private slice(node: acorn.Node): string {
    return this.text.slice(node.start, node.end);
  }

  private unknown(node: acorn.Node, why: string): UnknownShape {
    return new UnknownShape(this.text, node, why);
  }
}

const NAME_FUNCTION = `var $name = (f, value) => Object.defineProperty(f, "name", { value, configurable: true });`;

interface Replacement {
  at: number;
  length: number;
  text: string;
}

function replace(code: string, replacements: Replacement[]): Pick<EmittedFunction, "renames"> & { rewritten: string } {
  let rewritten = "";
  let done = 0;
  const renames: { at: number; length: number; newLength: number }[] = [];
  for (const { at, length, text } of replacements.sort((a, b) => a.at - b.at)) {
    if (at < done) continue; // the same reference, found twice
    rewritten += code.slice(done, at) + text;
    done = at + length;
    renames.push({ at, length, newLength: text.length });
  }
  return { rewritten: rewritten + code.slice(done), renames };
}
