import * as ts from "typescript";

export interface HostOptions {
  /** Keeps the parsed files of packages, for the next program with like options: parsing and binding `@pulumi/aws` takes seconds. */
  parsed?: Map<string, ts.SourceFile>;
  /** Reads the doc comments of files outside packages. Default: false. */
  readsDocs?: boolean;
}

/** A compiler host that reads doc comments as mere comments: they cost a quarter of the time in which the types of `@pulumi/aws` are parsed. */
export function createCompilerHost(
  options: ts.CompilerOptions,
  { parsed = new Map(), readsDocs = false }: HostOptions = {},
): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) => {
    const settings = typeof version === "object" ? version : { languageVersion: version };
    const isPackage = name.includes("/node_modules/");
    const { ParseAll, ParseNone } = ts.JSDocParsingMode;
    const jsDocParsingMode = readsDocs && !isPackage ? ParseAll : ParseNone;
    // Files of packages are CommonJS or ES modules according to the resolution that found them.
    const key = `${name} ${settings.impliedNodeFormat}`;
    const file = parsed.get(key) ?? parse(name, { ...settings, jsDocParsingMode }, ...rest);
    if (file && isPackage) parsed.set(key, file);
    return file;
  };
  return host;
}

/** Files of this project's packages that one test file's program leaves to the next. */
export const parsedPackages = new Map<string, ts.SourceFile>();
