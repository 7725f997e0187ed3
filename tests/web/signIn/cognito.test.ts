import { expect } from "chai";
import sinon from "sinon";
import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import { FakePage } from "../../kit/fakePage";
import { unsignedToken } from "../../kit/keptSession";

/** The module is the page's, whose types this project does not have. */
interface CognitoModule {
  createPasswordSignIn(pools: object[]): {
    signIn(email: string, password: string): Promise<object>;
    secondFactor(code: string): Promise<object>;
    newPassword(email: string, code: string, password: string): Promise<void>;
  };
}

const [EAST, WEST] = ["/east", "/west"] as const;
const poolAt = (path: string) => ({ kind: "cognito", userPoolId: "us-east-1_abc", clientId: "client", path });

const CHALLENGE = {
  ChallengeName: "PASSWORD_VERIFIER",
  Session: "session-1",
  ChallengeParameters: { SALT: "7f", SRP_B: "20", SECRET_BLOCK: "c2VjcmV0", USER_ID_FOR_SRP: "id-of-ann" },
};
const TOKENS = {
  AuthenticationResult: { AccessToken: unsignedToken({ sub: "ann" }), RefreshToken: "refresh", ExpiresIn: 3_600 },
};
const DONE = { step: "done", customer: { customerId: "ann", email: undefined } };

const answered = (body: object) => () => Response.json(body);
const refused =
  (type: string, message = "") =>
  () =>
    Response.json({ __type: type, message }, { status: 400 });
const noAnswer = () => undefined;

describe("signing in with a password", () => {
  let page: FakePage;
  let answers: Record<string, (() => Response | undefined)[]>;

  beforeEach(() => {
    page = new FakePage((path) => answers[path]?.shift()?.());
  });
  afterEach(() => sinon.restore());

  const open = () => page.open<CognitoModule>("signIn/cognito.ts").createPasswordSignIn([EAST, WEST].map(poolAt));
  const outcomeOf = (step: Promise<object>) => step.catch(({ name, message }: Error) => ({ name, message }));
  const signIn = () => outcomeOf(open().signIn("ann@example.com", "Correct-Horse-9"));
  const calls = () =>
    page.requests.map(({ path, init }) => ({
      path,
      operation: new Headers(init.headers).get("x-amz-target")?.split(".").at(-1),
      body: JSON.parse(String(init.body)),
    }));
  const pathsAsked = () => page.requests.map(({ path }) => path);

  it("proves the password under the account's own name, and never sends it", async () => {
    answers = { [EAST]: [answered(CHALLENGE), answered(TOKENS)] };
    expect(await signIn()).to.deep.equal(DONE);
    const [begun, proven] = calls();
    expect(begun?.body).to.have.nested.property("AuthParameters.USERNAME", "ann@example.com");
    expect(proven?.operation).to.equal("RespondToAuthChallenge");
    expect(proven?.body).to.deep.include({ ChallengeName: "PASSWORD_VERIFIER", Session: "session-1" });
    expect(proven?.body.ChallengeResponses).to.include({
      USERNAME: "id-of-ann",
      PASSWORD_CLAIM_SECRET_BLOCK: "c2VjcmV0",
    });
    expect(JSON.stringify(page.requests)).not.to.contain("Correct-Horse-9");
    expect(page.local["stayopen.session"]).to.contain("refresh");
  });

  it("asks for the second factor, whose code may be typed again", async () => {
    const asked = { ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "session-2" };
    answers = {
      [EAST]: [answered(CHALLENGE), answered(asked), refused("CodeMismatchException"), answered(TOKENS)],
    };
    const session = open();
    expect(await session.signIn("ann@example.com", "Correct-Horse-9")).to.deep.equal({ step: "second-factor" });
    expect(await outcomeOf(session.secondFactor("000000"))).to.have.property("name", "CodeMismatchException");
    expect(await session.secondFactor("123456")).to.deep.equal(DONE);
    expect(calls().at(-1)?.body).to.deep.equal({
      ClientId: "client",
      ChallengeName: "SOFTWARE_TOKEN_MFA",
      Session: "session-2",
      ChallengeResponses: { USERNAME: "id-of-ann", SOFTWARE_TOKEN_MFA_CODE: "123456" },
    });
  });

  for (const [how, first] of [
    ["does not know the account", refused("UserNotFoundException")],
    ["has another account of this address", refused("NotAuthorizedException")],
    ["does not answer", noAnswer],
    ["can't check the second factor", refused("UserLambdaValidationException", `${SECOND_FACTOR_ELSEWHERE} (west)`)],
  ] as const) {
    it(`asks the next Region's pool if the first ${how}, and that pool from then on`, async () => {
      answers = { [EAST]: [first], [WEST]: [answered(CHALLENGE), answered(TOKENS), answered({})] };
      const session = open();
      expect(await session.signIn("ann@example.com", "Correct-Horse-9")).to.deep.equal(DONE);
      await session.newPassword("ann@example.com", "123456", "Correct-Horse-10");
      expect(pathsAsked()).to.deep.equal([EAST, WEST, WEST, WEST]);
    });
  }

  it("asks no other pool about a locked account, nor after an error of the pool's own", async () => {
    answers = { [EAST]: [refused("NotAuthorizedException", "Password attempts exceeded")] };
    expect(await signIn()).to.have.property("name", "NotAuthorizedException");
    answers = { [EAST]: [refused("InvalidParameterException")] };
    expect(await signIn()).to.have.property("name", "InvalidParameterException");
    expect(pathsAsked()).to.deep.equal([EAST, EAST]);
  });

  it("says that a Region does not answer rather than that another one does not know the account", async () => {
    answers = { [EAST]: [noAnswer], [WEST]: [refused("UserNotFoundException")] };
    expect(await signIn()).to.have.property("name", "PoolUnreachableError");
  });

  it("goes on with the confirmation or a new password, in the pool that asks for it", async () => {
    for (const [type, step] of [
      ["UserNotConfirmedException", "confirm"],
      ["PasswordResetRequiredException", "new-password"],
    ] as const) {
      answers = { [EAST]: [refused("UserNotFoundException")], [WEST]: [refused(type), answered({})] };
      const session = open();
      expect(await session.signIn("ann@example.com", "Correct-Horse-9")).to.deep.equal({ step });
      await session.newPassword("ann@example.com", "123456", "Correct-Horse-10");
      expect(pathsAsked().at(-1)).to.equal(WEST);
    }
  });

  it("names a step that the store does not know", async () => {
    answers = { [EAST]: [answered(CHALLENGE), answered({ ChallengeName: "NEW_PASSWORD_REQUIRED" })] };
    expect(await signIn())
      .to.have.property("message")
      .that.contains("NEW_PASSWORD_REQUIRED");
  });
});
