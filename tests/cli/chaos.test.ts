import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { requestOf } from "../../cli/chaos";
import { temporaryFolder } from "../kit/temporaryFolder";

const root = join(__dirname, "../..");

describe("npm run chaos", () => {
  const understood: [string, ReturnType<typeof requestOf>][] = [
    ["kill us-east-1", { action: "kill", region: "us-east-1" }],
    ["return us-east-1", { action: "return", region: "us-east-1" }],
    ["lose us-west-2", { action: "lose", region: "us-west-2" }],
    ["freeze us-west-2", { action: "freeze", region: "us-west-2" }],
    ["thaw us-west-2", { action: "thaw", region: "us-west-2" }],
    ["cut", { action: "cut" }],
    ["heal", { action: "heal" }],
    ["lag 500", { action: "lag", lag: { min: 500, max: 500 } }],
    ["lag 200..900", { action: "lag", lag: { min: 200, max: 900 } }],
    ["status", "status"],
  ];
  for (const [line, request] of understood) {
    it(`understands "${line}"`, () => {
      expect(requestOf(line.split(" "))).to.deep.equal(request);
    });
  }

  const refused: [string, RegExp][] = [
    ["", /^A command is missing: /],
    ["explode us-east-1", /^There is no command "explode": /],
    ["kill", /^The Region to kill is missing: /],
    ["kill us-east-1 now", /^"now" is unexpected: /],
    ["cut us-east-1", /^"us-east-1" is unexpected: /],
    ["lag soon", /^The lag is missing, such as 500 or 200\.\.900 milliseconds: /],
  ];
  for (const [line, sentence] of refused) {
    it(`refuses "${line}" in one sentence`, () => {
      expect(() => requestOf(line === "" ? [] : line.split(" "))).to.throw(sentence);
    });
  }

  it("reports in one sentence that no store is running", async () => {
    const dataDir = temporaryFolder("stayopen-chaos");
    const loader = join(root, "local", "loadTypeScript.js");
    const line = ["-r", loader, join(root, "cli", "chaos.ts"), "cut", "--data", dataDir];
    const failure = await promisify(execFile)("node", line, { cwd: root }).then(
      () => ({ code: 0, stderr: "" }),
      (error: { code: number; stderr: string }) => error,
    );

    expect(failure.code).to.equal(1);
    expect(failure.stderr.trim()).to.equal('The store is not running: start it with "npm start -- --regions 2".');
  });
});
