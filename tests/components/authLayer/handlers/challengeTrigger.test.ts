import { expect } from "chai";
import sinon from "sinon";
import {
  type ChallengeEvent,
  createChallengeTrigger,
} from "../../../../components/authLayer/handlers/challengeTrigger";
import { CodeStore } from "../../../../components/authLayer/handlers/codeStore";
import { encodeAnswer } from "../../../../domain/auth";
import { FakeTable, fakeHash } from "../../../kit/authFakes";

const CHALLENGE = "abcdefghijklmnopqrstuv";

function wrong(code: string): string {
  return code === "00000000" ? "11111111" : "00000000";
}

describe("createChallengeTrigger", () => {
  const use = sinon.stub();
  const trigger = createChallengeTrigger({ use });

  beforeEach(() => use.reset());

  const define = async (session: object[], userNotFound = false) => {
    const event = { triggerSource: "DefineAuthChallenge_Authentication", request: { session, userNotFound } };
    const { response } = await trigger({ ...event, response: {} } as unknown as ChallengeEvent);
    return response as { challengeName: string; issueTokens: boolean; failAuthentication: boolean };
  };
  const round = (challengeResult: boolean, challengeName = "CUSTOM_CHALLENGE") => ({ challengeName, challengeResult });

  it("requires a code, issues tokens for a correct one, and allows another attempt after a wrong one", async () => {
    expect(await define([])).to.include({ challengeName: "CUSTOM_CHALLENGE", issueTokens: false });
    expect(await define([round(true)])).to.include({ issueTokens: true, failAuthentication: false });
    expect(await define([round(false)])).to.include({ challengeName: "CUSTOM_CHALLENGE", issueTokens: false });
    expect(await define([round(false), round(true)])).to.include({ issueTokens: true });
  });

  it("fails after three wrong codes", async () => {
    expect(await define([round(false), round(false), round(false)])).to.include({ failAuthentication: true });
  });

  it("answers an unknown address like a known one, and never issues tokens to it", async () => {
    expect(await define([], true)).to.deep.equal(await define([]));
    expect(await define([round(false)], true)).to.deep.equal(await define([round(false)]));
    expect(await define([round(true)], true)).to.include({ issueTokens: false });
  });

  it("refuses a sign-in that began with another challenge", async () => {
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

  it("checks the code for the account that signs in", async () => {
    use.resolves(true);
    const answer = { challengeId: CHALLENGE, code: "12345678" };
    expect(await verify(encodeAnswer(answer))).to.equal(true);
    sinon.assert.calledOnceWithExactly(use, answer, "ada");
  });

  it("refuses a malformed answer, and any answer for an unknown account", async () => {
    use.resolves(true);
    expect(await verify("12345678")).to.equal(false);
    sinon.assert.notCalled(use);
    expect(await verify(encodeAnswer({ challengeId: CHALLENGE, code: "12345678" }), { userNotFound: true })).to.equal(
      false,
    );
    expect(await verify(encodeAnswer({ challengeId: CHALLENGE, code: "12345678" }), { userAttributes: {} })).to.equal(
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
        request: { challengeAnswer: encodeAnswer({ challengeId: CHALLENGE, code: answer }), ...more },
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
