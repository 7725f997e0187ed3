import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import * as ts from "typescript";
import { createCompilerHost } from "../../kit/compilerHost";
import { captureIn, placeOf } from "./captures";
import { manifest, npmProject, pnpmProject, runIn, runNode, tarball, tool } from "./projects";

const subpaths = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => path.replace(/^\./, "stayopen"));

/** A program that uses each entry of the package. */
const imports = subpaths.map((path, i) => `import * as entry${i} from "${path}"; export { entry${i} };`);
const program = `
import * as aws from "@pulumi/aws";
import { allow } from "stayopen";
import { InlineFunction } from "stayopen/inlineFunction";
${imports.join("\n")}
const table = new aws.dynamodb.Table("things", { hashKey: "id", attributes: [{ name: "id", type: "S" }] });
export const read = new InlineFunction("read", {
  grants: [allow(table, "dynamodb:GetItem")],
  callbackFactory: () => async (event: { id: string }) => event.id,
});
`;

/** Module settings of installing projects. `node10` is what the templates of `pulumi new` set. */
const SETTINGS = [
  { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler },
  { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
];

const parsed = new Map<string, ts.SourceFile>();

/** Errors in a program of a project and in the package's declarations, as `skipLibCheck: false` reports them. */
function errorsIn(project: string, files: string[], settings: (typeof SETTINGS)[number]): string[] {
  const options: ts.CompilerOptions = {
    ...settings,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(project, "node_modules", "@types")],
  };
  // Parsed once for all settings that read a file alike.
  const host = createCompilerHost(options, { parsed });
  const compiled = ts.createProgram(files, options, host);
  const ours = compiled.getSourceFiles().filter(({ fileName }) => /\/stayopen\/dist\//.test(fileName));
  expect(ours.length).to.be.greaterThan(50);
  return [...files.map((file) => compiled.getSourceFile(file)!), ...ours].flatMap((file) =>
    [...compiled.getSyntacticDiagnostics(file), ...compiled.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${file.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    ),
  );
}

/** Deploys a search service under mocks, and prints the sizes of its bundles. */
const deployment = `
pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({
    id: name,
    state: { arn: "arn:aws:test:us-east-1:123456789012:" + name, name, bucket: name, invokeArn: "arn", apiEndpoint: "https://x.example", executionArn: "arn", ...inputs },
  }),
  call: () => ({ accountId: "123456789012", partition: "aws", name: "us-east-1" }),
}, "shop", "dev", false);
const auth = new AuthLayer("sign-in", { provider: { oidc: { issuer: "https://login.example.com/", audience: "shop" } } });
const search = new SearchService("things", { auth });
const bundles = Object.values(search.functions).map((each) => each.bundle);
pulumi.all(bundles).apply((all) => console.log(JSON.stringify(all.map(({ bytes }) => bytes))));
`;
const PROGRAMS = {
  CommonJS: {
    file: "program.cjs",
    text: `
const pulumi = require("@pulumi/pulumi");
const { AuthLayer } = require("stayopen/authLayer");
const { SearchService } = require("stayopen/searchService");
${deployment}`,
  },
  "ES module": {
    file: "program.mjs",
    text: `
import * as pulumi from "@pulumi/pulumi";
import { AuthLayer, SearchService } from "stayopen";
${deployment}`,
  },
};

const MANAGERS = [
  { manager: "npm, beside the newest Pulumi", install: npmProject, settings: SETTINGS },
  // One setting is enough for the older types.
  { manager: "pnpm, beside the oldest Pulumi", install: pnpmProject, settings: [SETTINGS[1]!] },
];

describe("The packed package", function () {
  this.timeout(600_000);

  it("has no problem that publint finds", async () => {
    const { stdout } = await runIn(".", tool("publint"), [await tarball(), "--strict"]);
    expect(stdout).to.contain("All good!");
  });

  it("has types that every module resolution finds", async () => {
    const { stdout } = await runIn(".", tool("attw"), [await tarball(), "--format", "json"]);
    const { analysis, problems } = JSON.parse(stdout) as { analysis: { entrypoints: object }; problems?: object };
    expect(Object.keys(analysis.entrypoints)).to.include.members(
      subpaths.map((path) => path.replace(/^stayopen/, ".")),
    );
    expect(problems ?? {}).to.deep.equal({});
  });

  it("brings licence, change log and README, but no tests", async () => {
    const listed = execFileSync("tar", ["tzf", await tarball()], { encoding: "utf8" });
    for (const file of ["LICENSE", "CHANGELOG.md", "README.md"]) expect(listed).to.contain(`package/${file}\n`);
    expect(listed).not.to.match(/\.test\.|package\/(local|tests|cli)\//);
  });

  for (const { manager, install, settings: all } of MANAGERS)
    describe(`installed by ${manager}`, () => {
      let project: string;
      before(async () => {
        project = await install();
        for (const [folder, type] of [
          ["cjs", "commonjs"],
          ["esm", "module"],
        ] as const) {
          mkdirSync(join(project, folder), { recursive: true });
          writeFileSync(join(project, folder, "package.json"), JSON.stringify({ type }));
          writeFileSync(join(project, folder, "index.ts"), program);
        }
      });

      after(() => parsed.clear());

      for (const settings of all) {
        const resolution = ts.ModuleResolutionKind[settings.moduleResolution];
        it(`type-checks with moduleResolution ${resolution}, declarations included`, () => {
          const files = ["cjs", "esm"].map((folder) => join(project, folder, "index.ts"));
          expect(errorsIn(project, files, settings)).to.deep.equal([]);
        });
      }

      for (const [kind, { file, text }] of Object.entries(PROGRAMS))
        it(`deploys a service from ${kind} code`, () => {
          writeFileSync(join(project, file), text);
          const bytes = JSON.parse(runNode(project, file));
          expect(bytes).to.have.length(5);
          expect(Math.min(...bytes)).to.be.greaterThan(100_000);
        });

      it("uses the project's copies of Pulumi", () => {
        const own = createRequire(join(project, "index.js"));
        const packaged = createRequire(realpathSync(join(project, "node_modules", "stayopen", "package.json")));
        for (const name of ["@pulumi/aws", "@pulumi/pulumi"])
          expect(packaged.resolve(name), name).to.equal(own.resolve(name));
      });
    });

  it("brings at most 80 MB beside Pulumi's own packages, and no program that takes over the project's", async () => {
    const modules = join(await npmProject(), "node_modules");
    const added = addedPackages(join(modules, ".package-lock.json"));
    expect(added).to.include("@aws-sdk/client-dynamodb").and.to.include("stayopen");
    const counted = new Set<number>();
    const bytes = added.reduce((sum, name) => sum + sizeOf(join(modules, name), counted), 0);
    expect(bytes).to.be.greaterThan(20e6).and.below(80e6);
    expect(readdirSync(join(modules, ".bin"))).not.to.include.members(["node"]);
  });

  describe("bundles a project's captures right, or refuses them with variable, line and remedy", () => {
    let answers: Record<string, unknown>;
    before(async () => {
      answers = captureIn(await npmProject());
    });

    /** Answer of each capture, and the refusal of those that cannot be copied. */
    const CAPTURES: Record<string, { is: unknown } | { at: string; says: string }> = {
      itself: { is: [450, 450] },
      ring: { at: "  ring:", says: "'ring' PLACE refers to itself" },
      stage: { at: "  stage:", says: "'stage' PLACE holds the value of `process.env" },
      home: { at: "  home:", says: "'home' PLACE holds the value of `process.env" },
      marked: {
        at: "  marked:",
        says: "'Marked' PLACE is the class Marked, of which the copy would lose the metadata of its decorators",
      },
      native: { at: "  native:", says: "'readText' PLACE is a function of Node.js" },
      map: { at: "  map:", says: "'prices' PLACE is a Map" },
      made: { is: 450 },
      method: { at: "  method:", says: "'till.total' PLACE uses `this`" },
      function: { at: "  function:", says: "'rateOf' PLACE uses `this`" },
      bound: { is: 3 },
      sloppy: { is: [2, "object", "function"] },
      assigns: { at: "  undeclared = 1", says: "'undeclared' PLACE is declared nowhere; declare it" },
      with: { at: "function withInside", says: "'withInside' PLACE has syntax that strict code does not allow" },
      environment: { is: "none" },
      meta: { is: ["function", true] },
    };
    for (const [name, expected] of Object.entries(CAPTURES))
      it("is" in expected ? `copies ${name}` : `refuses ${name}`, () => {
        if ("is" in expected) return expect(answers[name]).to.deep.equal(expected.is);
        const sentence = expected.says.replace("PLACE", `(${placeOf(expected.at)})`);
        expect(answers[name]).to.be.a("string").and.to.contain(`InlineFunction "${name}": `).and.to.contain(sentence);
        expect(String(answers[name]).split("\n"), "one sentence").to.have.length(1);
        return undefined;
      });

    it("refuses a package with a native addon, and an environment variable of one letter", () => {
      expect(answers["addon"]).to.contain("the package native-package has a native addon").and.to.contain("`external`");
      expect(answers["variable"]).to.contain("`environment.T` has a name of one character; it must have at least two");
    });
  });

  it("loads little beside @pulumi/aws for each entry", async () => {
    const project = await npmProject();
    /** Most modules that an entry loads beside @pulumi/aws, and packages that it must not load. */
    const LIMITS: Record<string, [most: number, never?: RegExp]> = {
      "stayopen/auditTrail": [40, /@aws-sdk|@opensearch|esbuild/],
      "stayopen/backups": [40, /@aws-sdk|@opensearch|esbuild/],
      "stayopen/deliveryPipeline": [40, /@aws-sdk|@opensearch|esbuild/],
      "stayopen/infrastructure": [60, /@opensearch|esbuild/],
      "stayopen/inlineFunction": [60, /@aws-sdk|@opensearch/],
      "stayopen/observability": [60, /@aws-sdk|@opensearch/],
      "stayopen/staticSite": [180, /@aws-sdk|@opensearch/],
      "stayopen/authLayer": [300, /@opensearch/],
      "stayopen/regionalFailover": [400, /@opensearch/],
      "stayopen/orderService": [600, /@opensearch/],
      "stayopen/searchService": [1_100],
    };
    // One after the other in one process, which forgets what each has loaded: loading @pulumi/aws takes longer than all entries.
    const script = `
      const load = (entry) => require(entry) && Object.keys(require.cache);
      const base = new Set(load("@pulumi/aws"));
      const added = ${JSON.stringify(Object.keys(LIMITS))}.map((entry) => {
        const own = load(entry).filter((file) => !base.has(file));
        for (const file of own) delete require.cache[file];
        return [entry, own];
      });
      JSON.stringify(Object.fromEntries(added))`;
    const loaded = JSON.parse(runNode(project, "-p", script)) as Record<string, string[]>;
    const wrong = Object.entries(LIMITS).flatMap(([entry, [most, never]]) => {
      const own = loaded[entry]!;
      const forbidden = own.find((file) => never?.test(file));
      return own.length > most || forbidden ? [`${entry}: ${own.length} modules, ${forbidden}`] : [];
    });
    expect(wrong).to.deep.equal([]);
  });
});

/** Packages that are installed for the package and not for Pulumi or the project's own tools. */
function addedPackages(lockFile: string): string[] {
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8")) as {
    packages: Record<string, { dependencies?: object; optionalDependencies?: object; peerDependencies?: object }>;
  };
  const neededBy = (names: string[], exceptPulumi: boolean): Set<string> => {
    const found = new Set<string>();
    const visit = (name: string, from: string): void => {
      if (exceptPulumi && name.startsWith("@pulumi/")) return;
      const nested = `${from}/node_modules/${name}`;
      const folder = nested in packages ? nested : `node_modules/${name}`;
      const entry = packages[folder];
      if (!entry || found.has(folder)) return;
      found.add(folder);
      const { dependencies, optionalDependencies, peerDependencies } = entry;
      for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
        visit(next, folder);
    };
    for (const name of names) visit(name, "");
    return found;
  };
  const others = neededBy(["@pulumi/aws", "@pulumi/pulumi", "typescript", "@types/node"], false);
  return [...neededBy(["stayopen"], true)]
    .filter((folder) => !others.has(folder))
    .map((folder) => folder.replace("node_modules/", ""));
}

/**
 * Bytes on disk of the files in a folder, without those of packages installed inside it.
 *
 * @param counted files that are counted already: esbuild's installation links its program into a second package.
 */
function sizeOf(folder: string, counted: Set<number>): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === "node_modules") return sum;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + sizeOf(path, counted);
    const { ino, size } = statSync(path);
    if (counted.has(ino)) return sum;
    counted.add(ino);
    return sum + size;
  }, 0);
}
