/**
 * `npm run list-untested`: source files that decide something and have no test of the same path. Left out are files without a branch: types,
 * constants, declarations of resources, and functions that only pass on. Tests of what uses them cover these.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const { SyntaxKind } = ts;
const BRANCHES: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.IfStatement,
  SyntaxKind.SwitchStatement,
  SyntaxKind.ConditionalExpression,
  SyntaxKind.ForStatement,
  SyntaxKind.ForOfStatement,
  SyntaxKind.WhileStatement,
  SyntaxKind.DoStatement,
  SyntaxKind.TryStatement,
  SyntaxKind.ThrowStatement,
  // In binary expressions.
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
]);

const root = join(__dirname, "..", "..");
const sources = globSync("{catalogue,components,domain,workflows,web/src}/**/*.ts", { cwd: root })
  .filter((file) => !/(^|\/)index\.ts$|\.d\.ts$|node_modules/.test(file))
  .filter((file) =>
    hasBranch(ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest)),
  )
  .sort();
/** Of the storefront's tests, only the folder's name `src` is left out. */
const testOf = (file: string) => join(root, "tests", file.replace(/^web\/src\//, "web/").replace(/\.ts$/, ".test.ts"));
const untested = sources.filter((file) => !existsSync(testOf(file)));

console.log(untested.join("\n"));
console.log(`${untested.length} of ${sources.length} files that decide something have no test of the same path.`);

function hasBranch(node: ts.Node): boolean {
  return BRANCHES.has(node.kind) || ts.forEachChild(node, (child) => hasBranch(child) || undefined) === true;
}
