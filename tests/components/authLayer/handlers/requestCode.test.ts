import { expect } from "chai";
import sinon from "sinon";
import { createRequestCode } from "../../../../components/authLayer/handlers/requestCode";
import type { CognitoSettings } from "../../../../domain/auth";

describe("createRequestCode", () => {
  const auth: CognitoSettings = {
    kind: "cognito",
    path: "/auth/us-east-1/",
    region: "us-east-1",
    userPoolId: "us-east-1_AbCdEfGhI",
    clientId: "client",
  };
  const send = sinon.stub().resolves({});
  const ask = createRequestCode({ functions: { send }, mailerArn: "arn:mailer", auth });
  const post = (body: string | undefined, isBase64Encoded = false, headers = {}) =>
    ask({ body, isBase64Encoded, headers } as unknown as Parameters<typeof ask>[0]);

  beforeEach(() => send.resetHistory());

  it("returns a challenge, and passes the address to the mailer asynchronously", async () => {
    const answer = await post(JSON.stringify({ email: " ada@example.com " }));
    expect(answer.statusCode).to.equal(202);
    const { challengeId, ...rest } = JSON.parse(answer.body!);
    expect(challengeId).to.match(/^[\w-]{22}$/);
    expect(rest).to.deep.equal({ auth, goodForSeconds: 300 });
    const { input } = send.firstCall.args[0];
    expect(input).to.include({ FunctionName: "arn:mailer", InvocationType: "Event" });
    expect(JSON.parse(input.Payload)).to.deep.equal({ challengeId, email: "ada@example.com" });
  });

  it("passes on the languages that the caller prefers", async () => {
    await post('{"email":"ada@example.com"}', false, { "accept-language": "de-AT" });
    expect(JSON.parse(send.firstCall.args[0].input.Payload)).to.include({ acceptLanguage: "de-AT" });
  });

  it("gives each request another challenge", async () => {
    const ids = await Promise.all(
      ["a@example.com", "a@example.com"].map(async (email) =>
        JSON.parse((await post(JSON.stringify({ email }))).body!),
      ),
    );
    expect(ids[0].challengeId).not.to.equal(ids[1].challengeId);
  });

  it("refuses an invalid address and calls no mailer", async () => {
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
