import { expect } from "chai";
import sinon from "sinon";
import { SECOND_FACTOR_CLAIM } from "../../../domain/auth/signedIn";
import { FakePage } from "../../kit/fakePage";
import { keptSession, POOL_SESSION, unsignedToken } from "../../kit/keptSession";

/** The module is the page's, whose types this project does not have. */
interface AuthenticatorModule {
  isAuthenticatorOn(): Promise<boolean | undefined>;
  createSecret(account: string): Promise<{ text: string; address: string }>;
  turnOn(code: string): Promise<void>;
  turnOff(): Promise<void>;
}

describe("the authenticator app of an account", () => {
  let page: FakePage;
  let module: AuthenticatorModule;
  let answers: Record<string, () => Response>;

  beforeEach(() => {
    const tokens = { AccessToken: unsignedToken({ sub: "ann" }), RefreshToken: "refresh-2", ExpiresIn: 3_600 };
    answers = { GetTokensFromRefreshToken: () => Response.json({ AuthenticationResult: tokens }) };
    page = new FakePage((_, init) => (answers[operationOf(init)] ?? (() => Response.json({})))());
    signIn({ sub: "ann" });
  });
  afterEach(() => sinon.restore());

  const operationOf = ({ headers }: RequestInit) => new Headers(headers).get("x-amz-target")?.split(".").at(-1) ?? "";
  const operations = () => page.requests.map(({ init }) => operationOf(init));
  const lastInput = (operation: string) =>
    JSON.parse(String(page.requests.findLast(({ init }) => operationOf(init) === operation)?.init.body));

  function signIn(claims: object): void {
    page.local[POOL_SESSION] = keptSession(unsignedToken(claims));
    module = page.open("account/authenticator.ts");
  }

  it("is on or off as the token says", async () => {
    for (const [claim, expected] of [
      ["yes", true],
      ["no", false],
    ] as const) {
      signIn({ sub: "ann", [SECOND_FACTOR_CLAIM]: claim });
      expect(await module.isAuthenticatorOn()).to.equal(expected);
    }
  });

  it("is unknown rather than off if the token does not say", async () => {
    const outcome = await module.isAuthenticatorOn().catch((error: Error) => error);
    expect(outcome).to.be.an.instanceOf(Error);
  });

  it("is no matter of the store's if an issuer signs customers in", async () => {
    delete page.local[POOL_SESSION];
    expect(await module.isAuthenticatorOn()).to.equal(undefined);
  });

  it("gets a secret to type or to scan", async () => {
    answers["AssociateSoftwareToken"] = () => Response.json({ SecretCode: "ABCDEFGHIJ" });
    expect(await module.createSecret("ann+1@example.com")).to.deep.equal({
      text: "ABCD EFGH IJ",
      address: "otpauth://totp/stayopen%3Aann%2B1%40example.com?secret=ABCDEFGHIJ&issuer=stayopen",
    });
  });

  it("is turned on by a right code, and the other Regions learn of it by a new token", async () => {
    answers["VerifySoftwareToken"] = () => Response.json({ Status: "SUCCESS" });
    await module.turnOn("123456");
    expect(operations()).to.deep.equal(["VerifySoftwareToken", "SetUserMFAPreference", "GetTokensFromRefreshToken"]);
    expect(lastInput("VerifySoftwareToken")).to.have.property("UserCode", "123456");
    expect(lastInput("SetUserMFAPreference").SoftwareTokenMfaSettings).to.deep.equal({
      Enabled: true,
      PreferredMfa: true,
    });
  });

  it("stays off after a wrong code", async () => {
    answers["VerifySoftwareToken"] = () => Response.json({ Status: "ERROR" });
    const refusal = await module.turnOn("000000").catch((error: Error) => error);
    expect(refusal).to.have.property("name", "CodeMismatchException");
    expect(operations()).to.deep.equal(["VerifySoftwareToken"]);
  });

  it("is turned off, with a new token too", async () => {
    await module.turnOff();
    expect(operations()).to.deep.equal(["SetUserMFAPreference", "GetTokensFromRefreshToken"]);
    expect(lastInput("SetUserMFAPreference").SoftwareTokenMfaSettings.Enabled).to.equal(false);
  });
});
