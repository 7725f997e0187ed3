import { execFileSync, spawnSync } from "node:child_process";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { translateTrace } from "../../cli/trace";
import { refuseOrder } from "../components/inlineFunction/subjects/failing";
import { buildDirectory, bundled } from "../kit/bundles";

const settings = { shop: pulumi.output("tea") };

/** Copied, because this file loads Pulumi. */
function failHere(why: string): never {
  throw new Error(`${why} in ${settings.shop.get()}`);
}

/** Stack trace of the callback's error in a plain Node process: traces of this one contain ts-node's names. */
function traceOf(file: string): string {
  const run = `require(process.argv[1]).handler().catch((error) => process.stdout.write(error.stack))`;
  return execFileSync(process.execPath, ["-e", run, path.resolve(file)], { encoding: "utf8" });
}

describe("translateTrace", function () {
  this.timeout(300_000);
  const directory = buildDirectory();

  it("translates positions in the inline callback and in a captured function", async () => {
    const { bundle } = await bundled(() => {
      const why = "because";
      return async () => {
        failHere(why);
      };
    }, directory);
    const trace = traceOf(bundle.file);
    expect(trace).to.include(`subject-${bundle.hash}.js:1:`);
    const [, thrown, called] = translateTrace(trace, directory).split("\n");
    expect(thrown).to.match(/failHere .*tests\/cli\/trace\.test\.ts:13:9/);
    expect(called).to.match(/tests\/cli\/trace\.test\.ts:\d+:9/);
  });

  it("translates positions in an imported file of the project", async () => {
    const { bundle } = await bundled(() => async () => refuseOrder("7"), directory);
    const [, thrown] = translateTrace(traceOf(bundle.file), directory).split("\n");
    expect(thrown).to.match(/tests\/components\/inlineFunction\/subjects\/failing\.ts:3:9/);
  });

  it("leaves a position whose bundle is missing", () => {
    const line = "at x (orders-submit-0123456789abcdef.js:1:42)";
    expect(translateTrace(line, directory)).to.equal(line);
  });

  for (const [what, args, expected] of [
    ["a missing file", ["nowhere.log"], /^The file nowhere\.log can't be opened \(ENOENT\): check .+\.$/],
    ["a folder in place of a file", ["docs"], /^The file docs can't be read \(EISDIR\): check .+\.$/],
    ["a missing folder of bundles", ["--build", "nowhere", "README.md"], /^There is no folder nowhere: .+\.$/],
  ] as const) {
    it(`reports ${what} in one sentence`, () => {
      const command = ["-r", "./local/loadTypeScript.js", "cli/trace.ts", ...args];
      const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
      expect(status).to.equal(1);
      expect(stderr.trim()).to.match(expected);
    });
  }
});
