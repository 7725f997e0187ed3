import { expect } from "chai";
import { type JWTPayload, UnsecuredJWT } from "jose";
import sinon from "sinon";
import { createAuthorizer } from "../../../../components/authLayer/handlers/authorize";
import type { TrustedIssuer } from "../../../../components/authLayer/handlers/trustedIssuer";
import { outgoing } from "../../../../components/runtime/outgoing";
import { type Keys, keyPair, now, signed, unending } from "../../../kit/signedTokens";

const POOL = "us-east-1_AbCdEfGhI";
const CLIENT = "3example4client5id";
const POOL_ISSUER = `https://cognito-idp.us-east-1.amazonaws.com/${POOL}`;
const MINUTES = 60;

function accessToken(keys: Keys, claims: JWTPayload = {}, expiresIn?: number): Promise<string> {
  return signed(keys, { iss: POOL_ISSUER, client_id: CLIENT, token_use: "access", sub: "ada", ...claims }, expiresIn);
}

function request(token: string, scheme = "Bearer") {
  return { routeKey: "GET /api/orders", identitySource: [`${scheme} ${token}`] };
}

describe("createAuthorizer for a user pool", () => {
  const trusted: TrustedIssuer = { kind: "cognito", userPoolId: POOL, clientId: CLIENT };
  let keys: Keys;
  let other: Keys;
  let fetched: sinon.SinonStub;
  let log: { info: sinon.SinonSpy; warn: sinon.SinonSpy };

  before(async () => {
    [keys, other] = await Promise.all([keyPair("first"), keyPair("first")]);
  });

  beforeEach(() => {
    fetched = sinon.stub(outgoing, "fetch").callsFake(async () => Response.json({ keys: [keys.jwk] }));
    log = { info: sinon.fake(), warn: sinon.fake() };
  });

  afterEach(() => sinon.restore());

  function authorizer() {
    return createAuthorizer(trusted, log);
  }

  it("accepts a customer's token and returns the customer", async () => {
    expect(await authorizer()(request(await accessToken(keys)))).to.deep.equal({
      isAuthorized: true,
      context: { customerId: "ada", groups: "customers" },
    });
  });

  describe("with an edge check", () => {
    const fromEdge = (...identitySource: string[]) => ({ routeKey: "GET /api/orders", identitySource });
    const guarded = () => createAuthorizer(trusted, log, undefined, (header) => header === "from CloudFront");

    it("accepts a token that came through CloudFront", async () => {
      const bearer = `Bearer ${await accessToken(keys)}`;
      expect(await guarded()(fromEdge(bearer, "from CloudFront"))).to.deep.include({ isAuthorized: true });
    });

    it("refuses a token past CloudFront, without asking the issuer", async () => {
      const bearer = `Bearer ${await accessToken(keys)}`;
      for (const header of [[], ["guessed"]]) {
        expect(await guarded()(fromEdge(bearer, ...header))).to.deep.equal({ isAuthorized: false });
      }
      expect(log.info.lastCall.args).to.deep.equal(["Refused a token", { reason: "not through CloudFront" }]);
      expect(fetched.called).to.equal(false);
    });
  });

  it("returns the store's groups and no others", async () => {
    const token = await accessToken(keys, { "cognito:groups": ["merchandisers", "wine tasters"] });
    expect(await authorizer()(request(token))).to.have.nested.property("context.groups", "merchandisers");
  });

  it("fetches the pool's keys once, with a time-out", async () => {
    const authorize = authorizer();
    await authorize(request(await accessToken(keys)));
    await authorize(request(await accessToken(keys, { sub: "grace" })));
    sinon.assert.calledOnce(fetched);
    expect(fetched.firstCall.args[0]).to.equal(`${POOL_ISSUER}/.well-known/jwks.json`);
    expect(fetched.firstCall.args[1].signal).to.be.instanceOf(AbortSignal);
  });

  it("tolerates clocks that differ by some seconds", async () => {
    expect(await authorizer()(request(await accessToken(keys, {}, -10)))).to.have.property("isAuthorized", true);
  });

  const pool = { iss: POOL_ISSUER, client_id: CLIENT, token_use: "access", sub: "ada" };
  const bad: [what: string, token: () => Promise<string>][] = [
    ["expired", () => accessToken(keys, {}, -5 * MINUTES)],
    ["not yet valid", () => accessToken(keys, { nbf: now() + 5 * MINUTES })],
    ["signed with another key under the same key id", () => accessToken(other)],
    ["of another pool", () => accessToken(keys, { iss: `${POOL_ISSUER}X` })],
    ["of another client", () => accessToken(keys, { client_id: "another" })],
    ["an id token", () => signed(keys, { iss: POOL_ISSUER, aud: CLIENT, token_use: "id", sub: "ada" })],
    ["without a subject", () => accessToken(keys, { sub: undefined })],
    ["without an end", () => unending(keys, pool)],
    ["of no use", () => accessToken(keys, { token_use: undefined })],
    ["of another type", () => signed(keys, pool, 600, { typ: "logout+jwt" })],
    [
      "signed with an unknown key",
      () =>
        signed(keys, { iss: POOL_ISSUER, client_id: CLIENT, token_use: "access", sub: "ada" }, 600, { kid: "second" }),
    ],
    [
      "unsigned, with algorithm none",
      async () =>
        new UnsecuredJWT({ iss: POOL_ISSUER, client_id: CLIENT, token_use: "access", sub: "ada" })
          .setExpirationTime("1h")
          .encode(),
    ],
    ["with a signature cut off", async () => (await accessToken(keys)).replace(/[^.]+$/, "AAAA")],
    ["changed after it was signed", async () => changedPayload(await accessToken(keys))],
    ["garbage", async () => "garbage.garbage.garbage"],
    ["no token at all", async () => ""],
  ];
  for (const [what, token] of bad) {
    it(`refuses a token that is ${what}`, async () => {
      expect(await authorizer()(request(await token()))).to.deep.equal({ isAuthorized: false });
    });
  }

  it("refuses another scheme", async () => {
    expect(await authorizer()(request(await accessToken(keys), "Basic"))).to.deep.equal({ isAuthorized: false });
  });

  it("logs the reason of a refusal, and no part of a token", async () => {
    const token = await accessToken(keys, {}, -5 * MINUTES);
    await authorizer()(request(token));
    const lines = JSON.stringify([log.info.args, log.warn.args]);
    expect(lines).to.include('"reason":"expired"');
    for (const part of token.split(".")) expect(lines).not.to.include(part);
    expect(lines).not.to.include("ada");
  });

  it("throws while the keys are unavailable, instead of refusing the token", async () => {
    fetched.rejects(new TypeError("fetch failed"));
    const authorize = authorizer();
    const token = await accessToken(keys);
    await rejected(authorize(request(token)));

    fetched.callsFake(async () => Response.json({ keys: [keys.jwk] }));
    expect(await authorize(request(token))).to.have.property("isAuthorized", true);
  });

  it("throws if the keys are invalid", async () => {
    fetched.callsFake(async () => new Response("<html>maintenance</html>"));
    await rejected(authorizer()(request(await accessToken(keys))));
  });

  it("uses cached keys while the issuer is unreachable, and drops a withdrawn key within an hour", async () => {
    const clock = sinon.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    const authorize = authorizer();
    await authorize(request(await accessToken(keys)));

    clock.tick(61 * MINUTES * 1000);
    fetched.rejects(new TypeError("fetch failed"));
    expect(await authorize(request(await accessToken(keys)))).to.have.property("isAuthorized", true);
    sinon.assert.calledOnce(log.warn);

    clock.tick(61 * MINUTES * 1000);
    fetched.callsFake(async () => Response.json({ keys: [] }));
    expect(await authorize(request(await accessToken(keys)))).to.deep.equal({ isAuthorized: false });
  });
});

function changedPayload(token: string): string {
  const [header, payload, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload!, "base64url").toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: "eve" })).toString("base64url");
  return [header, changed, signature].join(".");
}

async function rejected(promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(
    () => "resolved",
    () => "rejected",
  );
  expect(outcome).to.equal("rejected");
}
