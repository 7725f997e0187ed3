import {
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  GetTokensFromRefreshTokenCommand,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "chai";
import { decodeJwt } from "jose";
import { type MiniStack, rootCredentials, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { rejection } from "../../../kit/authFakes";
import { eventually } from "../../../kit/drill/shopper";
import { temporaryFolder } from "../../../kit/temporaryFolder";

describe("Refresh tokens of an emulator's pool", function () {
  this.timeout(120_000);
  const region = "us-east-1";
  const Password = "Secret-Words-1";
  let emulator: MiniStack;
  let client: CognitoIdentityProviderClient;
  let UserPoolId: string;

  before(async () => {
    emulator = await startMiniStack({ region, dataDir: temporaryFolder("refresh-tokens") });
    client = new CognitoIdentityProviderClient({ region, endpoint: emulator.endpoint, credentials: rootCredentials });
    UserPoolId = (await client.send(new CreateUserPoolCommand({ PoolName: "tokens" }))).UserPool!.Id!;
    await client.send(new AdminCreateUserCommand({ UserPoolId, Username: "bea", MessageAction: "SUPPRESS" }));
    await client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username: "bea", Password, Permanent: true }));
  });

  after(async () => {
    client?.destroy();
    await emulator?.stop();
  });

  /** Signs in with a client whose earlier refresh tokens work for so many seconds; without rotation if there is no number. */
  async function signIn(graceSeconds?: number) {
    const { UserPoolClient } = await client.send(
      new CreateUserPoolClientCommand({
        UserPoolId,
        ClientName: "page",
        ExplicitAuthFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        ...(graceSeconds !== undefined && {
          RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: graceSeconds },
        }),
      }),
    );
    const ClientId = UserPoolClient!.ClientId!;
    const { AuthenticationResult } = await client.send(
      new AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: "bea", PASSWORD: Password },
      }),
    );
    const tokens = AuthenticationResult!;
    const renewAll = async (RefreshToken: string) => {
      const answer = await client.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }));
      expect(answer.AuthenticationResult?.AccessToken).to.be.a("string");
      return answer.AuthenticationResult!;
    };
    const renew = async (RefreshToken: string) => (await renewAll(RefreshToken)).RefreshToken;
    const revoke = (Token: string) => client.send(new RevokeTokenCommand({ ClientId, Token }));
    return { first: tokens.RefreshToken!, tokens, renew, renewAll, revoke };
  }

  it("are replaced at each use, and a used one is refused after the grace period", async () => {
    const { first, renew } = await signIn(0);
    const second = await renew(first);
    expect(second).to.be.a("string").and.not.to.equal(first);
    expect((await rejection(renew(first))).name).to.equal("RefreshTokenReuseException");
    expect(await renew(second!)).to.be.a("string");
    expect((await rejection(renew(second!))).name).to.equal("RefreshTokenReuseException");
  });

  it("work within the grace period, for a second tab of the page", async () => {
    const { first, renew } = await signIn(60);
    expect(await renew(first)).not.to.equal(undefined);
    expect(await renew(first)).not.to.equal(undefined);
  });

  it("end together: with one of them all are revoked", async () => {
    const { first, renew, revoke } = await signIn(60);
    const second = await renew(first);
    await revoke(second!);
    for (const token of [first, second!])
      expect((await rejection(renew(token))).name).to.equal("NotAuthorizedException");
  });

  it("give tokens that keep the time of the sign-in", async () => {
    const { tokens, renewAll } = await signIn(60);
    const first = decodeJwt(tokens.AccessToken!);
    await eventually("a token of another second", async () => {
      const renewed = decodeJwt((await renewAll(tokens.RefreshToken!)).AccessToken!);
      expect(renewed["auth_time"]).to.equal(first["auth_time"]).and.be.a("number");
      return renewed.iat! > first.iat! || undefined;
    });
  });

  it("stay as they are without rotation", async () => {
    const { first, renew } = await signIn();
    expect(await renew(first)).to.equal(undefined);
    expect(await renew(first)).to.equal(undefined);
  });
});
