import * as fs from "node:fs/promises";
import * as path from "node:path";
import type * as esbuild from "esbuild";

/** Changes of a package's file in bundles. They are made only if the file has each text exactly once. */
export interface PackageEdit {
  package: string;
  /** Path in the package. */
  file: string;
  /** Texts and what replaces them. */
  changes: readonly (readonly [from: string, to: string])[];
}

const OPENSEARCH = "@opensearch-project/opensearch";

/** The log of the client and of its parts, which `DEBUG` enables, as the package `debug` writes it: that is 10 KB, with colours for terminals. */
const DEBUG_ON_DEMAND = [
  "const debug = require('debug')('opensearch');",
  String.raw`const debug = /(?:^|[\s,])(?:opensearch\*?|\*)(?:$|[\s,])/.test(process.env.DEBUG ?? '') ` +
    "? (...args) => console.error(new Date().toISOString() + ' opensearch ' + require('util').format(...args)) : () => undefined;",
] as const;
const ASSERT_ON_DEMAND = [
  "const assert = require('assert');",
  "const assert = (value, ...args) => value || require('assert')(value, ...args);",
] as const;

/**
 * Has packages load late, or not at all, what the first request of a function does not need: modules of Node.js that take 1 to 2 ms of a
 * start each. The behaviour stays the same.
 */
export const PACKAGE_EDITS: readonly PackageEdit[] = [
  {
    // The global `crypto` loads the Web Crypto API; its `randomUUID` is that of `node:crypto`, which is loaded anyway.
    package: "@smithy/core",
    file: "dist-es/submodules/serde/uuid/v4.js",
    changes: [
      [
        'if (typeof crypto !== "undefined" && typeof crypto.randomUUID === "function") {\n        return () => crypto.randomUUID();\n    }\n',
        'if (typeof randomUUID === "function") {\n        return () => randomUUID();\n    }\n',
      ],
      ["const decimalToHex = ", 'import { randomUUID } from "node:crypto";\nconst decimalToHex = '],
    ],
  },
  {
    // The globals `ReadableStream` and `Blob` load the Web Streams API, to find that an HTTP response of Node.js is none.
    package: "@smithy/core",
    file: "dist-es/submodules/serde/util-stream/stream-type-check.js",
    changes: [
      [
        'export const isReadableStream = (stream) => typeof ReadableStream === "function" &&\n',
        'import { IncomingMessage } from "node:http";\nexport const isReadableStream = (stream) => !(stream instanceof IncomingMessage) && typeof ReadableStream === "function" &&\n',
      ],
      [
        'return typeof Blob === "function" &&',
        'return !(blob instanceof IncomingMessage) && typeof Blob === "function" &&',
      ],
    ],
  },
  {
    // A logger's console opens the streams of standard output and error; most requests log nothing.
    package: "@aws-lambda-powertools/logger",
    file: "lib/esm/Logger.js",
    changes: [
      ["import { Console } from 'node:console';\n", ""],
      [
        "            this.console = new Console({\n" +
          "                stdout: process.stdout,\n" +
          "                stderr: process.stderr,\n" +
          "            });\n",
        "            let own;\n" +
          "            const create = () => {\n" +
          "                const { Console } = process.getBuiltinModule('node:console');\n" +
          "                const made = new Console({ stdout: process.stdout, stderr: process.stderr });\n" +
          "                made.trace = (message, ...optionalParams) => made.log(message, ...optionalParams);\n" +
          "                return made;\n" +
          "            };\n" +
          "            Object.defineProperty(this, 'console', {\n" +
          "                configurable: true,\n" +
          "                enumerable: true,\n" +
          "                get: () => (own ??= create()),\n" +
          "                set: (value) => { own = value; },\n" +
          "            });\n" +
          "            return;\n",
      ],
    ],
  },
  {
    package: OPENSEARCH,
    file: "lib/Transport.js",
    changes: [
      DEBUG_ON_DEMAND,
      [
        "const { gzip, unzip, createGzip } = require('zlib');",
        "const gzip = (...args) => require('zlib').gzip(...args);\n" +
          "const unzip = (...args) => require('zlib').unzip(...args);\n" +
          "const createGzip = () => require('zlib').createGzip();",
      ],
      [
        "const HEAP_SIZE_LIMIT = require('v8').getHeapStatistics().heap_size_limit;",
        "const heapSizeLimit = () => require('v8').getHeapStatistics().heap_size_limit;",
      ],
      ["heapUsed > HEAP_SIZE_LIMIT * maxPercentage", "heapUsed > heapSizeLimit() * maxPercentage"],
    ],
  },
  { package: OPENSEARCH, file: "lib/Connection.js", changes: [DEBUG_ON_DEMAND, ASSERT_ON_DEMAND] },
  { package: OPENSEARCH, file: "lib/pool/BaseConnectionPool.js", changes: [DEBUG_ON_DEMAND] },
  { package: OPENSEARCH, file: "lib/pool/ConnectionPool.js", changes: [DEBUG_ON_DEMAND, ASSERT_ON_DEMAND] },
];

/** Makes {@link PACKAGE_EDITS} in a bundle's files. */
export const packageEdits: esbuild.Plugin = {
  name: "edits of packages",
  setup(build) {
    for (const edit of PACKAGE_EDITS)
      build.onLoad({ filter: fileFilter(edit) }, async ({ path: file }) => ({
        contents: edited(await fs.readFile(file, "utf8"), edit),
        loader: "js",
        resolveDir: path.dirname(file),
      }));
    build.onLoad({ filter: fileFilter({ package: OPENSEARCH, file: "package.json" }) }, async ({ path: file }) => {
      const { version } = JSON.parse(await fs.readFile(file, "utf8")) as { version: string };
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** Returns the text with the changes; as it is, if one does not apply. */
export function edited(code: string, { changes }: Pick<PackageEdit, "changes">): string {
  if (!changes.every(([from]) => code.split(from).length === 2)) return code;
  return changes.reduce((text, [from, to]) => text.replace(from, () => to), code);
}

const fileFilter = ({ package: name, file }: Pick<PackageEdit, "package" | "file">) =>
  new RegExp(`[\\\\/]node_modules[\\\\/]${`${name}/${file}`.replaceAll(".", "\\.").replaceAll("/", "[\\\\/]")}$`);
