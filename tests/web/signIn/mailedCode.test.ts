import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";

interface MailedCode {
  email: string;
  challengeId: string;
  auth: object;
  validMinutes: number;
}

/** The module is the page's, whose types this project does not have. */
interface MailedCodeModule {
  requestCode(email: string): Promise<MailedCode>;
  enterCode(mailed: MailedCode, code: string): Promise<object>;
}

const auth = { kind: "cognito", clientId: "client", path: "/pool" };
const mailed: MailedCode = { email: "ann@example.com", challengeId: "challenge-1", auth, validMinutes: 10 };
const WRONG = { Session: "session-2" };
const RIGHT = { AuthenticationResult: { AccessToken: "token", RefreshToken: "refresh", ExpiresIn: 3_600 } };
const refused = () => Response.json({ __type: "NotAuthorizedException", message: "" }, { status: 400 });

describe("a mailed code", () => {
  let page: FakePage;
  let answers: (() => Response | undefined)[];

  beforeEach(() => {
    page = new FakePage((path) => {
      if (path !== "/pool") return Response.json({ challengeId: "challenge-1", auth, goodForSeconds: 600 });
      return answers.shift()?.();
    });
  });
  afterEach(() => sinon.restore());

  const open = () => page.open<MailedCodeModule>("signIn/mailedCode.ts");
  const json = (body: object) => () => Response.json(body);
  const started = json({ Session: "session-1" });
  const enter = (module: MailedCodeModule, of = mailed) =>
    module.enterCode(of, "12345678").catch((error: unknown) => error);
  const calls = () =>
    page.requests.map(({ init }) => {
      const operation = new Headers(init.headers).get("x-amz-target")!.split(".").at(-1);
      return [operation, JSON.parse(String(init.body)).Session];
    });

  it("is requested for the address as the store knows it", async () => {
    expect(await open().requestCode(" Ann@Example.com ")).to.deep.equal(mailed);
    expect(JSON.parse(String(page.requests[0]!.init.body))).to.deep.equal({ email: "ann@example.com" });
  });

  it("signs in", async () => {
    answers = [started, json(RIGHT)];
    expect(await enter(open())).not.to.be.instanceOf(Error);
    expect(page.local["stayopen.session"]).to.contain("refresh");
  });

  it("may be typed again in the same challenge after a wrong one", async () => {
    answers = [started, json(WRONG), json(RIGHT)];
    const module = open();
    expect(await enter(module)).to.have.property("name", "WrongCodeError");
    expect(await enter(module)).not.to.be.instanceOf(Error);
    expect(calls()).to.deep.equal([
      ["InitiateAuth", undefined],
      ["RespondToAuthChallenge", "session-1"],
      ["RespondToAuthChallenge", "session-2"],
    ]);
  });

  it("begins a new challenge after a reload, and with another code", async () => {
    answers = [started, json(WRONG), started, json(WRONG), started, json(RIGHT)];
    await enter(open());
    const reloaded = open();
    await enter(reloaded);
    await enter(reloaded, { ...mailed, challengeId: "challenge-2" });
    expect(calls().filter(([operation]) => operation === "InitiateAuth")).to.have.length(3);
  });

  it("is used up when the pool refuses the answer; the next one begins another challenge", async () => {
    answers = [started, refused, started, json(RIGHT)];
    const module = open();
    const usedUp = (await enter(module)) as Error;
    expect(usedUp.name).to.equal("WrongCodeError");
    expect(await enter(module)).not.to.be.instanceOf(Error);
    answers = [refused];
    const unknown = (await enter(open())) as Error;
    expect(unknown.name).to.equal("WrongCodeError");
    expect(unknown.message).not.to.equal(usedUp.message);
  });

  it("is not wrong because its Region does not answer", async () => {
    answers = [started, () => undefined, json(RIGHT)];
    const module = open();
    expect(await enter(module)).to.have.property("name", "PoolUnreachableError");
    expect(await enter(module)).not.to.be.instanceOf(Error);
    expect(calls().at(-1)).to.deep.equal(["RespondToAuthChallenge", "session-1"]);
  });
});
