import { expect } from "chai";
import {
  boundaryName,
  environmentRoleArn,
  environmentRoleName,
  runnerRoleName,
  STORE_PREFIXES,
} from "../../../components/deliveryPipeline/names";
import { ENVIRONMENTS } from "../../../components/deliveryPipeline/stages";

describe("names of the pipeline's roles", () => {
  const uses = ["preview", "deploy"] as const;

  it("differ by environment and use, and from those of the runners", () => {
    const names = ENVIRONMENTS.flatMap((environment) => [
      boundaryName("release", environment),
      ...uses.flatMap((use) => [
        environmentRoleName("release", environment, use),
        runnerRoleName("release", `${environment}-${use}`),
      ]),
    ]);
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name.length).to.be.at.most(64);
  });

  it("begin with no prefix of the store's resources, whose roles a release may change", () => {
    const name = environmentRoleName("release", "production", "deploy");
    expect(STORE_PREFIXES.filter((prefix) => name.startsWith(prefix))).to.deep.equal([]);
  });

  it("are part of the ARN that a runner assumes", () => {
    expect(environmentRoleArn("123456789012", "release", "production", "deploy")).to.equal(
      "arn:aws:iam::123456789012:role/release-production-deploy",
    );
  });
});
