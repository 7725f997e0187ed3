import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { temporaryFolder } from "../../kit/temporaryFolder";

const root = join(__dirname, "../../..");
const { engines, scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  engines: { node: string };
  scripts: Record<string, string>;
};
const wanted = Number(/^>=(\d+)$/.exec(engines.node)?.[1]);

const pretend = (version: string) =>
  `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;

describe("requireNode", () => {
  let clone: string;
  beforeEach(() => {
    clone = temporaryFolder("stayopen-node");
    mkdirSync(join(clone, "local", "setup"), { recursive: true });
    for (const file of ["package.json", "local/setup/requireNode.js", "local/loadTypeScript.js"])
      cpSync(join(root, file), join(clone, file));
  });

  function load(file: string, version: string) {
    return spawnSync(process.execPath, ["-e", `${pretend(version)} require("${join(clone, file)}")`], {
      encoding: "utf8",
    });
  }

  it("ends a TypeScript command with one sentence under an old Node.js, before a package is loaded", () => {
    const { status, stderr } = load("local/loadTypeScript.js", "20.20.2");

    expect(status).to.equal(1);
    expect(stderr).to.equal(
      `Node.js 20.20.2 is too old: Node.js ${wanted} or later is needed. Install it, or run "npm rebuild node", which fetches it into node_modules.\n`,
    );
  });

  it("names the Node.js among the installed packages", () => {
    mkdirSync(join(clone, "node_modules", "node", "bin"), { recursive: true });
    writeFileSync(join(clone, "node_modules", "node", "bin", "node"), "");

    const { status, stderr } = load("local/loadTypeScript.js", `${wanted - 1}.9.9`);

    expect(status).to.equal(1);
    expect(stderr).to.match(/^Node\.js \d+\.9\.9 is too old: .* Run the command through npm or npx, .*\n$/);
  });

  it("takes the oldest wanted version", () => {
    const { complaint } = require(join(clone, "local/setup/requireNode.js")) as {
      complaint(version: string): string | undefined;
    };

    expect(complaint(`${wanted}.0.0`)).to.equal(undefined);
    expect(complaint(`${wanted - 1}.99.0`)).to.be.a("string");
  });

  it("guards every npm script", () => {
    const isGuarded = (name: string, script: string): boolean =>
      /setup\.mjs|requireNode\.js|loadTypeScript\.js/.test(script) ||
      /^(\w+=\w+ )?mocha /.test(script) ||
      /^npm run [\w:]+$/.test(script) ||
      [scripts[`pre${name}`]].some((pre) => pre !== undefined && isGuarded("", pre));
    const { require: loaded } = JSON.parse(readFileSync(join(root, ".mocharc.json"), "utf8"));

    expect(Object.entries(scripts).filter(([name, script]) => !isGuarded(name, script))).to.deep.equal([]);
    expect(loaded[0]).to.equal("./local/loadTypeScript.js");
  });
});
