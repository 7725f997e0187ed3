import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import {
  LAZY_STREAMS,
  STREAM_PROVIDER,
  withMarkedStreams,
  withPlainKeys,
  withPurePaginator,
  withSharedClass,
} from "../../../../components/inlineFunction/bundle/awsSdk";

const ROOT = path.resolve(__dirname, "../../../..");
const read = (file: string): string => readFileSync(path.join(ROOT, "node_modules", file), "utf8");
const filesIn = (folder: string): string[] =>
  readdirSync(path.join(ROOT, "node_modules", folder)).map((name) => `${folder}/${name}`);

const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
/** Clients that functions use. */
const clients = Object.keys(dependencies).filter((name) => name.startsWith("@aws-sdk/client-"));

/** An update of the SDK may end a rewriting without an error: bundles work as before, but are larger. */
function applies(rewriting: string, file: string, isApplied: boolean): void {
  const { version } = JSON.parse(read(`${file.split("/").slice(0, 2).join("/")}/package.json`)) as { version: string };
  expect(
    isApplied,
    `${rewriting} no longer applies to ${file} of version ${version}: adapt it in components/inlineFunction/bundle/awsSdk.ts, or remove it.`,
  ).to.equal(true);
}

describe("rewritings of the AWS SDK, on the installed version", () => {
  it("makes the error classes of each client from one", () => {
    for (const client of clients) {
      const file = `${client}/dist-es/models/errors.js`;
      const classes = (code: string) => code.split(" extends __BaseException {").length - 1;
      const [before, left] = [classes(read(file)), classes(withSharedClass(read(file)))];
      // DynamoDB has one with a further field of the generator.
      applies("withSharedClass", file, before > 0 && left <= before / 10);
    }
  });

  it("writes the keys of each client's schemas as texts", () => {
    for (const client of clients)
      for (const file of filesIn(`${client}/dist-es/schemas`).filter((name) => /schemas_\d+\.js$/.test(name))) {
        const code = read(file);
        applies("withPlainKeys", file, /^const _\w+ = "/m.test(code) && !/\[_\w+\]: /.test(withPlainKeys(code)));
      }
  });

  it("finds each event stream of the clients that have some", () => {
    for (const client of clients.filter((name) => read(`${name}/dist-es/runtimeConfig.js`).includes("eventStream"))) {
      applies(
        "STREAM_PROVIDER",
        `${client}/dist-es/runtimeConfig.js`,
        read(`${client}/dist-es/runtimeConfig.js`).includes(STREAM_PROVIDER),
      );
      const marked = filesIn(`${client}/dist-es/schemas`)
        .filter((name) => /schemas_\d+\.js$/.test(name))
        .map((name) => withMarkedStreams(read(name)));
      const isFound =
        marked.some((code) => code.includes("/* @__PURE__ */ mark(")) &&
        !marked.some((code) => code.includes("mark();"));
      applies("withMarkedStreams", `${client}/dist-es/schemas`, isFound);
    }
  });

  it("loads event streams by the bundle", () => {
    const file = "@smithy/core/dist-es/submodules/protocols/HttpProtocol.js";
    applies("LAZY_STREAMS", file, read(file).split(LAZY_STREAMS).length === 2);
  });

  it("marks the document client's paginators as pure", () => {
    for (const file of filesIn("@aws-sdk/lib-dynamodb/dist-es/pagination").filter((name) =>
      /Paginator\.js$/.test(name),
    ))
      applies("withPurePaginator", file, withPurePaginator(read(file)).includes("= /* @__PURE__ */ createPaginator("));
  });

  it("finds the modules that it replaces", () => {
    for (const client of clients) {
      const file = `${client}/dist-es/runtimeConfig.js`;
      applies("CREDENTIALS_OF_LAMBDA", file, read(file).includes('from "@aws-sdk/credential-provider-node"'));
    }
    const config = "@smithy/core/dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js";
    applies("NO_CONFIG_FILES", config, read(config).includes("export const fromSharedConfigFiles ="));
    const cache = "@aws-sdk/endpoint-cache/dist-es/EndpointCache.js";
    applies("RECENTLY_USED", cache, /from "mnemonist\/lru-cache(\.js)?"/.test(read(cache)));
    const hash = "@smithy/core/dist-es/submodules/checksum/sha256/Sha256Node.js";
    applies("HASH_IN_JAVASCRIPT", hash, read(hash).includes('from "./Sha256Js"'));
  });
});
