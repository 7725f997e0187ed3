import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { expect } from "chai";

const root = path.join(__dirname, "..");

describe("A command of package.json under a Node that is too old", () => {
  it("ends with one sentence", () => {
    const old = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });';
    const { status, stderr } = spawnSync(process.execPath, ["-e", `${old} require("./local/loadTypeScript.js")`], {
      cwd: root,
      encoding: "utf8",
    });
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Node 20\.20\.2 is too old: Node 22 or later is needed\. [^\n]+\n$/);
  });
});
