import * as acorn from "acorn";
import { analyze } from "eslint-scope";

/** A name in a function that the function does not declare. */
export interface FreeReference {
  name: string;
  at: number;
  assigned: boolean;
  /** `{ x }`: replacing the name has to keep the key. */
  shorthand: boolean;
}

/** A call of `import()` or `require()`; the place and text of what it is called with, where that is a literal. */
export interface Load {
  by: "import" | "require";
  at: number;
  length: number;
  specifier: string | undefined;
}

/** What a function's text takes from outside. */
export interface Analysis {
  /** References to names the function does not declare. */
  references: FreeReference[];
  loads: Load[];
}

const analyses = new Map<string, Analysis>();

/** Finds what a function takes from outside: free names, and modules that it loads by itself. Kept by text. */
export function analysis(code: string): Analysis {
  const known = analyses.get(code);
  if (known) return known;
  const shorthand = new Set<number>();
  const loads: Load[] = [];
  // The parenthesis in front shifts each position by one.
  const program = acorn.parse(`(${code})`, { ecmaVersion: "latest", sourceType: "script", ranges: true });
  const load = (by: Load["by"], source: acorn.Expression | acorn.SpreadElement | undefined) => {
    const specifier = source?.type === "Literal" && typeof source.value === "string" ? source.value : undefined;
    loads.push({ by, at: (source?.start ?? 1) - 1, length: (source?.end ?? 0) - (source?.start ?? 0), specifier });
  };
  forEachNode(program, (node) => {
    if (isType<acorn.Property>(node, "Property") && node.shorthand) shorthand.add(node.value.start);
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
    return { name, at: start - 1, assigned: reference.isWrite(), shorthand: shorthand.has(start) };
  });
  const result = { references, loads };
  analyses.set(code, result);
  return result;
}

const isType = <N extends acorn.Node>(node: acorn.Node, type: N["type"]): node is N => node.type === type;

/** Calls back for each node of a syntax tree. */
export function forEachNode(node: acorn.Node, visit: (node: acorn.Node) => void): void {
  visit(node);
  for (const child of Object.values(node)) {
    if (Array.isArray(child)) {
      for (const element of child) if (isNode(element)) forEachNode(element, visit);
    } else if (isNode(child)) forEachNode(child, visit);
  }
}

const isNode = (value: unknown): value is acorn.Node =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";

/** Whether a node is an identifier, of this name if one is given. */
export function isNamed(node: acorn.Node, name?: string): boolean {
  return node.type === "Identifier" && (name === undefined || (node as acorn.Identifier).name === name);
}
