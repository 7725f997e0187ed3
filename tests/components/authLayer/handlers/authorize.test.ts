import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import sinon from "sinon";
import { createAuthorizer } from "../../../../components/authLayer/handlers/authorize";
import type { TrustedIssuer } from "../../../../components/authLayer/handlers/trustedIssuer";
import { outgoing } from "../../../../components/runtime/outgoing";

const POOL = "us-east-1_AbCdEfGhI";
const CLIENT = "3example4client5id";
const POOL_ISSUER = `https://cognito-idp.us-east-1.amazonaws.com/${POOL}`;
const MINUTES = 60;

type Keys = Awaited<ReturnType<typeof keyPair>>;

async function keyPair(kid: string, alg = "RS256") {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function signed(
  keys: Keys,
  claims: JWTPayload,
  expiresIn = 30 * MINUTES,
  header: { kid?: string; typ?: string } = {},
): Promise<string> {
  return unending(keys, { exp: now() + expiresIn, ...claims }, header);
}

/** A token that expires only if the claims say so. */
function unending(keys: Keys, claims: JWTPayload, header: { kid?: string; typ?: string } = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: keys.alg, kid: keys.kid, ...header })
    .setIssuedAt(now() - MINUTES)
    .sign(keys.privateKey);
}

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

describe("createAuthorizer for an OpenID Connect issuer", () => {
  let keys: Keys;
  let server: Server;
  let issuer: string;
  let discovery: Record<string, unknown>;
  let asked: string[];

  before(async () => {
    keys = await keyPair("ec", "ES256");
  });

  beforeEach(async () => {
    asked = [];
    server = createServer((incoming, response) => {
      asked.push(incoming.url ?? "");
      const body = incoming.url === "/keys" ? { keys: [keys.jwk] } : discovery;
      response.setHeader("content-type", "application/json").end(JSON.stringify(body));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    discovery = { issuer, jwks_uri: `${issuer}/keys` };
  });

  afterEach(async () => {
    sinon.restore();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  function authorizer(groupsClaim = "groups", typedTokens = false) {
    return createAuthorizer(
      { kind: "oidc", issuer, audience: "store", groupsClaim, typedTokens },
      { info: sinon.fake(), warn: sinon.fake() },
    );
  }

  it("finds the keys by discovery and accepts the issuer's tokens", async () => {
    const authorize = authorizer();
    const token = await signed(keys, {
      iss: issuer,
      aud: ["store", "other"],
      sub: "u-1",
      email: "ada@example.com",
      groups: "merchandisers",
    });
    const answer = await authorize(request(token));
    expect(answer).to.deep.equal({
      isAuthorized: true,
      context: { customerId: "u-1", groups: "merchandisers", email: "ada@example.com" },
    });
    await authorize(request(token));
    expect(asked).to.deep.equal(["/.well-known/openid-configuration", "/keys"]);
  });

  it("reads the groups from the configured claim", async () => {
    const token = await signed(keys, { iss: issuer, aud: "store", sub: "u-1", roles: ["merchandisers"], groups: [] });
    expect(await authorizer("roles")(request(token))).to.have.nested.property("context.groups", "merchandisers");
  });

  const caller = () => ({ iss: issuer, aud: "store", sub: "u-1" });
  const LOGOUT = "http://schemas.openid.net/event/backchannel-logout";
  const other: [what: string, token: () => Promise<string>][] = [
    ["without an end", () => unending(keys, caller())],
    ["whose end is no time", () => unending(keys, { ...caller(), exp: "never" as unknown as number })],
    ["that is an id token with a nonce", () => signed(keys, { ...caller(), nonce: "n" })],
    ["that is an id token with the hash of its access token", () => signed(keys, { ...caller(), at_hash: "h" })],
    ["that says it is an id token", () => signed(keys, { ...caller(), token_use: "id" })],
    ["that says it is a refresh token", () => signed(keys, { ...caller(), typ: "Refresh" })],
    ["that is a logout token", () => signed(keys, { ...caller(), events: { [LOGOUT]: {} } })],
    ["with a logout token's type", () => signed(keys, caller(), 600, { typ: "logout+jwt" })],
    ["with a security event's type", () => signed(keys, caller(), 600, { typ: "secevent+jwt" })],
  ];
  for (const [what, token] of other) {
    it(`refuses a token ${what}`, async () => {
      expect(await authorizer()(request(await token()))).to.deep.equal({ isAuthorized: false });
    });
  }

  it("accepts the header types of access tokens", async () => {
    for (const typ of ["JWT", "at+jwt", "application/at+jwt", "AT+JWT"]) {
      const token = await signed(keys, { ...caller(), typ: "Bearer" }, 600, { typ });
      expect(await authorizer()(request(token)), typ).to.have.property("isAuthorized", true);
    }
  });

  it("requires the type of RFC 9068 if `typedTokens` is set", async () => {
    const answers = [undefined, "JWT", "at+jwt"].map(async (typ) =>
      authorizer("groups", true)(request(await signed(keys, caller(), 600, typ ? { typ } : {}))),
    );
    expect((await Promise.all(answers)).map(({ isAuthorized }) => isAuthorized)).to.deep.equal([false, false, true]);
  });

  it("refuses a token for another audience", async () => {
    const token = await signed(keys, { iss: issuer, aud: "other", sub: "u-1" });
    expect(await authorizer()(request(token))).to.deep.equal({ isAuthorized: false });
  });

  it("refuses a token of another issuer", async () => {
    const token = await signed(keys, { iss: "https://elsewhere.example", aud: "store", sub: "u-1" });
    expect(await authorizer()(request(token))).to.deep.equal({ isAuthorized: false });
  });

  it("throws if discovery names another issuer or keys without TLS, and retries", async () => {
    const token = await signed(keys, { iss: issuer, aud: "store", sub: "u-1" });
    const authorize = authorizer();
    const good = discovery;
    for (const wrong of [
      { ...good, issuer: "https://x.example" },
      { ...good, jwks_uri: "http://x.example/keys" },
      [],
    ]) {
      discovery = wrong as Record<string, unknown>;
      await rejected(authorize(request(token)));
    }
    discovery = good;
    expect(await authorize(request(token))).to.have.property("isAuthorized", true);
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
