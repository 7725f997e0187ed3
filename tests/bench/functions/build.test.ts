import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect } from "chai";

const root = resolve(__dirname, "../../..");

describe("the build that is measured", function () {
  this.timeout(60_000);

  it("evaluates the program to its end, with all functions of the store", () => {
    const args = ["-r", "./local/loadTypeScript.js", join("bench", "functions", "build.ts")];
    const { bundles } = JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })) as {
      bundles: number;
    };
    expect(bundles).to.be.above(20);
  });
});
