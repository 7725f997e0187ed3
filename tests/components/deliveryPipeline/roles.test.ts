import { expect } from "chai";
import { RUNNERS, register } from "../../kit/deliveryPipelineStand";

describe("The runners' roles", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof register>>;
  before(async () => {
    all = await register();
  });

  it("lets each runner assume the role of its environment and use, and the build none", () => {
    const assumed = (runner: string) =>
      all
        .statements(runner)
        .filter(({ Action }) => Action === "sts:AssumeRole")
        .map(({ Resource }) => Resource);
    expect(RUNNERS.map((runner) => [runner, assumed(runner)])).to.deep.equal([
      ["build", []],
      ["development-preview", ["arn:aws:iam::111111111111:role/release-development-preview"]],
      ["development-deploy", ["arn:aws:iam::111111111111:role/release-development-deploy"]],
      ["production-preview", ["arn:aws:iam::222222222222:role/release-production-preview"]],
      ["production-deploy", ["arn:aws:iam::222222222222:role/release-production-deploy"]],
    ]);
    for (const runner of RUNNERS) {
      expect(
        all.actions(runner).filter((action) => !/^(logs|s3|kms|sts):/.test(action)),
        runner,
      ).to.deep.equal([]);
    }
    expect(all.of("RolePolicyAttachment")).to.deep.equal([]);
  });

  it("names its runners' roles as the environments trust them", () => {
    const names = all.of("Role").map(({ inputs }) => inputs["name"]);
    expect(names).to.include.members(RUNNERS.map((runner) => `release-run-${runner}`));
  });

  it("lets each stage read versioned artifacts and write only its own", () => {
    const written = (role: string) =>
      all
        .statements(role)
        .filter(({ Action }) => Action === "s3:PutObject")
        .map(({ Resource }) => Resource);
    const bucket = "arn:aws:test:us-east-1:123456789012:release-artifacts";
    expect(["pipeline", ...RUNNERS].map((role) => [role, written(role)])).to.deep.equal([
      ["pipeline", [`${bucket}/*/*/*`]],
      ["build", [`${bucket}/*/built/*`]],
      ["development-preview", []],
      ["development-deploy", []],
      ["production-preview", [`${bucket}/*/planned/*`]],
      ["production-deploy", []],
    ]);
    for (const role of ["pipeline", ...RUNNERS]) {
      const allowed = all
        .statements(role)
        .filter(({ Resource }) => [Resource].flat().some((arn) => arn.includes("release-artifacts")))
        .flatMap(({ Action }) => Action);
      expect(allowed, role).to.include.members([
        "s3:GetBucketVersioning",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
      ]);
    }
  });

  it("may use its connection under either name of the service", () => {
    const allowed = all.statements("pipeline").filter(({ Resource }) => Resource === "arn:connection");
    expect(allowed.flatMap(({ Action }) => Action)).to.deep.equal([
      "codeconnections:UseConnection",
      "codestar-connections:UseConnection",
    ]);
  });
});
