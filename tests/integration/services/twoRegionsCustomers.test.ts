import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AdminGetUserCommand,
  AssociateSoftwareTokenCommand,
  CognitoIdentityProviderClient,
  DeleteUserCommand,
  GetTokensFromRefreshTokenCommand,
  UpdateUserAttributesCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "chai";
import { SECOND_FACTOR_ELSEWHERE, signInPath } from "../../../domain/auth";
import type { CognitoSettings } from "../../../domain/auth/settings";
import { readAccessLog } from "../../../local/aws/network/accessLog";
import { functionSessions } from "../../../local/aws/network/functionSessions";
import { resourcesOfType } from "../../../local/deployment/deployment";
import { createAccount, newPerson, type Person, signInAs } from "../../../local/person";
import type { Store } from "../../../local/store";
import { shareStore } from "./sharedStore";

const EAST = "us-east-1";
const WEST = "us-west-2";
/** Exceeds the duration of the tests, so that a Region knows its peer's changes only through a call of its user pool. */
const NO_REPLICATION_MS = 3_600_000;

const names = ["withApp", "moving", "leaving", "staying", "calling", "protected"] as const;

describe("customers of two Regions", function () {
  this.timeout(300_000);
  let accessLog: string;
  let store: Store;
  const settings: Record<string, CognitoSettings> = {};
  /** Customers of the first Region whom the second one's directory contains. */
  const east = {} as Record<(typeof names)[number], Person>;

  before(async () => {
    ({ store, accessLog } = await shareStore());
    for (const region of [EAST, WEST]) settings[region] = settingsOf(region);
    for (const name of names) {
      east[name] = await signUp(EAST, `${name}@example.com`);
    }
    // The page renews its token after the app is turned on; the renewal updates the directory.
    await turnAppOn(east.protected);
    await renew(east.protected);
    expect(await store.replication?.settled()).to.equal(true);
    await store.chaos.lag(NO_REPLICATION_MS);
  });

  const settingsOf = (region: string): CognitoSettings => {
    const idOf = (type: string) => resourcesOfType(store.regions[region]!.deployment, type)[0]!.id;
    const userPoolId = idOf("aws:cognito/userPool:UserPool");
    const clientId = idOf("aws:cognito/userPoolClient:UserPoolClient");
    return { kind: "cognito", region, path: signInPath(region), userPoolId, clientId };
  };
  const placeIn = (region: string) => ({ url: store.url, deployment: store.regions[region]!.deployment });
  const signUp = (region: string, email: string) => newPerson(placeIn(region), settings[region]!, undefined, email);
  const inPoolOf = async (region: string, act: (client: CognitoIdentityProviderClient) => Promise<unknown>) => {
    const { endpoint, deployment } = store.regions[region]!;
    const client = new CognitoIdentityProviderClient({ endpoint, region, credentials: deployment.credentials });
    await act(client).finally(() => client.destroy());
  };
  const turnAppOn = ({ accessToken: AccessToken }: Person) =>
    inPoolOf(EAST, async (client) => {
      const { SecretCode } = await client.send(new AssociateSoftwareTokenCommand({ AccessToken }));
      const digits = digitsOf(SecretCode!);
      await client.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode: digits }));
    });
  const renew = ({ refreshToken: RefreshToken }: Person) =>
    inPoolOf(EAST, (client) =>
      client.send(new GetTokensFromRefreshTokenCommand({ ClientId: settings[EAST]!.clientId, RefreshToken })),
    );
  /** Retries a check: on a loaded machine a call of the pool may time out, and then the directory decides. */
  const eventually = async (check: () => Promise<unknown>) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await check();
      } catch (error) {
        if (attempt === 10) throw error;
        await sleep(500);
      }
    }
  };
  const signInWest = async (email: string, password: string) =>
    (await signInAs(placeIn(WEST), settings[WEST]!, email, password)).customerId;

  it("signs a customer in under the same id in both", async () => {
    const { email, customerId } = east.staying;
    const password = await createAccount(placeIn(WEST), settings[WEST]!, email);
    await eventually(async () => {
      expect(await signInWest(email, password)).to.equal(customerId);
      const pool = `arn:aws:cognito-idp:${EAST}:000000000000:userpool/${settings[EAST]!.userPoolId}`;
      const calls = readAccessLog(accessLog).filter(({ role, resource }) => resource === pool && role.includes("west"));
      expect(calls.map(({ action, allowed }) => [action, allowed])).to.deep.include(["cognito-idp:AdminGetUser", true]);
    });
  });

  it("refuses a function whose role does not grant the call of the peer Region's pool", async () => {
    const sessions = functionSessions(store.regions[WEST]!.deployment);
    const [accessKeyId, session] = [...sessions].find(([, { roleArn }]) => roleArn.includes("auth-authorizer"))!;
    const { endpoint } = store.regions[EAST]!;
    const ask = async (secretAccessKey: string) => {
      const credentials = { accessKeyId, secretAccessKey, sessionToken: session.sessionToken };
      const client = new CognitoIdentityProviderClient({ endpoint, region: EAST, credentials, maxAttempts: 1 });
      const { userPoolId: UserPoolId } = settings[EAST]!;
      const command = new AdminGetUserCommand({ UserPoolId, Username: east.staying.email });
      return await client.send(command).then(
        () => "answered",
        (error: Error) => error.name,
      );
    };
    expect(await ask(session.secretAccessKey)).to.equal("AccessDeniedException");
    expect(await ask("wrong")).to.equal("InvalidSignatureException");
  });

  it("issues no token without the authenticator app that was turned on in the peer Region", async () => {
    const { email } = east.withApp;
    await turnAppOn(east.withApp);
    const password = await createAccount(placeIn(WEST), settings[WEST]!, email);
    await eventually(async () => {
      const refused = await signInWest(email, password).then(String, (error: Error) => error.message);
      expect(refused).to.include(SECOND_FACTOR_ELSEWHERE).and.to.include(`(${EAST})`);
    });
  });

  it("makes the next owner of a changed address a new customer in the peer Region", async () => {
    const { accessToken: AccessToken, customerId, email } = east.moving;
    const UserAttributes = [{ Name: "email", Value: "moved@example.com" }];
    await inPoolOf(EAST, (client) => client.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes })));
    const password = await createAccount(placeIn(WEST), settings[WEST]!, email);
    await eventually(async () => expect(await signInWest(email, password)).not.to.be.oneOf([customerId, ""]));
  });

  it("makes the next owner of a deleted account's address a new customer in the peer Region", async () => {
    const { accessToken: AccessToken, customerId, email } = east.leaving;
    await inPoolOf(EAST, (client) => client.send(new DeleteUserCommand({ AccessToken })));
    const password = await createAccount(placeIn(WEST), settings[WEST]!, email);
    await eventually(async () => expect(await signInWest(email, password)).not.to.be.oneOf([customerId, ""]));
  });

  describe("while one Region is dead", () => {
    before(() => store.chaos.kill(EAST));

    it("signs in the customer that the directory names", async () => {
      const { email, customerId } = east.calling;
      const password = await createAccount(placeIn(WEST), settings[WEST]!, email);
      expect(await signInWest(email, password)).to.equal(customerId);
    });

    it("issues no token without the authenticator app of that Region", async () => {
      const { email } = east.protected;
      const password = await createAccount(placeIn(WEST), settings[WEST]!, email);
      const refused = await signInWest(email, password).then(String, (error: Error) => error.message);
      expect(refused).to.include(SECOND_FACTOR_ELSEWHERE).and.to.include(`(${EAST})`);
    });
  });
});

/** Computes the code that an authenticator app shows now (RFC 6238). */
function digitsOf(secret: string): string {
  const bits = [...secret.replace(/=+$/, "")]
    .map((character) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19]! & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
