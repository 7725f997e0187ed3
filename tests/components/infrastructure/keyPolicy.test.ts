import { expect } from "chai";
import { administered, changedOnlyBy } from "../../../components/infrastructure/keyPolicy";

const ROLE = "arn:aws:iam::123456789012:role/break-glass";

describe("changedOnlyBy", () => {
  const others = { ArnNotEquals: { "aws:PrincipalArn": ROLE } };

  it("denies changes of the policy and grants to all other roles", () => {
    const [statement, ...more] = changedOnlyBy(ROLE, "none");
    expect(more).to.deep.equal([]);
    expect(statement).to.deep.include({ Effect: "Deny", Principal: "*", Condition: others });
    expect(statement?.Action).to.have.members([
      "kms:PutKeyPolicy",
      "kms:ReplicateKey",
      "kms:UpdatePrimaryRegion",
      "kms:CreateGrant",
    ]);
  });

  it("lets services create grants for the resources that they encrypt", () => {
    const [changes, grants] = changedOnlyBy(ROLE, "services");
    expect(changes?.Action).to.not.include("kms:CreateGrant");
    expect(grants).to.deep.include({
      Effect: "Deny",
      Action: ["kms:CreateGrant"],
      // A call that no service makes lacks the key; it must not pass for one that has it.
      Condition: { ...others, BoolIfExists: { "kms:GrantIsForAWSResource": "false" } },
    });
  });
});

describe("administered", () => {
  it("allows neither decryption nor grants", () => {
    const { Action } = administered("123456789012");
    const isAllowed = (action: string) =>
      Action.some((pattern) => new RegExp(`^${pattern.replace("*", ".*")}$`).test(action));
    const uses = ["Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "CreateGrant", "Sign"];
    expect(uses.filter((use) => isAllowed(`kms:${use}`))).to.deep.equal([]);
    expect(isAllowed("kms:ScheduleKeyDeletion")).to.equal(true);
  });
});
