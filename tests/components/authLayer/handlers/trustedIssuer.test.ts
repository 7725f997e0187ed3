import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { JwtBaseError } from "aws-jwt-verify/error";
import { expect } from "chai";
import sinon from "sinon";
import { IssuerUnavailableError } from "../../../../components/authLayer/handlers/fetchDocument";
import { isTrustworthy, verifierFor, verifierWithKeys } from "../../../../components/authLayer/handlers/trustedIssuer";
import { EAST, keyPair as poolKeys, token as poolToken, WEST } from "../../../kit/poolTokens";
import { type Keys, keyPair, signed, unending } from "../../../kit/signedTokens";

describe("verifierFor an OpenID Connect issuer", () => {
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

  const verifier = (groupsClaim = "groups", typedTokens = false) =>
    verifierFor({ kind: "oidc", issuer, audience: "store", groupsClaim, typedTokens }, { warn: sinon.fake() });
  const isValid = (token: string, ...options: Parameters<typeof verifier>) =>
    verifier(...options)
      .verify(token)
      .then(
        () => true,
        (error: Error) => {
          expect(error).to.be.instanceOf(JwtBaseError);
          return false;
        },
      );

  it("finds the keys by discovery and accepts the issuer's tokens", async () => {
    const { verify, groupsClaim } = verifier("roles");
    const token = await signed(keys, { iss: issuer, aud: ["store", "other"], sub: "u-1", roles: "merchandisers" });
    expect(await verify(token)).to.include({ sub: "u-1", roles: "merchandisers" });
    expect(groupsClaim).to.equal("roles");
    await verify(token);
    expect(asked).to.deep.equal(["/.well-known/openid-configuration", "/keys"]);
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
      expect(await isValid(await token())).to.equal(false);
    });
  }

  it("accepts the header types of access tokens", async () => {
    for (const typ of ["JWT", "at+jwt", "application/at+jwt", "AT+JWT"]) {
      const token = await signed(keys, { ...caller(), typ: "Bearer" }, 600, { typ });
      expect(await isValid(token), typ).to.equal(true);
    }
  });

  it("requires the type of RFC 9068 if `typedTokens` is set", async () => {
    const answers = [undefined, "JWT", "at+jwt"].map(async (typ) =>
      isValid(await signed(keys, caller(), 600, typ ? { typ } : {}), "groups", true),
    );
    expect(await Promise.all(answers)).to.deep.equal([false, false, true]);
  });

  it("refuses a token for another audience", async () => {
    const token = await signed(keys, { iss: issuer, aud: "other", sub: "u-1" });
    expect(await isValid(token)).to.equal(false);
  });

  it("refuses a token of another issuer", async () => {
    const token = await signed(keys, { iss: "https://elsewhere.example", aud: "store", sub: "u-1" });
    expect(await isValid(token)).to.equal(false);
  });

  it("throws if discovery names another issuer or keys without TLS, and retries", async () => {
    const token = await signed(keys, { iss: issuer, aud: "store", sub: "u-1" });
    const { verify } = verifier();
    const good = discovery;
    for (const wrong of [
      { ...good, issuer: "https://x.example" },
      { ...good, jwks_uri: "http://x.example/keys" },
      [],
    ]) {
      discovery = wrong as Record<string, unknown>;
      const error = await verify(token).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(IssuerUnavailableError);
    }
    discovery = good;
    expect(await verify(token)).to.include({ sub: "u-1" });
  });
});

describe("verifierWithKeys", () => {
  it("verifies the pool's tokens by the given keys, and no other pool's", async () => {
    const keys = await poolKeys("first");
    const { verify } = verifierWithKeys(WEST, JSON.stringify({ keys: [keys.jwk] }));
    expect(await verify(await poolToken(WEST, keys))).to.include({ sub: "b" });
    const error = await verify(await poolToken(EAST, keys)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(JwtBaseError);
  });

  it("throws for keys that are none", () => {
    for (const keys of ["<html>", "{}"]) expect(() => verifierWithKeys(WEST, keys), keys).to.throw();
  });
});

describe("isTrustworthy", () => {
  it("accepts TLS and this machine only", () => {
    const urls = ["https://a.example/keys", "http://127.0.0.1:1/keys", "http://[::1]/keys", "http://localhost/keys"];
    expect(urls.filter(isTrustworthy)).to.deep.equal(urls);
    for (const url of ["http://a.example/keys", "ftp://localhost/keys", "http://localhost.a.example/", "keys"])
      expect(isTrustworthy(url), url).to.equal(false);
  });
});
