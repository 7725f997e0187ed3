import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { previewStore, type Run, run, settingsOfStore } from "./engine";

const root = path.join(__dirname, "..", "..");

const settings = (folder: string, stack: string): Record<string, string> =>
  parse(fs.readFileSync(path.join(root, folder, `Pulumi.${stack}.yaml`), "utf8")).config;

/** The programs of this repository that `pulumi up` runs. The policy pack has its own test. */
const PROGRAMS: Record<string, { types: string[] } & (Run | { preview(): ReturnType<typeof run> })> = {
  // An update would need the URLs that AWS assigns to the APIs.
  ".": { preview: () => previewStore("dev"), types: ["aws:lambda/function:Function", "aws:dynamodb/table:Table"] },
  pipeline: {
    config: settings("pipeline", "release"),
    types: ["aws:codepipeline/pipeline:Pipeline", "aws:codebuild/project:Project"],
  },
  "examples/search": {
    config: { "aws:region": "us-east-1", "shop:issuer": "https://login.example.com/" },
    types: ["aws:opensearch/domain:Domain"],
    isPreview: true,
    // `npm run check` checks the types of all programs here, and the last one shows the check of a plain `pulumi up`.
    transpileOnly: true,
  },
  "examples/orders": {
    config: { ...settingsOfStore("dev"), "shop:issuer": "https://login.example.com/" },
    types: ["aws:sfn/stateMachine:StateMachine"],
    isPreview: true,
    transpileOnly: true,
  },
  "examples/inline-function": { config: {}, types: ["aws:lambda/function:Function", "aws:apigatewayv2/api:Api"] },
};

describe("A program, started as the Pulumi CLI starts it", function () {
  this.timeout(180_000);

  for (const environment of ["development", "production"]) {
    it(`creates the roles of ${environment} with the example's settings`, async () => {
      const { status, errors, asked } = await run(path.join(root, "pipeline"), {
        config: settings("pipeline", environment),
      });
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

  it("is in the list of all programs of this repository", () => {
    const folders = fs
      .globSync("**/Pulumi.yaml", { cwd: root, exclude: ["**/node_modules", ".stayopen", "tests", "dist"] })
      .map((file) => path.dirname(file));
    expect(folders.sort()).to.deep.equal(Object.keys(PROGRAMS).sort());
  });

  for (const [folder, { types, ...program }] of Object.entries(PROGRAMS)) {
    it(`registers its resources, loaded as its Pulumi.yaml says: ${folder}`, async () => {
      const { status, errors, asked } = await ("preview" in program
        ? program.preview()
        : run(path.join(root, folder), program));
      expect(errors).to.deep.equal([]);
      expect(status).to.equal(0);
      expect(asked.map(({ type }) => type)).to.include.members(types);
    });
  }
});
