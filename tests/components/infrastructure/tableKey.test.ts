import { expect } from "chai";
import type { PolicyStatement } from "../../../components/deliveryPipeline/policyStatement";
import { TableKey, type TableKeyArgs } from "../../../components/infrastructure";
import { isPermitted } from "../../kit/isPermitted";
import { mocked, type Registered } from "../../kit/observabilityStand";
import { expectRefusal } from "../../kit/refusals";

const BREAK_GLASS = "arn:aws:iam::123456789012:role/break-glass";
const ADMINISTRATOR = "arn:aws:iam::123456789012:role/admin";

async function register(args: Partial<TableKeyArgs> = {}) {
  const registered: Registered[] = [];
  await mocked(registered, () => {
    new TableKey("data", { region: "us-east-1", ...args });
  });
  return registered.filter(({ type }) => type === "aws:kms/key:Key");
}

/** Decides as KMS does for a principal of the account, by the key's policy alone. */
function may(key: Registered, action: string, context: Record<string, string>): boolean {
  const { Statement } = JSON.parse(String(key.inputs["policy"])) as { Statement: PolicyStatement[] };
  return isPermitted({ action, resource: "key", context }, Statement);
}

const through = (service: string, region: string, account = "123456789012") => ({
  "kms:CallerAccount": account,
  "kms:ViaService": `${service}.${region}.amazonaws.com`,
  "kms:GrantIsForAWSResource": "true",
  "aws:PrincipalArn": ADMINISTRATOR,
});

describe("TableKey", () => {
  it("creates a rotated key in each Region, none of which can be replicated", async () => {
    const keys = await register({ replicaRegions: ["us-west-2"] });
    expect(keys.map(({ name, inputs }) => [name, inputs["region"]])).to.deep.equal([
      ["data", undefined],
      ["data-us-west-2", "us-west-2"],
    ]);
    for (const { inputs } of keys) {
      expect(inputs).to.include({ enableKeyRotation: true, deletionWindowInDays: 30 });
      expect(inputs).not.to.have.property("multiRegion");
    }
  });

  it("is used through DynamoDB of its Region by principals of the account, and in no other way", async () => {
    const [key, replica] = await register({ replicaRegions: ["us-west-2"] });
    for (const action of ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:ReEncryptFrom"]) {
      expect(may(key!, action, through("dynamodb", "us-east-1")), action).to.equal(true);
      expect(may(key!, action, through("dynamodb", "us-west-2")), action).to.equal(false);
      expect(may(key!, action, through("s3", "us-east-1")), action).to.equal(false);
      expect(may(key!, action, through("dynamodb", "us-east-1", "210987654321")), action).to.equal(false);
      expect(may(key!, action, { "kms:CallerAccount": "123456789012", "aws:PrincipalArn": ADMINISTRATOR })).to.equal(
        false,
      );
      expect(may(replica!, action, through("dynamodb", "us-west-2")), action).to.equal(true);
    }
  });

  describe("with a break-glass role", () => {
    const direct = (principal: string) => ({ "aws:PrincipalArn": principal, "kms:GrantIsForAWSResource": "false" });

    it("lets no other principal change the policy or grant the use, but AWS's services for tables and backups", async () => {
      const [key] = await register({ breakGlassRoleArn: BREAK_GLASS });
      for (const action of ["kms:PutKeyPolicy", "kms:ReplicateKey", "kms:UpdatePrimaryRegion"]) {
        expect(may(key!, action, direct(ADMINISTRATOR)), action).to.equal(false);
        expect(may(key!, action, direct(BREAK_GLASS)), action).to.equal(true);
      }
      for (const action of ["kms:ScheduleKeyDeletion", "kms:DescribeKey", "kms:EnableKeyRotation"])
        expect(may(key!, action, direct(ADMINISTRATOR)), action).to.equal(true);
      const grant = through("dynamodb", "us-east-1");
      expect(may(key!, "kms:CreateGrant", grant)).to.equal(true);
      expect(may(key!, "kms:CreateGrant", { ...grant, "kms:GrantIsForAWSResource": "false" })).to.equal(false);
    });

    it("bypasses the check of KMS that would refuse such a policy, and only then", async () => {
      const [guarded] = await register({ breakGlassRoleArn: BREAK_GLASS });
      const [plain] = await register();
      expect(guarded!.inputs["bypassPolicyLockoutSafetyCheck"]).to.equal(true);
      expect(plain!.inputs).not.to.have.property("bypassPolicyLockoutSafetyCheck");
      expect(may(plain!, "kms:PutKeyPolicy", direct(ADMINISTRATOR))).to.equal(true);
    });
  });

  it("refuses its own Region as another one, and a role that is none", async () => {
    const refused = (args: Partial<TableKeyArgs>, sentence: RegExp) =>
      expectRefusal("TableKey", () => new TableKey("data", { region: "us-east-1", ...args }), sentence);
    await refused({ replicaRegions: ["us-east-1"] }, /`replicaRegions` has this Region, us-east-1/);
    await refused(
      { breakGlassRoleArn: "break-glass" },
      /`breakGlassRoleArn` is "break-glass"; it must be the ARN of a role/,
    );
  });
});
