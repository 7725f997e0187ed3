import { expect } from "chai";
import sinon from "sinon";
import { type ChallengeEvent, createChallengeTrigger } from "../../../components/authLayer/handlers/challengeTrigger";
import { CodeStore } from "../../../components/authLayer/handlers/codeStore";
import { createRequestCode } from "../../../components/authLayer/handlers/requestCode";
import { answerText, type CognitoSettings, SIGN_IN_CODE } from "../../../domain/auth";
import { FakeTable, fakeHash } from "../../kit/authFakes";

const CHALLENGE = "abcdefghijklmnopqrstuv";
const NOW = Date.parse("2026-11-22T12:00:00.000Z");

function wrong(code: string): string {
  return code === "00000000" ? "11111111" : "00000000";
}

describe("a mailed code", () => {
  let table: FakeTable;
  let codes: CodeStore;
  let code: string;

  beforeEach(async () => {
    table = new FakeTable(["id"]);
    codes = new CodeStore(table.client, "codes", fakeHash);
    code = (await codes.make(CHALLENGE, "ada", NOW))!;
  });

  const use = (answer: string, sub = "ada", now = NOW) => codes.use({ challengeId: CHALLENGE, code: answer }, sub, now);

  it("has eight digits and stands nowhere in clear", () => {
    expect(code).to.match(/^\d{8}$/);
    expect(JSON.stringify([...table.items])).not.to.include(code);
  });

  it("is good once", async () => {
    expect(await use(code)).to.equal(true);
    expect(await use(code)).to.equal(false);
  });

  it("is good once even if it is entered twice at the same moment", async () => {
    expect((await Promise.all([use(code), use(code)])).filter(Boolean)).to.have.length(1);
  });

  it("is worth nothing after three wrong tries", async () => {
    for (let tries = 0; tries < SIGN_IN_CODE.attempts; tries++) expect(await use(wrong(code))).to.equal(false);
    expect(await use(code)).to.equal(false);
  });

  it("is worth nothing after five minutes", async () => {
    expect(await use(code, "ada", NOW + SIGN_IN_CODE.goodForSeconds * 1000)).to.equal(false);
    expect(await use(code, "ada", NOW + (SIGN_IN_CODE.goodForSeconds - 1) * 1000)).to.equal(true);
  });

  it("is worth nothing to another account, which doesn't use it up either", async () => {
    for (let tries = 0; tries < 5; tries++) expect(await use(code, "eve")).to.equal(false);
    expect(await use(code)).to.equal(true);
  });

  it("is not made twice for one request", async () => {
    expect(await codes.make(CHALLENGE, "ada", NOW)).to.equal(undefined);
  });

  it("is mailed to a person at most so often, and to all at most so often", async () => {
    expect(await codes.mayMail("p", 2, NOW)).to.equal(true);
    expect(await codes.mayMail("p", 2, NOW + 1_000), "too soon").to.equal(false);
    expect(await codes.mayMail("q", 2, NOW)).to.equal(true);
    expect(await codes.mayMail("r", 2, NOW), "the hour is full").to.equal(false);
    expect(await codes.mayMail("r", 2, NOW + 3600_000)).to.equal(true);
  });
});

describe("Cognito's challenge by a mailed code", () => {
  const use = sinon.stub();
  const trigger = createChallengeTrigger({ use });

  beforeEach(() => use.reset());

  const define = async (session: object[], userNotFound = false) => {
    const event = { triggerSource: "DefineAuthChallenge_Authentication", request: { session, userNotFound } };
    const { response } = await trigger({ ...event, response: {} } as unknown as ChallengeEvent);
    return response as { challengeName: string; issueTokens: boolean; failAuthentication: boolean };
  };
  const round = (challengeResult: boolean, challengeName = "CUSTOM_CHALLENGE") => ({ challengeName, challengeResult });

  it("asks first, gives tokens for the right answer, and asks again after a wrong one", async () => {
    expect(await define([])).to.include({ challengeName: "CUSTOM_CHALLENGE", issueTokens: false });
    expect(await define([round(true)])).to.include({ issueTokens: true, failAuthentication: false });
    expect(await define([round(false)])).to.include({ challengeName: "CUSTOM_CHALLENGE", issueTokens: false });
    expect(await define([round(false), round(true)])).to.include({ issueTokens: true });
  });

  it("ends after three wrong answers", async () => {
    expect(await define([round(false), round(false), round(false)])).to.include({ failAuthentication: true });
  });

  it("treats an address that nobody has like any other, and never gives it tokens", async () => {
    expect(await define([], true)).to.deep.equal(await define([]));
    expect(await define([round(false)], true)).to.deep.equal(await define([round(false)]));
    expect(await define([round(true)], true)).to.include({ issueTokens: false });
  });

  it("refuses a sign-in that began in another way", async () => {
    expect(await define([round(true, "SRP_A")])).to.include({ failAuthentication: true, issueTokens: false });
    expect(await define([round(true, "PASSWORD_VERIFIER"), round(true)])).to.include({ issueTokens: false });
  });

  const verify = async (challengeAnswer: string, request: object = {}) => {
    const event = {
      triggerSource: "VerifyAuthChallengeResponse_Authentication",
      request: { challengeAnswer, userAttributes: { sub: "ada" }, ...request },
    };
    const { response } = await trigger({ ...event, response: {} } as unknown as ChallengeEvent);
    return (response as { answerCorrect: boolean }).answerCorrect;
  };

  it("checks the answer for the account that signs in", async () => {
    use.resolves(true);
    const answer = { challengeId: CHALLENGE, code: "12345678" };
    expect(await verify(answerText(answer))).to.equal(true);
    sinon.assert.calledOnceWithExactly(use, answer, "ada");
  });

  it("takes no answer that is none, and none for an account that doesn't exist", async () => {
    use.resolves(true);
    expect(await verify("12345678")).to.equal(false);
    sinon.assert.notCalled(use);
    expect(await verify(answerText({ challengeId: CHALLENGE, code: "12345678" }), { userNotFound: true })).to.equal(
      false,
    );
    expect(await verify(answerText({ challengeId: CHALLENGE, code: "12345678" }), { userAttributes: {} })).to.equal(
      false,
    );
  });

  it("makes the same calls for a wrong code whether or not the address has an account", async () => {
    const table = new FakeTable(["id"]);
    const hash = sinon.spy(fakeHash);
    const codes = new CodeStore(table.client, "codes", hash);
    const code = (await codes.make(CHALLENGE, "ada", Date.now()))!;
    const callsFor = async (answer: string, more: object) => {
      const calls: string[] = [];
      table.before = (command) => calls.push(command);
      const hashed = hash.callCount;
      const { response } = await createChallengeTrigger(codes)({
        triggerSource: "VerifyAuthChallengeResponse_Authentication",
        request: { challengeAnswer: answerText({ challengeId: CHALLENGE, code: answer }), ...more },
        response: {},
      } as unknown as ChallengeEvent);
      const { answerCorrect } = response as { answerCorrect: boolean };
      return { answerCorrect, calls, hashed: hash.callCount - hashed };
    };
    const known = await callsFor(wrong(code), { userAttributes: { sub: "ada" } });
    expect(known).to.deep.equal({ answerCorrect: false, calls: ["UpdateCommand"], hashed: 1 });
    expect(await callsFor(wrong(code), { userAttributes: {}, userNotFound: true })).to.deep.equal(known);
    expect(await callsFor(wrong(code), { userNotFound: true })).to.deep.equal(known);
    expect(await callsFor(code, { userAttributes: { sub: "eve" } })).to.deep.equal(known);
    expect(await callsFor(code, { userAttributes: { sub: "ada" } })).to.include({ answerCorrect: true });
  });
});

describe("asking for a code", () => {
  const auth: CognitoSettings = {
    kind: "cognito",
    path: "/auth/us-east-1/",
    region: "us-east-1",
    userPoolId: "us-east-1_AbCdEfGhI",
    clientId: "client",
  };
  const send = sinon.stub().resolves({});
  const ask = createRequestCode({ functions: { send }, mailerArn: "arn:mailer", auth });
  const post = (body: string | undefined, isBase64Encoded = false) =>
    ask({ body, isBase64Encoded } as unknown as Parameters<typeof ask>[0]);

  beforeEach(() => send.resetHistory());

  it("answers with what the code is entered with, and hands the address on without waiting", async () => {
    const answer = await post(JSON.stringify({ email: " ada@example.com " }));
    expect(answer.statusCode).to.equal(202);
    const { challengeId, ...rest } = JSON.parse(answer.body!);
    expect(challengeId).to.match(/^[\w-]{22}$/);
    expect(rest).to.deep.equal({ auth, goodForSeconds: 300 });
    const { input } = send.firstCall.args[0];
    expect(input).to.include({ FunctionName: "arn:mailer", InvocationType: "Event" });
    expect(JSON.parse(input.Payload)).to.deep.equal({ challengeId, email: "ada@example.com" });
  });

  it("never gives the same challenge twice", async () => {
    const ids = await Promise.all(
      ["a@example.com", "a@example.com"].map(async (email) =>
        JSON.parse((await post(JSON.stringify({ email }))).body!),
      ),
    );
    expect(ids[0].challengeId).not.to.equal(ids[1].challengeId);
  });

  it("refuses what is no address, and mails nothing", async () => {
    const long = `${"x".repeat(250)}@example.com`;
    for (const body of [
      undefined,
      "",
      "no",
      "[]",
      "null",
      '{"email":7}',
      '{"email":"ada"}',
      JSON.stringify({ email: long }),
    ]) {
      expect((await post(body)).statusCode, String(body)).to.equal(400);
    }
    for (const email of ["a@b@c", "a@example.com,b@example.com", "Ada <a@example.com>", "a b@example.com"]) {
      expect((await post(JSON.stringify({ email }))).statusCode, email).to.equal(400);
    }
    sinon.assert.notCalled(send);
  });
});
