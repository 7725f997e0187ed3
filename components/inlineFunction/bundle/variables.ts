import * as acorn from "acorn";
import { analyze, type Scope, type Variable } from "eslint-scope";
import { forEachOwnNode, opensThis } from "./analysis";
import type { AnyFunction } from "./closures";
import { positions } from "./positions";

/**
 * Offset, in its script, of an assignment to a captured variable that may run after the capture: one inside a function that is neither
 * the captured one nor the one that declares the variable.
 */
export function findLaterAssignment(fn: AnyFunction, name: string): number | undefined {
  const placed = positions().place(fn);
  if (!placed) return undefined;
  const variable = variableAt(placed.scriptId, placed.source, placed.offset, name);
  if (!variable) return undefined;
  const end = placed.offset + placed.text.length;
  for (const reference of variable.references) {
    const { start } = reference.identifier as unknown as acorn.Identifier;
    if (!reference.isWrite() || reference.init || (start >= placed.offset && start < end)) continue;
    if (reference.from.variableScope !== variable.scope.variableScope) return start;
  }
  return undefined;
}

/** The environment variable, such as `process.env.STAGE`, that initializes a captured variable during deployment. */
export function findEnvironmentVariable(fn: AnyFunction, name: string): string | undefined {
  const placed = positions().place(fn);
  const variable = placed && variableAt(placed.scriptId, placed.source, placed.offset, name);
  const declarator = variable?.defs[0]?.node as acorn.VariableDeclarator | undefined;
  if (!placed || declarator?.type !== "VariableDeclarator" || !declarator.init || opensThis(declarator.init))
    return undefined;
  let found: string | undefined;
  forEachOwnNode(declarator.init, (node) => {
    const text = placed.source.slice(node.start, node.end);
    // The outermost comes first: `process.env.STAGE` before `process.env`; compiled, `node:process` is `node_process_1`.
    if (node.type === "MemberExpression" && /^(node_)?process(_\d+)?(\.default)?\.env\b/.test(text)) found ??= text;
  });
  return found?.replace(/^(node_)?process(_\d+)?(\.default)?/, "process");
}

/** Does the function run in sloppy mode? Neither its file, nor a function or class around it, nor itself is strict. */
export function isSloppy(fn: AnyFunction): boolean {
  const placed = positions().place(fn);
  if (!placed || STRICT_FILE.test(placed.source)) return false;
  // The last character belongs to the function's own scope, and to none inside.
  const last = placed.offset + placed.text.length - 1;
  let own: Scope | undefined;
  for (const scope of scopesOf(placed.scriptId, placed.source)) {
    const { start, end } = scope.block as unknown as acorn.Node;
    if (start <= last && last < end && (!own || start >= (own.block as unknown as acorn.Node).start)) own = scope;
  }
  return own?.isStrict === false;
}

/** Matches a text that begins with the directive `use strict`, after comments. */
export const STRICT_FILE = /^(?:#![^\n]*\n)?(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*(["'])use strict\1/;

/** The variable that a name refers to at an offset of a script. */
function variableAt(scriptId: string, source: string, offset: number, name: string): Variable | undefined {
  let innermost: Scope | undefined;
  for (const scope of scopesOf(scriptId, source)) {
    const { start, end } = scope.block as unknown as acorn.Node;
    if (start <= offset && offset < end && (!innermost || start >= (innermost.block as unknown as acorn.Node).start))
      innermost = scope;
  }
  for (let scope: Scope | null | undefined = innermost; scope; scope = scope.upper) {
    const variable = scope.set.get(name);
    if (variable) return variable;
  }
  return undefined;
}

const analyzed = new Map<string, Scope[]>();

function scopesOf(scriptId: string, source: string): Scope[] {
  let scopes = analyzed.get(scriptId);
  if (!scopes) {
    const program = acorn.parse(source, {
      ecmaVersion: "latest",
      sourceType: "script",
      ranges: true,
      allowReturnOutsideFunction: true,
      allowHashBang: true,
    });
    const options = { ecmaVersion: 2022, sourceType: "commonjs" } as const;
    scopes = analyze(program as unknown as Parameters<typeof analyze>[0], options).scopes;
    analyzed.set(scriptId, scopes);
  }
  return scopes;
}
