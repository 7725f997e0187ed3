import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface OidcModule {
  createOidcSignIn(settings: object): {
    accessToken(renew: boolean): Promise<string>;
  };
}

const ISSUER = "https://login.example.com";
const KEPT = "stayopen.oidc.tokens";
const settings = { kind: "oidc", issuer: ISSUER, clientId: "store", audience: "store", scope: "openid email" };

/** A session whose access token has expired. */
const expired = JSON.stringify({ accessToken: "old", refreshToken: "refresh-1", expiresAt: 0 });

describe("the session at an external issuer", () => {
  let page: FakePage;
  let renewed: () => Response | Promise<Response>;
  let revoked: (string | null)[];

  beforeEach(() => {
    renewed = () =>
      Response.json({ access_token: "new", refresh_token: "refresh-2", token_type: "bearer", expires_in: 300 });
    revoked = [];
    page = new FakePage((address, { body }) => {
      if (address.endsWith("/token")) return renewed();
      if (address.endsWith("/revocation")) {
        revoked.push(new URLSearchParams(String(body)).get("token"));
        return new Response();
      }
      const endpoints = { token_endpoint: `${ISSUER}/token`, revocation_endpoint: `${ISSUER}/revocation` };
      return Response.json({ issuer: ISSUER, ...endpoints });
    });
    page.session[KEPT] = expired;
    sinon.define(globalThis, "location" as never, { origin: "https://store.example.com" } as never);
  });
  afterEach(() => sinon.restore());

  const open = () => page.open<OidcModule>("signIn/oidc.ts").createOidcSignIn(settings);
  const renewals = () => page.requests.filter(({ path }) => path.endsWith("/token")).length;
  const nameOf = (call: Promise<unknown>) => call.then(String, (error: Error) => error.name);

  it("is renewed once for calls at the same time, because the issuer takes each refresh token once", async () => {
    const session = open();
    expect(await Promise.all([session.accessToken(false), session.accessToken(false)])).to.deep.equal(["new", "new"]);
    expect(renewals()).to.equal(1);
    expect(JSON.parse(page.session[KEPT]!)).to.include({ accessToken: "new", refreshToken: "refresh-2" });
    expect(await session.accessToken(false)).to.equal("new");
    await session.accessToken(true);
    expect(renewals()).to.equal(2);
  });

  it("ends when the issuer has ended it, and not when the issuer fails", async () => {
    renewed = () => Response.json({ error: "temporarily_unavailable" }, { status: 503 });
    expect(await nameOf(open().accessToken(false))).to.not.equal("NotSignedInError");
    expect(page.session[KEPT]).to.equal(expired);
    renewed = () => Response.json({ error: "invalid_grant" }, { status: 400 });
    expect(await nameOf(open().accessToken(false))).to.equal("NotSignedInError");
    expect(page.session[KEPT]).to.equal(undefined);
  });

  it("leaves nothing in the tab, nor at the issuer, if the customer signs out during a renewal", async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    renewed = () => promise;
    const call = nameOf(open().accessToken(false));
    delete page.session[KEPT];
    resolve(Response.json({ access_token: "new", refresh_token: "refresh-2", token_type: "bearer", expires_in: 300 }));
    expect(await call).to.equal("NotSignedInError");
    expect(page.session[KEPT]).to.equal(undefined);
    expect(revoked).to.deep.equal(["refresh-2"]);
  });
});
