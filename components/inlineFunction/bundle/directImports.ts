import { existsSync, readFileSync, statSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type * as esbuild from "esbuild";

/** Namespace of generated modules, which pass on names of a package. */
export const DIRECT = "direct";

/** The file that defines an exported name, and the name in it. */
interface Definition {
  file: string;
  name: string;
}

/** Exports of a module as its formatter writes them. */
interface Exports {
  defined: Set<string>;
  /** By exported name: where it comes from, and its name there. */
  passedOn: Map<string, { specifier: string; name: string }>;
  /** Modules all of whose exports are passed on. */
  stars: string[];
}

/** A formatter writes imports first: text that looks like one further below may be in a string. */
const BODY = /^(?!import\b|const [\w$]+ = require\(|["'}/*\s]).|$(?![\s\S])/m;
const IMPORT = /^import \{([^{}/]*)\} from (["'])([^"'\n]+)\2;?/gm;
const NAMESPACE = /^import \* as ([\w$]+) from "(inline:[^"\n]+)";/gm;
const PASSED_ON = /^export \{([^{}]*)\} from ["']([^"'\n]+)["'];?$/gm;
const STAR = /^export \* from ["']([^"'\n]+)["'];?$/gm;
const DEFINED = /^export (?:async )?(?:const|let|var|class|function\*?) ([\w$]+)/gm;
const LISTED = /^export \{([^{}]*)\};?$/gm;
const IN_SDK = /[\\/]node_modules[\\/](?:@aws-sdk|@smithy)[\\/]/;
const IMPORTS_SDK = /from ["'](?:@aws-sdk|@smithy)\//;
const SDK = /^(?:@aws-sdk|@smithy)\//;
/** Replaced where clients import it (`awsSdk.ts`). */
const REPLACED = "@aws-sdk/credential-provider-node";

/**
 * Has modules import names of the AWS SDK from the files that define them, past the packages' index files. esbuild links for each function
 * every module that it could reach, used or not, and through an index file it could reach all of a package: 240 modules of a client, of which
 * a function with one command uses 20.
 */
export class DirectImports {
  private readonly exports = new Map<string, Exports>();
  private readonly found = new Map<string, Promise<Definition | undefined>>();
  private readonly files = new Map<string, string | undefined>();
  private readonly packages = new Map<string, Promise<string | undefined>>();

  private readonly namespaces = new Map<string, string>();
  private build: Pick<esbuild.PluginBuild, "resolve"> | undefined;

  /** Rewrites the project's TypeScript; the plugins that load other modules call {@link in}. */
  public readonly plugin: esbuild.Plugin = {
    name: "direct imports",
    setup: (build) => {
      this.build = build;
      build.onResolve({ filter: new RegExp(`^${DIRECT}:`) }, ({ path: name }) => ({
        path: name.slice(DIRECT.length + 1),
        namespace: DIRECT,
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: DIRECT }, ({ path: name }) => ({
        contents: this.namespaces.get(name) ?? "",
        loader: "js",
        resolveDir: process.cwd(), // of absolute paths only
      }));
      build.onLoad({ filter: /\.[cm]?tsx?$/, namespace: "file" }, async ({ path: file }) => {
        const code = await fs.readFile(file, "utf8");
        if (!IMPORTS_SDK.test(code)) return undefined;
        const loader = file.endsWith("x") ? "tsx" : "ts";
        return { contents: await this.in(code, path.dirname(file)), loader, resolveDir: path.dirname(file) };
      });
    },
  };

  /**
   * As {@link in}, for a closure's text: it imports packages as namespaces, `$import1.Name`. Each becomes that of a generated module with the
   * names in use.
   */
  public async inClosure(text: string): Promise<string> {
    const direct = await this.in(text, "");
    const changes = new Map<string, string>();
    for (const [statement, local = "", specifier = ""] of direct.matchAll(NAMESPACE)) {
      const index = await this.fileOf(specifier, "");
      const uses = [
        ...direct
          .slice(direct.search(BODY))
          .matchAll(new RegExp(`${local.replaceAll("$", "\\$")}\\b(?:\\.([\\w$]+))?`, "g")),
      ];
      const names = [...new Set(uses.map(([, name]) => name))];
      const found = await Promise.all(
        names.map((name) => (index === undefined || name === undefined ? undefined : this.find(index, name))),
      );
      if (found.includes(undefined)) continue;
      const lines = found.map(
        (from, i) => `export { ${from?.name} as ${names[i]} } from ${JSON.stringify(from?.file)};`,
      );
      const module = `${specifier}|${names.join()}`;
      this.namespaces.set(module, lines.join("\n"));
      changes.set(statement, `import * as ${local} from ${JSON.stringify(`${DIRECT}:${module}`)};`);
    }
    return direct.replace(NAMESPACE, (statement) => changes.get(statement) ?? statement);
  }

  /** Returns a module's text with direct imports. Lines keep their numbers. Names that are not found, such as types, stay as they are. */
  public async in(code: string, directory: string): Promise<string> {
    const changes = new Map<string, string>();
    const body = code.search(BODY);
    const head = code.slice(0, body);
    for (const [text, list = "", , specifier = ""] of head.matchAll(IMPORT)) {
      if (changes.has(text)) continue;
      const index = await this.fileOf(specifier, directory);
      if (index !== undefined) changes.set(text, await this.direct(text, list, index));
    }
    return head.replace(IMPORT, (text) => changes.get(text) ?? text) + code.slice(body);
  }

  private async direct(text: string, list: string, index: string): Promise<string> {
    const files = new Map<string, string[]>();
    const left: string[] = [];
    for (const part of partsOf(list)) {
      const { name, as } = namesOf(part);
      const found = await this.find(index, name);
      if (!found || found.file === index) left.push(part);
      else files.set(found.file, [...(files.get(found.file) ?? []), found.name === as ? as : `${found.name} as ${as}`]);
    }
    if (files.size === 0) return text;
    const kept = left.length > 0 ? [text.replace(/\{[^{}]*\}/, () => `{ ${left.join(", ")} }`)] : [];
    const direct = [...files].map(([file, names]) => `import { ${names.join(", ")} } from ${JSON.stringify(file)};`);
    return [...kept, ...direct].join(" ") + "\n".repeat(text.split("\n").length - 1);
  }

  /** Index file of an import of the SDK; undefined for other imports. */
  private async fileOf(specifier: string, directory: string): Promise<string | undefined> {
    if (specifier.startsWith(".")) return IN_SDK.test(directory) ? this.fileAt(directory, specifier) : undefined;
    if (specifier.startsWith("inline:")) {
      const bar = specifier.indexOf("|");
      return this.fileOf(specifier.slice(bar + 1), specifier.slice("inline:".length, bar));
    }
    return SDK.test(specifier) && specifier !== REPLACED ? await this.inPackage(specifier, directory) : undefined;
  }

  /** Resolves a package once for each folder that has packages. */
  private inPackage(specifier: string, directory: string): Promise<string | undefined> {
    const name = specifier.split("/").slice(0, 2).join("/");
    let folder = directory;
    while (!existsSync(path.join(folder, "node_modules", name))) {
      const parent = path.dirname(folder);
      if (parent === folder) return Promise.resolve(undefined);
      folder = parent;
    }
    const key = `${folder}|${specifier}`;
    const known = this.packages.get(key) ?? this.resolve(specifier, folder);
    this.packages.set(key, known);
    return known;
  }

  private async resolve(specifier: string, resolveDir: string): Promise<string | undefined> {
    const found = await this.build?.resolve(specifier, { kind: "import-statement", resolveDir });
    return found?.errors.length === 0 && found.namespace === "file" ? found.path : undefined;
  }

  private find(file: string, name: string): Promise<Definition | undefined> {
    const key = `${file}#${name}`;
    const known = this.found.get(key) ?? this.search(file, name);
    this.found.set(key, known);
    return known;
  }

  private async search(file: string, name: string): Promise<Definition | undefined> {
    const { defined, passedOn, stars } = this.exportsOf(file);
    if (defined.has(name)) return { file, name };
    const from = passedOn.get(name);
    if (from) return await this.findIn(file, from.specifier, from.name);
    // A command's file has its name: the others need not be read.
    const likely = stars.filter((specifier) => specifier.endsWith(`/${name}`));
    for (const specifier of new Set([...likely, ...stars])) {
      const found = await this.findIn(file, specifier, name);
      if (found) return found;
    }
    return undefined;
  }

  private async findIn(file: string, specifier: string, name: string): Promise<Definition | undefined> {
    const next = await this.fileOf(specifier, path.dirname(file));
    return next === undefined ? undefined : await this.find(next, name);
  }

  private exportsOf(file: string): Exports {
    const known = this.exports.get(file);
    if (known) return known;
    const code = readFileSync(file, "utf8");
    const defined = new Set([...code.matchAll(DEFINED)].map(([, name]) => String(name)));
    for (const [, list = ""] of code.matchAll(LISTED)) for (const part of partsOf(list)) defined.add(namesOf(part).as);
    const passedOn: Exports["passedOn"] = new Map();
    for (const [, list = "", specifier = ""] of code.matchAll(PASSED_ON))
      for (const { name, as } of partsOf(list).map(namesOf)) passedOn.set(as, { specifier, name });
    const made = { defined, passedOn, stars: [...code.matchAll(STAR)].map(([, specifier]) => String(specifier)) };
    this.exports.set(file, made);
    return made;
  }

  private fileAt(directory: string, specifier: string): string | undefined {
    const base = path.join(directory, specifier);
    if (!this.files.has(base)) {
      const candidates = [base, `${base}.js`, path.join(base, "index.js")];
      this.files.set(
        base,
        candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile()),
      );
    }
    return this.files.get(base);
  }
}

const partsOf = (list: string): string[] =>
  list
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("type "));

/** Both names of `name as as`. */
function namesOf(part: string): { name: string; as: string } {
  const [name = "", as = name] = part.split(/\s+as\s+/);
  return { name, as };
}
