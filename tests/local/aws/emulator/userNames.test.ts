import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "chai";
import { type MiniStack, rootCredentials, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { rejection } from "../../../kit/authFakes";
import { temporaryFolder } from "../../../kit/temporaryFolder";

describe("User names in an emulator's pool", function () {
  this.timeout(300_000);
  const region = "us-east-1";
  const dataDir = temporaryFolder("user-names");
  let emulator: MiniStack;
  let client: CognitoIdentityProviderClient;

  before(async () => {
    emulator = await startMiniStack({ region, dataDir });
    client = new CognitoIdentityProviderClient({ region, endpoint: emulator.endpoint, credentials: rootCredentials });
  });

  after(async () => {
    client?.destroy();
    await emulator?.stop();
  });

  /** Creates a pool with sign-up by email address. */
  async function poolWith(CaseSensitive: boolean) {
    const { UserPool } = await client.send(
      new CreateUserPoolCommand({
        PoolName: `names-${CaseSensitive}`,
        UsernameAttributes: ["email"],
        AutoVerifiedAttributes: ["email"],
        UsernameConfiguration: { CaseSensitive },
      }),
    );
    const UserPoolId = UserPool!.Id!;
    const made = await client.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: "page" }));
    const ClientId = made.UserPoolClient!.ClientId!;
    const signUp = async (email: string) => {
      const UserAttributes = [{ Name: "email", Value: email }];
      const command = new SignUpCommand({ ClientId, Username: email, Password: "Secret-Words-1", UserAttributes });
      return (await client.send(command)).UserSub!;
    };
    const subOf = async (Username: string) => {
      const { UserAttributes = [] } = await client.send(new AdminGetUserCommand({ UserPoolId, Username }));
      return UserAttributes.find(({ Name }) => Name === "sub")?.Value;
    };
    return { UserPoolId, ClientId, signUp, subOf };
  }

  it("ignore case if the pool is configured so", async () => {
    const { UserPoolId, ClientId, signUp, subOf } = await poolWith(false);
    const sub = await signUp("Bea@example.com");
    for (const email of ["bea@example.com", "BEA@EXAMPLE.COM", "Bea@example.com"]) {
      expect((await rejection(signUp(email))).name, email).to.equal("UsernameExistsException");
      expect(await subOf(email), email).to.equal(sub);
      const again = new AdminCreateUserCommand({ UserPoolId, Username: email, MessageAction: "SUPPRESS" });
      expect((await rejection(client.send(again))).name, email).to.equal("UsernameExistsException");
    }
    await client.send(new ConfirmSignUpCommand({ ClientId, Username: "bEa@example.com", ConfirmationCode: "123456" }));
    expect(await signUp("bee@example.com")).not.to.equal(sub);
  });

  it("respect case if the pool is configured so", async () => {
    const { signUp } = await poolWith(true);
    expect(await signUp("Bea@example.com")).not.to.equal(await signUp("bea@example.com"));
  });
});
