import * as acorn from "acorn";

/** Replacement of a part of the text. */
interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * Writes a module's arrow functions as declarations and function expressions, unless they use the `this` or the arguments around them. V8 skims
 * over a function until it is called, but parses arrow functions in full with what is around them: when it loads a file, and again when it
 * compiles the function that makes them.
 */
export function withDeclaredFunctions(code: string): string {
  const program = code.includes("=>") ? parsed(code) : undefined;
  if (!program) return code;
  const edits: Edit[] = [];
  for (const statement of program.body) {
    const declared = declaredArrow(statement);
    if (declared) collect(declared.arrow, code, edits, declared);
    else collect(statement, code, edits);
  }
  return applied(code, edits);
}

/** A module with newer syntax than this parser's stays as it is. */
function parsed(code: string): acorn.Program | undefined {
  try {
    return acorn.parse(code, { ecmaVersion: "latest", sourceType: "module" });
  } catch {
    return undefined;
  }
}

interface Declared {
  /** Start of the declaration. */
  start: number;
  name: string;
  arrow: acorn.ArrowFunctionExpression;
}

/** The arrow function of `const name = () => …` and `export const name = () => …`. */
function declaredArrow(statement: acorn.Program["body"][number]): Declared | undefined {
  const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") return undefined;
  const [first, ...more] = declaration.declarations;
  if (first?.id.type !== "Identifier" || first.init?.type !== "ArrowFunctionExpression" || more.length > 0)
    return undefined;
  return { start: declaration.start, name: first.id.name, arrow: first.init };
}

/** Collects the edits of a node and those inside it. Returns true if it uses what an arrow function takes from around it. */
function collect(node: acorn.Node, code: string, edits: Edit[], declared?: Declared): boolean {
  let isBound =
    BOUND.has(node.type) || (node.type === "Identifier" && OUTER_NAMES.has((node as acorn.Identifier).name));
  const visit = (child: unknown): void => {
    if (isNode(child) && collect(child, code, edits)) isBound = true;
  };
  // A loop over the keys: hundreds of modules are read for a bundle.
  for (const key in node) {
    const child: unknown = node[key as keyof acorn.Node];
    if (Array.isArray(child)) child.forEach(visit);
    else visit(child);
  }
  if (node.type === "ArrowFunctionExpression" && !isBound)
    edits.push(...editsOf(node as acorn.ArrowFunctionExpression, code, declared));
  return isBound && !OWN.has(node.type);
}

const BOUND = new Set(["ThisExpression", "Super", "MetaProperty"]);
const OUTER_NAMES = new Set(["arguments", "eval"]);
const OWN = new Set(["FunctionExpression", "FunctionDeclaration"]);

const isNode = (value: unknown): value is acorn.Node =>
  typeof value === "object" && value !== null && typeof (value as Partial<acorn.Node>).type === "string";

function editsOf(arrow: acorn.ArrowFunctionExpression, code: string, declared?: Declared): Edit[] {
  const from = declared?.start ?? arrow.start;
  const parameters = arrow.async ? arrow.start + /^async\s*/.exec(code.slice(arrow.start))![0].length : arrow.start;
  const hasParentheses = code[parameters] === "(";
  const sign = code.lastIndexOf("=>", arrow.body.start);
  const name = declared ? ` ${declared.name}` : " ";
  const head = `${arrow.async ? "async " : ""}function${name}${hasParentheses ? "" : "("}`;
  const tail = hasParentheses ? "" : ")";
  return [
    { start: from, end: parameters, text: head },
    { start: sign, end: sign + 2, text: arrow.expression ? `${tail} { return (` : tail },
    ...(arrow.expression ? [{ start: arrow.end, end: arrow.end, text: "); }" }] : []),
  ];
}

function applied(code: string, edits: Edit[]): string {
  edits.sort((a, b) => a.start - b.start || a.end - b.end);
  let made = "";
  let at = 0;
  for (const { start, end, text } of edits) {
    made += code.slice(at, start) + text;
    at = end;
  }
  return made + code.slice(at);
}
