import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type * as esbuild from "esbuild";
import { withDeclaredFunctions } from "./declaredFunctions";

/**
 * Leaves out of the AWS SDK what is for other places than a Lambda function: a third of the bundle of a small function, a fifth of its
 * start. Everything that a callback can ask for keeps working.
 */
export const awsSdkForLambda: esbuild.Plugin = {
  name: "AWS SDK for Lambda",
  setup(build) {
    const loaded = (file: string, code: string): esbuild.OnLoadResult => ({
      contents: withDeclaredFunctions(code),
      loader: "js",
      resolveDir: path.dirname(file),
    });
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path: name, importer, resolveDir }) =>
      /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-\w+[\\/]runtimeConfig\.js$/.test(importer)
        ? { path: name, namespace: CREDENTIALS, pluginData: resolveDir }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: CREDENTIALS }, async ({ path: name, pluginData }) => {
      // As seen from the package that is replaced: a client need not depend on the provider itself.
      const found = await build.resolve(name, {
        kind: "import-statement",
        resolveDir: pluginData,
        pluginData: RESOLVING,
      });
      return { contents: CREDENTIALS_OF_LAMBDA, loader: "js", resolveDir: path.dirname(found.path) };
    });
    build.onLoad(
      { filter: /[\\/]@smithy[\\/]core[\\/]dist-es[\\/].*[\\/]fromSharedConfigFiles\.js$/ },
      ({ path: file }) => ({
        contents: NO_CONFIG_FILES,
        loader: "js",
        resolveDir: path.dirname(file),
      }),
    );
    build.onResolve({ filter: /^mnemonist\/lru-cache(\.js)?$/ }, ({ path: name, importer }) =>
      /[\\/]@aws-sdk[\\/]endpoint-cache[\\/]/.test(importer) ? { path: name, namespace: CACHE } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: CACHE }, () => ({ contents: RECENTLY_USED, loader: "js" }));
    build.onResolve({ filter: HASH_IN_JAVASCRIPT }, ({ path: name, importer }) =>
      NODES_HASH.test(importer) ? { path: name, namespace: HASH } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: HASH }, ({ path: name }) => ({
      contents: `export const ${name.slice(2)} = undefined;`,
      loader: "js",
    }));
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, async ({ path: file }) => {
      const { version } = JSON.parse(await fs.readFile(file, "utf8")) as { version: string };
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
    build.onLoad({ filter: SCHEMAS }, async ({ path: file }) => ({
      // Large, and without functions but for those that name another schema.
      contents: withPlainKeys(withMarkedStreams(await fs.readFile(file, "utf8"))),
      loader: "js",
      resolveDir: path.dirname(file),
    }));
    build.onLoad({ filter: ERRORS }, async ({ path: file }) =>
      loaded(file, withSharedClass(await fs.readFile(file, "utf8"))),
    );
    build.onLoad({ filter: PAGINATORS }, async ({ path: file }) =>
      loaded(file, withPurePaginator(await fs.readFile(file, "utf8"))),
    );
    build.onResolve({ filter: /^exceptions:class$/ }, ({ path: name }) => ({
      path: name,
      namespace: EXCEPTIONS,
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: EXCEPTIONS }, () => ({ contents: EXCEPTION_CLASS, loader: "js" }));
    build.onLoad({ filter: SETTINGS }, async ({ path: file }) => {
      const code = await fs.readFile(file, "utf8");
      if (!code.includes(STREAM_PROVIDER)) return undefined;
      const contents = (await hasMarkedStreams(path.join(path.dirname(file), "schemas")))
        ? code.replace(STREAM_PROVIDER, `import { provider as eventStreamSerdeProvider } from "${STREAMS_IN_USE}";`)
        : `import { mark } from "${MARK}";\nmark();\n${code}`;
      return loaded(file, contents);
    });
    build.onResolve({ filter: EVENT_STREAMS_FILTER }, ({ path: name, resolveDir }) => ({
      path: name.slice(EVENT_STREAMS.length + 1),
      namespace: EVENT_STREAMS,
      sideEffects: false,
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: EVENT_STREAMS }, ({ path: name, pluginData }) => ({
      contents: STREAM_MODULES[name] ?? "",
      loader: "js",
      resolveDir: pluginData,
    }));
    build.onLoad(
      { filter: /[\\/]@smithy[\\/]core[\\/]dist-es[\\/].*[\\/]HttpProtocol\.js$/ },
      async ({ path: file }) => {
        const code = await fs.readFile(file, "utf8");
        if (!code.includes(LAZY_STREAMS)) return undefined;
        return loaded(file, `import { inUse } from "${STREAMS_IN_USE}";\n${code.replace(LAZY_STREAMS, "inUse()")}`);
      },
    );
    // Last: esbuild takes the first answer.
    build.onLoad({ filter: ES_MODULES }, async ({ path: file }) => loaded(file, await fs.readFile(file, "utf8")));
  },
};

/** Modules of the SDK as its formatter writes them. */
const ES_MODULES = /[\\/](?:@aws-sdk|@smithy)[\\/][\w-]+[\\/]dist-es[\\/].*\.js$/;

const SCHEMAS = /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;
const ERRORS = /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]models[\\/]errors\.js$/;
const PAGINATORS = /[\\/]@aws-sdk[\\/]lib-dynamodb[\\/]dist-es[\\/]pagination[\\/]\w+\.js$/;
const EXCEPTIONS = "exceptions";
const SCHEMAS_FILE = /^schemas_\d+\.js$/;
const SETTINGS = /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]runtimeConfig\.js$/;
const CREDENTIALS = "credentials";
const CACHE = "recently-used";
const HASH = "hash-in-javascript";
const EVENT_STREAMS = "event-streams";
const EVENT_STREAMS_FILTER = /^event-streams:/;
/** Hashes for runtimes without Node's `crypto` and `zlib`. Modules with Node's import them for that case; others keep them. */
const HASH_IN_JAVASCRIPT = /^\.\/(Crc32|Md5|Sha1|Sha256)Js$/;
const NODES_HASH = /[\\/](Crc32|Md5|Sha1|Sha256)Node\.js$/;
/** Namespaces of generated modules: no files. */
export const GENERATED = [CREDENTIALS, CACHE, HASH, EVENT_STREAMS, EXCEPTIONS];
const RESOLVING = { resolving: true };

/**
 * Credentials of a client whose callback gives none. Lambda passes a function's credentials in its environment; the default chain also
 * knows metadata services, profiles, single sign-on, processes and token files.
 */
const CREDENTIALS_OF_LAMBDA = `
import { fromEnv } from "@aws-sdk/credential-provider-env";
export const defaultProvider = (init) => fromEnv(init);
`;

/**
 * A client's settings come from the callback and the environment: a function has no home directory with files. Providers that a callback
 * imports read files themselves.
 */
const NO_CONFIG_FILES = `
import { CredentialsProviderError } from "../property-provider/CredentialsProviderError";
export const fromSharedConfigFiles = () => async () => {
  throw new CredentialsProviderError("Lambda functions have no configuration files.");
};
`;

/** The cache of discovered endpoints, which needs 10 KB of packages otherwise. */
const RECENTLY_USED = `
export default class RecentlyUsed {
  constructor(capacity) { this.capacity = capacity; this.entries = new Map(); }
  has(key) { return this.entries.has(key); }
  peek(key) { return this.entries.get(key); }
  get(key) {
    const value = this.entries.get(key);
    if (this.entries.delete(key)) this.entries.set(key, value);
    return value;
  }
  set(key, value) {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size > this.capacity) this.entries.delete(this.entries.keys().next().value);
  }
  clear() { this.entries.clear(); }
}
`;

/**
 * Event streams are for three operations or so of a few services, and 5 KB zipped of each client. They are in a bundle that has the schema
 * of such a stream ({@link withMarkedStreams}). Besides, because of a module that is loaded lazily, esbuild wraps it and everything that it
 * shares into functions: slower to load than eager code.
 */
export const LAZY_STREAMS = 'await import("@smithy/core/event-streams")';
export const STREAM_PROVIDER = 'import { eventStreamSerdeProvider } from "@smithy/core/event-streams";';
const STREAMS_IN_USE = `${EVENT_STREAMS}:in-use`;
const MARK = `${EVENT_STREAMS}:mark`;
const STREAM_MODULES: Record<string, string> = {
  "in-use": `
let used;
export const use = (streams) => { used = streams; };
export const inUse = () => {
  if (!used) throw new Error("The bundle has no event streams; report the version of the AWS SDK to stayopen.");
  return used;
};
export const provider = (config) => used?.eventStreamSerdeProvider(config);
`,
  mark: `
import { EventStreamSerde, eventStreamSerdeProvider } from "@smithy/core/event-streams";
import { use } from "${STREAMS_IN_USE}";
export const mark = (schema) => { use({ EventStreamSerde, eventStreamSerdeProvider }); return schema; };
`,
};

/**
 * Has each schema of an event stream bring event streams into the bundle. A schema that no called operation uses is dropped, and they with
 * it. If a file marks something else than such a schema or a streamed body as streaming, it brings them always.
 */
export function withMarkedStreams(code: string): string {
  const trait = /^const (_\w+) = "streaming";$/m.exec(code)?.[1];
  if (!trait) return code;
  const uses = code.split(`[${trait}]: `).length - 1;
  const bodies = [
    ...code.matchAll(new RegExp(`^(?:export )?var \\S+ = \\[0, \\w+, \\w+, \\{ \\[${trait}\\]: 1 \\}, 42\\];$`, "gm")),
  ];
  let streams = 0;
  const marked = code.replace(
    new RegExp(`^((?:export )?var \\S+ = )(\\[4, \\w+, \\w+,\\s+\\{ \\[${trait}\\]: 1 \\},\\n[^;]*\\n\\]);$`, "gm"),
    (_, start: string, schema: string) => {
      streams += 1;
      return `${start}/* @__PURE__ */ mark(${schema});`;
    },
  );
  if (uses === bodies.length) return code;
  const isKnown = uses === bodies.length + streams;
  return `import { mark } from "${MARK}";\n${isKnown ? marked : `mark();\n${code}`}`;
}

async function hasMarkedStreams(directory: string): Promise<boolean> {
  const files = existsSync(directory) ? await fs.readdir(directory) : [];
  for (const file of files.filter((name) => SCHEMAS_FILE.test(name))) {
    const code = await fs.readFile(path.join(directory, file), "utf8");
    if (withMarkedStreams(code) !== code) return true;
  }
  return false;
}

/**
 * Writes the keys `[_k]` of a client's schemas as the texts that they are. esbuild keeps every object with a computed key, because
 * computing one may have an effect: of the schemas of S3, 60 KB belong to operations that the callback does not call.
 */
export function withPlainKeys(code: string): string {
  const texts = new Map([...code.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]));
  return code.replace(/\[(_\w+)\]: /g, (key, name: string) => (texts.has(name) ? `${texts.get(name)}: ` : key));
}

/**
 * Marks the making of a paginator as pure. The document client's package does not say that its files have no side effects, so that every
 * bundle with a file of it would have the paginators, and with them DynamoDB's client, `Query` and `Scan`.
 */
export const withPurePaginator = (code: string): string =>
  code.replace(/^(export const \w+ = )(?=createPaginator\()/m, "$1/* @__PURE__ */ ");

/**
 * Makes the error classes of a client from one: an answer may be any of them, so that no bundle can leave them out, 17 KB for Lambda and
 * 10 KB for DynamoDB. Classes that are not exactly as the SDK's generator writes them stay as they are.
 */
export function withSharedClass(code: string): string {
  const namespaces = new Set<string>();
  const shared = code.replace(
    /^export class (\w+) extends __BaseException \{\n[\s\S]*?\n\}\n/gm,
    (text, name: string) => {
      const namespace = /shapeId = "([\w.]+)#/.exec(text)?.[1] ?? "";
      const fault = /\$fault = "(\w+)"/.exec(text)?.[1] ?? "";
      const fields = [...text.matchAll(/^ {4}(\w+);$/gm)].map(([, field]) => String(field));
      if (text !== exceptionText(name, namespace, fault, fields)) return text;
      namespaces.add(namespace);
      return `export const ${name} = /* @__PURE__ */ exception("${name}", ${JSON.stringify(fields)}, "${fault}");\n`;
    },
  );
  const [namespace, ...others] = namespaces;
  if (namespace === undefined || others.length > 0) return code;
  const made = `const exception = /* @__PURE__ */ exceptions(__BaseException, "${namespace}");\n`;
  return `import { exceptions } from "exceptions:class";\n${shared.replace(/^(?=export )/m, made)}`;
}

const exceptionText = (name: string, namespace: string, fault: string, fields: string[]): string => `\
export class ${name} extends __BaseException {
    static shapeId = "${namespace}#${name}";
    name = "${name}";
    $fault = "${fault}";
${fields.map((field) => `    ${field};\n`).join("")}\
    constructor(opts) {
        super({
            name: "${name}",
            $fault: "${fault}",
            ...opts,
        });
        Object.setPrototypeOf(this, ${name}.prototype);
${fields.map((field) => `        this.${field} = opts.${field};\n`).join("")}\
    }
}
`;

const EXCEPTION_CLASS = `
export const exceptions = (Base, namespace) => (name, fields, fault) => {
  class Exception extends Base {
    static name = name;
    static shapeId = namespace + "#" + name;
    name = name;
    $fault = fault;
    constructor(opts) {
      super({ name, $fault: fault, ...opts });
      Object.setPrototypeOf(this, Exception.prototype);
      for (const field of fields) this[field] = opts[field];
    }
  }
  return Exception;
};
`;
