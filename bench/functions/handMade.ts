import * as fs from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";
import * as ts from "typescript";
import type { AnyFunction } from "../../components/inlineFunction/bundle/closures";
import { bundlePlugins, ESBUILD_OPTIONS } from "../../components/inlineFunction/bundle/compile";
import { CompiledFiles } from "../../components/inlineFunction/bundle/compiledFiles";
import { positions } from "../../components/inlineFunction/bundle/positions";

/**
 * Writes the equivalent hand-written handler file for a callback: the factory's source text with the imports and declarations of its file
 * that it uses. esbuild bundles it with the usual options.
 *
 * @returns the bundle's file, without its map.
 */
export async function handMade(name: string, factory: AnyFunction, directory: string): Promise<string> {
  const place = positions().at(factory);
  if (!place) throw new Error(`The source position of ${name} is unknown.`);
  const source = ts.createSourceFile(place.file, fs.readFileSync(place.file, "utf8"), ts.ScriptTarget.Latest, true);
  const at = source.getPositionOfLineAndCharacter(place.line - 1, place.column - 1);
  const text = factoryAt(source, at).getText(source);
  const entry = entryOf(name, directory);
  fs.writeFileSync(entry, `${usedBy(text, source).join("\n")}\nexport const handler = (${text})();\n`);
  const outfile = path.join(directory, name, "index.js");
  const { outputFiles } = await esbuild.build({
    ...ESBUILD_OPTIONS,
    plugins: bundlePlugins(new CompiledFiles(process.cwd())),
    sourcemap: false,
    entryPoints: [entry],
    outfile,
    nodePaths: [path.resolve("node_modules")],
  });
  fs.mkdirSync(path.dirname(outfile), { recursive: true });
  fs.writeFileSync(outfile, outputFiles[0]?.contents ?? "");
  return outfile;
}

/** Path of a handler's file. */
export const entryOf = (name: string, directory: string): string => path.join(directory, `${name}.entry.ts`);

/** The arrow function that starts at or just after a position. */
function factoryAt(source: ts.SourceFile, at: number): ts.ArrowFunction {
  let found: ts.ArrowFunction | undefined;
  const visit = (node: ts.Node): void => {
    if (found || node.end < at) return;
    if (ts.isArrowFunction(node) && node.getStart(source) >= at) {
      found = node;
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (!found) throw new Error(`${source.fileName} has no arrow function at the factory's position.`);
  return found;
}

/** Imports and declarations of a file that a text uses, directly or indirectly. */
function usedBy(text: string, source: ts.SourceFile): string[] {
  const isUsed = (name: string, by: string) => new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name}(?![\\w$])`).test(by);
  const used: string[] = [];
  let all = text;
  const declarations = source.statements.filter((s) => ts.isFunctionDeclaration(s) || ts.isVariableStatement(s));
  for (let found = true; found; ) {
    found = false;
    for (const statement of declarations) {
      const written = statement.getText(source);
      if (used.includes(written) || !namesOf(statement).some((name) => isUsed(name, all))) continue;
      used.push(written);
      all += written;
      found = true;
    }
  }
  const imports = source.statements.filter(ts.isImportDeclaration).filter((statement) => {
    const clause = statement.importClause;
    const isType = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return !isType && importedNames(clause).some((name) => isUsed(name, all));
  });
  return [...imports.map((statement) => absolute(statement, source)), ...used];
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isFunctionDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  return ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map((d) => (ts.isIdentifier(d.name) ? d.name.text : ""))
    : [];
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements.map((e) => e.name.text) : [];
  return [
    ...named,
    ...(bindings && ts.isNamespaceImport(bindings) ? [bindings.name.text] : []),
    ...(clause?.name ? [clause.name.text] : []),
  ];
}

function absolute(statement: ts.ImportDeclaration, source: ts.SourceFile): string {
  const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
  const written = statement.getText(source);
  if (!specifier.startsWith(".")) return written;
  const file = path.resolve(path.dirname(source.fileName), specifier);
  return written.replace(/(["'])\.[^"']*\1/, JSON.stringify(file));
}
