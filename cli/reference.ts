/**
 * Writes `docs/reference`: a page for each component, from the doc comments of its class, arguments and outputs. `npm run docs`.
 * A test compares the pages with the sources.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

const root = join(__dirname, "..");

/** Folder of the pages. */
export const REFERENCE = join(root, "docs", "reference");

/** Renders the pages, by file name. The host reads the doc comments of this project's files. */
export function renderReference(
  hostOf: (options: ts.CompilerOptions) => ts.CompilerHost = ts.createCompilerHost,
): Map<string, string> {
  const entries = readdirSync(join(root, "components"), { withFileTypes: true })
    .filter((folder) => folder.isDirectory() && ts.sys.fileExists(join(root, "components", folder.name, "index.ts")))
    .map(({ name }) => name)
    .sort();
  const files = entries.map((entry) => join(root, "components", entry, "index.ts"));
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const settings = { ...options, noEmit: true };
  const program = ts.createProgram(files, settings, hostOf(settings));
  const checker = program.getTypeChecker();
  const pages = new Map<string, string>();
  const index: string[] = [];
  files.forEach((file, i) => {
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!);
    const entry = `stayopen/${entries[i]}`;
    for (const symbol of exported.map((each) => targetOf(each, checker))) {
      const declaration = symbol.declarations?.find(isComponent);
      if (!declaration) continue;
      pages.set(`${symbol.name}.md`, new Page(symbol, declaration, entry, checker).render());
      index.push(`| [${symbol.name}](${symbol.name}.md) | \`${entry}\` | ${cell(summaryOf(symbol, checker)[0]!)} |`);
    }
  });
  const heading =
    "# Reference\n\nWritten from the doc comments by `npm run docs`.\n\n| component | entry | |\n|---|---|---|\n";
  pages.set("README.md", `${heading}${index.sort().join("\n")}\n`);
  return pages;
}

const isComponent = (node: ts.Declaration): node is ts.ClassDeclaration =>
  ts.isClassDeclaration(node) && /ComponentResource/.test(node.heritageClauses?.[0]?.getText() ?? "");

const targetOf = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** Paragraphs of a doc comment, each on one line, without tags. */
const summaryOf = (symbol: ts.Symbol, checker: ts.TypeChecker): string[] =>
  ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ").trim());

const cell = (text: string) => text.replaceAll("|", "\\|");

/** Page of one component. */
class Page {
  /** Interfaces of this project that an argument's type names, in the order of their first use. */
  private readonly named = new Map<string, ts.InterfaceDeclaration>();

  constructor(
    private readonly component: ts.Symbol,
    private readonly declaration: ts.ClassDeclaration,
    private readonly entry: string,
    private readonly checker: ts.TypeChecker,
  ) {}

  render(): string {
    const { name } = this.component;
    const paragraphs = summaryOf(this.component, this.checker);
    const [args] = this.declaration.members.find(ts.isConstructorDeclaration)!.parameters.slice(1);
    const type = this.checker.getNonNullableType(this.checker.getTypeAtLocation(args!));
    const own = this.table(this.checker.getPropertiesOfType(type));
    const others: string[] = [];
    // Rendering a table may find further interfaces, which the iteration then reaches.
    for (const [title, declaration] of this.named)
      others.push(`### ${title}\n\n${this.described(declaration)}${this.table(this.membersOf(declaration))}`);
    const cost = paragraphs
      .find((paragraph) => paragraph.startsWith("Cost: "))
      ?.replace(/^Cost: (.)/, (_, first) => first.toUpperCase());
    return [
      `# ${name}`,
      `\`import { ${name} } from "${this.entry}";\``,
      ...paragraphs.filter((paragraph) => !paragraph.startsWith("Cost: ")),
      ...(cost === undefined ? [] : ["## Cost", cost]),
      "## Example",
      `\`\`\`ts\n${this.example()}\n\`\`\``,
      "## Arguments",
      own,
      ...others,
      "## Outputs",
      this.outputs(),
    ]
      .join("\n\n")
      .concat("\n");
  }

  private example(): string {
    const tag = this.component.getJsDocTags(this.checker).find(({ name }) => name === "example");
    return ts.displayPartsToString(tag?.text).trim();
  }

  private described(declaration: ts.InterfaceDeclaration): string {
    const text = summaryOf(this.checker.getSymbolAtLocation(declaration.name)!, this.checker).join("\n\n");
    return text ? `${text}\n\n` : "";
  }

  private membersOf = (declaration: ts.InterfaceDeclaration) =>
    this.checker.getPropertiesOfType(this.checker.getTypeAtLocation(declaration));

  private table(properties: ts.Symbol[]): string {
    const rows = properties.flatMap((property) => this.rows(property, ""));
    return ["| argument | type | | default |", "|---|---|---|---|", ...rows].join("\n");
  }

  /** Row of an argument, and those of the fields of an object type that has no name. */
  private rows(property: ts.Symbol, prefix: string): string[] {
    const name = prefix + property.name;
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const text = summaryOf(property, this.checker).join(" ");
    const [, what = text, fallback = isOptional ? "none" : "required"] = /^(.*?)\s*\bDefault: (.*)$/s.exec(text) ?? [];
    const node = (property.valueDeclaration as ts.PropertySignature | undefined)?.type;
    const fields = node && ts.isTypeLiteralNode(node) ? node : undefined;
    if (node) this.note(node);
    const type = fields ? "object" : (node?.getText().replace(/\s+/g, " ") ?? "unknown");
    const row = `| \`${name}\` | \`${cell(type)}\` | ${cell(what)} | ${cell(fallback)} |`;
    const inner = fields ? this.checker.getPropertiesOfType(this.checker.getTypeFromTypeNode(fields)) : [];
    return [row, ...inner.flatMap((field) => this.rows(field, `${name}.`))];
  }

  /** Notes the interfaces that a type names, by themselves or through an alias. */
  private note(node: ts.Node): void {
    // Of a type by key, the page shows the key.
    if (ts.isIndexedAccessTypeNode(node)) return;
    if (ts.isTypeReferenceNode(node)) {
      const symbol = this.checker.getSymbolAtLocation(node.typeName);
      for (const declaration of (symbol && targetOf(symbol, this.checker).declarations) ?? []) {
        if (/node_modules/.test(declaration.getSourceFile().fileName)) continue;
        if (ts.isTypeAliasDeclaration(declaration) && !declaration.typeParameters) this.note(declaration.type);
        if (ts.isInterfaceDeclaration(declaration)) this.named.set(declaration.name.text, declaration);
      }
    }
    ts.forEachChild(node, (child) => this.note(child));
  }

  private outputs(): string {
    const rows = this.declaration.members
      .filter((member) => ts.isPropertyDeclaration(member) || ts.isGetAccessor(member))
      .filter(
        (member) =>
          !/\b(private|protected)\b/.test(
            ts
              .getModifiers(member)
              ?.map((each) => each.getText())
              .join(" ") ?? "",
          ),
      )
      .map((member) => {
        const symbol = this.checker.getSymbolAtLocation(member.name)!;
        const type = member.type?.getText().replace(/\s+/g, " ") ?? "object";
        return `| \`${symbol.name}\` | \`${cell(type)}\` | ${cell(summaryOf(symbol, this.checker).join(" "))} |`;
      });
    return ["| output | type | |", "|---|---|---|", ...rows].join("\n");
  }
}

if (require.main === module) {
  rmSync(REFERENCE, { recursive: true, force: true });
  mkdirSync(REFERENCE, { recursive: true });
  for (const [file, text] of renderReference()) writeFileSync(join(REFERENCE, file), text);
}
