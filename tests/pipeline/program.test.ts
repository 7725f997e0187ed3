import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { run } from "./engine";

const root = path.join(__dirname, "..", "..");

describe("A program in a folder of its own, started as the Pulumi CLI starts it", function () {
  this.timeout(180_000);

  it("makes the pipeline, with the settings of its example", async () => {
    const folder = path.join(root, "pipeline");
    const { config } = parse(fs.readFileSync(path.join(folder, "Pulumi.release.yaml"), "utf8"));
    const { status, errors, asked } = await run(folder, { config });
    expect(errors).to.deep.equal([]);
    expect(status).to.equal(0);
    expect(asked.map(({ type }) => type)).to.include.members([
      "aws:codepipeline/pipeline:Pipeline",
      "aws:codebuild/project:Project",
    ]);
  });

  for (const environment of ["development", "production"]) {
    it(`makes the roles of ${environment}, with the settings of their example`, async () => {
      const folder = path.join(root, "pipeline");
      const { config } = parse(fs.readFileSync(path.join(folder, `Pulumi.${environment}.yaml`), "utf8"));
      const { status, errors, asked } = await run(folder, { config });
      expect(errors).to.deep.equal([]);
      expect(status).to.equal(0);
      const names = asked.map(({ properties }) => (properties.toJavaScript() as { name?: string }).name);
      expect(names).to.include.members([
        `release-${environment}-preview`,
        `release-${environment}-deploy`,
        `release-${environment}-boundary`,
      ]);
    });
  }

  it("makes the example", async () => {
    const { status, errors, asked } = await run(path.join(root, "examples", "inline-function"), { config: {} });
    expect(errors).to.deep.equal([]);
    expect(status).to.equal(0);
    expect(asked.map(({ type }) => type)).to.include.members([
      "aws:lambda/function:Function",
      "aws:apigatewayv2/api:Api",
    ]);
  });
});
