import { expect } from "chai";
import { nearLimits } from "../../kit/awsLimits";
import {
  ACCOUNT,
  BOUNDARY,
  ESCALATIONS,
  type Made,
  make,
  NEEDED,
  role,
  SECRETS_KEY,
  STATE,
} from "../../kit/environmentRolesStand";
import { isPermitted } from "../../kit/isPermitted";

describe("EnvironmentRoles", function () {
  this.timeout(120_000);
  let made: Made;
  before(async () => {
    made = await make();
  });

  describe("the deploying role", () => {
    for (const [path, call] of Object.entries(ESCALATIONS)) {
      it(`never ${path}`, () => expect(isPermitted(call, made.deploy)).to.equal(false));
    }

    for (const [work, call] of Object.entries(NEEDED)) {
      it(work, () => expect(isPermitted(call, made.deploy)).to.equal(true));
    }

    it("cannot change itself even if its name has a prefix of the store", async () => {
      const { deploy } = await make({ prefixes: ["release-"] });
      const context = { "iam:PermissionsBoundary": BOUNDARY, "iam:PassedToService": "lambda.amazonaws.com" };
      for (const action of ["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:PassRole", "iam:DeleteRole"]) {
        const call = { action, resource: role("release-production-deploy"), context };
        expect(isPermitted(call, deploy), action).to.equal(false);
        expect(isPermitted({ ...call, resource: role("release-x") }, deploy), action).to.equal(true);
      }
    });

    it("cannot read its state's settings even if the bucket has a prefix of the store", async () => {
      const stateBucketArn = "arn:aws:s3:::stayopen-state";
      const { deploy, boundary } = await make({ stateBucketArn });
      expect(isPermitted({ action: "s3:PutBucketPolicy", resource: stateBucketArn }, deploy)).to.equal(false);
      expect(isPermitted({ action: "s3:ListBucket", resource: stateBucketArn }, deploy)).to.equal(true);
      expect(isPermitted({ action: "s3:GetObject", resource: `${stateBucketArn}/x` }, boundary)).to.equal(false);
    });
  });

  describe("the preview role", () => {
    const table = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/orders-orders-1a2b3c4`;

    it("reads the state, the stacks' secrets and descriptions of resources", () => {
      for (const call of [
        { action: "s3:GetObject", resource: `${STATE}/.pulumi/stacks/stayopen/prod-east.json` },
        { action: "kms:Decrypt", resource: SECRETS_KEY },
        { action: "dynamodb:DescribeTable", resource: table },
        { action: "states:ValidateStateMachineDefinition", resource: "*" },
        { action: "es:GetCompatibleVersions", resource: `arn:aws:es:us-east-1:${ACCOUNT}:domain/catalogue-prod-east` },
      ]) {
        expect(isPermitted(call, made.preview), call.action).to.equal(true);
      }
    });

    it("reads no item, no parameter and no secret of the store, and writes nothing", () => {
      const parameter = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/orders-payment-api-key-1a2b3c4`;
      for (const call of [
        { action: "dynamodb:GetItem", resource: table },
        { action: "dynamodb:Query", resource: table },
        { action: "dynamodb:Scan", resource: table },
        { action: "ssm:GetParameter", resource: parameter },
        { action: "kms:Decrypt", resource: `arn:aws:kms:us-east-1:${ACCOUNT}:key/mrk-cards` },
        { action: "kms:Encrypt", resource: SECRETS_KEY },
        { action: "s3:GetObject", resource: "arn:aws:s3:::orders-invoices-1a2b3c4/x" },
        { action: "s3:PutObject", resource: `${STATE}/.pulumi/stacks/stayopen/prod-east.json` },
        { action: "s3:DeleteObject", resource: `${STATE}/.pulumi/stacks/stayopen/prod-east.json` },
        ...Object.values(ESCALATIONS),
      ]) {
        expect(isPermitted(call, made.preview), `${call.action} ${call.resource}`).to.equal(false);
      }
    });
  });

  it("stays below 90 % of AWS's limits", () => {
    expect(made.registered.length).to.be.above(5);
    expect(nearLimits(made.registered)).to.deep.equal([]);
  });

  it("lets only the matching runner in the pipeline's account assume a role", () => {
    const trust = made.of("Role").map(({ inputs }) => {
      const { Statement: statements } = JSON.parse(String(inputs["assumeRolePolicy"]));
      return [inputs["name"], statements];
    });
    const by = (runner: string) => [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: "sts:AssumeRole",
        Condition: { ArnEquals: { "aws:PrincipalArn": `arn:aws:iam::111111111111:role/release-run-${runner}` } },
      },
    ];
    expect(Object.fromEntries(trust)).to.deep.equal({
      "release-production-preview": by("production-preview"),
      "release-production-deploy": by("production-deploy"),
    });
  });
});
