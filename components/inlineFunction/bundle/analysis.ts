import * as acorn from "acorn";
import { analyze } from "eslint-scope";

/** A name in a function that the function does not declare. */
export interface FreeReference {
  name: string;
  at: number;
  assigned: boolean;
  /** `{ x }`: replacing the name has to keep the key. */
  shorthand: boolean;
  /** Properties that are read from it by name: `["b", "c"]` for `a.b.c`. */
  path: readonly string[];
}

/** A call of `import()` or `require()`, with the place and text of a literal argument. */
export interface Load {
  by: "import" | "require";
  at: number;
  length: number;
  specifier: string | undefined;
}

/** Free names of a function's text, and the modules that it loads by itself. */
export interface Analysis {
  references: FreeReference[];
  loads: Load[];
}

const analyses = new Map<string, Analysis>();

/** Finds the free names of a function's text and the modules that it loads by itself. Results are kept by text. */
export function analyzeText(code: string): Analysis {
  const known = analyses.get(code);
  if (known) return known;
  const shorthand = new Set<number>();
  const paths = new Map<number, string[]>();
  const loads: Load[] = [];
  // The parenthesis in front shifts each position by one.
  const program = acorn.parse(`(${code})`, { ecmaVersion: "latest", sourceType: "script", ranges: true });
  const load = (by: Load["by"], source: acorn.Expression | acorn.SpreadElement | undefined) => {
    const specifier = source?.type === "Literal" && typeof source.value === "string" ? source.value : undefined;
    loads.push({ by, at: (source?.start ?? 1) - 1, length: (source?.end ?? 0) - (source?.start ?? 0), specifier });
  };
  forEachNode(program, (node) => {
    if (isType<acorn.Property>(node, "Property") && node.shorthand) shorthand.add(node.value.start);
    if (isType<acorn.MemberExpression>(node, "MemberExpression")) {
      const { root, path } = unwound(node, code);
      // The longest path comes first.
      if (root.type === "Identifier" && !paths.has(root.start)) paths.set(root.start, path);
    }
    if (isType<acorn.ImportExpression>(node, "ImportExpression")) load("import", node.source);
    if (isType<acorn.CallExpression>(node, "CallExpression") && isNamed(node.callee, "require"))
      load("require", node.arguments[0]);
  });
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2022,
    sourceType: "script",
  });
  const references = (scopes.globalScope?.through ?? []).map((reference) => {
    const { name, start } = reference.identifier as unknown as acorn.Identifier;
    const path = paths.get(start) ?? [];
    return { name, at: start - 1, assigned: reference.isWrite(), shorthand: shorthand.has(start), path };
  });
  const result = { references, loads };
  analyses.set(code, result);
  return result;
}

const isType = <N extends acorn.Node>(node: acorn.Node, type: N["type"]): node is N => node.type === type;

/** The expression that properties are read from by name, and their names. Parentheses end a path, as in Pulumi's serializer. */
function unwound(node: acorn.MemberExpression, code: string): { root: acorn.Node; path: string[] } {
  const path: string[] = [];
  let root: acorn.Node = node;
  while (isType<acorn.MemberExpression>(root, "MemberExpression")) {
    const { object, property, computed } = root;
    const key =
      property.type === "Identifier" && !computed
        ? property.name
        : property.type === "Literal" && typeof property.value === "string"
          ? property.value
          : undefined;
    if (key === undefined) path.length = 0;
    else path.unshift(key);
    if (/^\s*\)/.test(code.slice(object.end - 1))) path.length = 0;
    root = object;
  }
  return { root, path };
}

/** Calls `visit` for each node of a syntax tree, outer nodes first. */
export function forEachNode(node: acorn.Node, visit: (node: acorn.Node) => void): void {
  visit(node);
  for (const child of childrenOf(node)) forEachNode(child, visit);
}

/** Calls `visit` for the nodes of a function, without those of the functions and classes inside. */
export function forEachOwnNode(node: acorn.Node, visit: (node: acorn.Node) => void): void {
  visit(node);
  for (const child of childrenOf(node)) if (!opensThis(child)) forEachOwnNode(child, visit);
}

export function childrenOf(node: acorn.Node): acorn.Node[] {
  return Object.values(node)
    .flat()
    .filter((child): child is acorn.Node => typeof (child as { type?: unknown } | null)?.type === "string");
}

export type FunctionNode = acorn.Function & acorn.Node;

export const isFunctionNode = (node: acorn.Node): node is FunctionNode =>
  node.type === "FunctionExpression" || node.type === "FunctionDeclaration" || node.type === "ArrowFunctionExpression";

export const isClass = (node: acorn.Node): boolean =>
  node.type === "ClassExpression" || node.type === "ClassDeclaration";

export const opensThis = (node: acorn.Node): boolean => isFunctionNode(node) || isClass(node);

/** Is the node an identifier, with this name if one is given? */
export function isNamed(node: acorn.Node, name?: string): boolean {
  return node.type === "Identifier" && (name === undefined || (node as acorn.Identifier).name === name);
}
