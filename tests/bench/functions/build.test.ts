import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect } from "chai";

const root = resolve(__dirname, "../../..");

describe("functions bench", function () {
  this.timeout(120_000);

  it("evaluates the complete program with all functions", () => {
    const args = ["-r", "./local/loadTypeScript.js", join("bench", "functions", "build.ts")];
    const { bundles } = JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })) as {
      bundles: number;
    };
    expect(bundles).to.be.above(20);
  });
});
