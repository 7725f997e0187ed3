import { expect } from "chai";
import { importsAlone, resourcesAlone } from "../../../bench/evaluation/programs";

const recorded = {
  packages: ["@pulumi/aws", "ajv/dist/2020", "@pulumi/aws"],
  resources: [
    { type: "pulumi:pulumi:Stack", name: "stayopen-dev", inputs: {} },
    { type: "stayopen:index:AuthLayer", name: "auth", inputs: {} },
    { type: "aws:cognito/userPool:UserPool", name: "auth", inputs: { mfaConfiguration: "OPTIONAL" } },
  ],
};

describe("comparison programs", () => {
  it("import each package once, without names", () => {
    expect(importsAlone(recorded)).to.equal('import "@pulumi/aws";\nimport "ajv/dist/2020";\nexport {};\n');
  });

  it("create resources by the provider's classes, and components by the generic class", () => {
    const lines = resourcesAlone(recorded, "./disablePromiseTraces").split("\n");
    expect(lines[0]).to.equal('import "./disablePromiseTraces";');
    expect(lines.slice(-3)).to.deep.equal([
      'new pulumi.ComponentResource("stayopen:index:AuthLayer", "auth");',
      'new aws.cognito.UserPool("auth", {"mfaConfiguration":"OPTIONAL"} as never);',
      "",
    ]);
  });
});
