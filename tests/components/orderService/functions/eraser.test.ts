import { expect } from "chai";
import { DIRECTORY_INDEXES } from "../../../../domain/auth";
import { onUsualStore, register } from "../../../kit/orderServiceStand";

describe("The function that erases customers", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("continues erasures every hour, with the accounts only where it is given them", async () => {
    const schedule = stand.made.named("Schedule", "orders-erase");
    expect(schedule["scheduleExpression"]).to.equal("rate(60 minutes)");
    const own = ["dynamodb:DeleteItem", "dynamodb:UpdateItem", "s3:DeleteObjectVersion", "s3:ListBucketVersions"];
    expect(stand.made.actions("eraser").flat()).to.include.members(own);
    expect(JSON.stringify(stand.made.statements("eraser"))).not.to.include("cognito-idp");
    const userPool = { id: "us-east-1_A", arn: "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_A" };
    const directory = { name: "directory", arn: "arn:aws:dynamodb:us-east-1:1:table/directory" };
    const withAccounts = await register({ accounts: { userPool, directory } });
    const statements = withAccounts.statements("eraser");
    const on = (arn: string) =>
      statements.filter(({ Resource }) => [Resource].flat().includes(arn)).flatMap(({ Action }) => Action);
    expect(on(userPool.arn)).to.have.members(["cognito-idp:ListUsers", "cognito-idp:AdminDeleteUser"]);
    expect(on(directory.arn)).to.have.members(["dynamodb:GetItem", "dynamodb:DeleteItem"]);
    for (const { name } of DIRECTORY_INDEXES)
      expect(on(`${directory.arn}/index/${name}`), name).to.deep.equal(["dynamodb:Query"]);
  });
});
