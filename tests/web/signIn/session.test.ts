import { expect } from "chai";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";
import { keptSession, POOL_SESSION, unsignedToken } from "../../kit/keptSession";

interface Customer {
  customerId?: string;
  email?: string;
}

/** The modules are the page's, whose types this project does not have. */
interface SessionModule {
  restoreSession(): void;
  setCustomer(customer: Customer | undefined): void;
  accessToken(options?: { renew?: boolean }): Promise<string>;
  signOut(): Promise<void>;
  useSession(): object;
}

const OIDC_TOKENS = "stayopen.oidc.tokens";

const tokenOf = (sub: string) => unsignedToken({ sub });
const poolSessionOf = (sub: string) => keptSession(tokenOf(sub), `refresh-${sub}`, { email: `${sub}@example.com` });
const oidcTokensOf = (sub: string) =>
  JSON.stringify({ accessToken: tokenOf(sub), expiresAt: Date.now() / 1_000 + 3_600, email: `${sub}@example.com` });
const signedInAs = (sub: string) => ({
  kind: "signed-in",
  customer: { customerId: sub, email: `${sub}@example.com` },
});
const SIGNED_OUT = { kind: "signed-out" };

describe("the page's session", () => {
  let page: FakePage;
  let session: SessionModule;
  let answer: () => Response | undefined | Promise<Response | undefined>;

  beforeEach(() => {
    answer = () => undefined;
    page = new FakePage((path) => (["/pool", "/config.json"].includes(path) ? answer() : undefined));
    sinon.stub(console, "warn");
  });
  afterEach(() => sinon.restore());

  /** Opens the page as a visit or a reload does. */
  function open(): void {
    session = page.open<SessionModule>("signIn/session.ts");
    session.restoreSession();
  }

  /** The session as components see it. */
  function shown(): object | undefined {
    let seen: object | undefined;
    renderToStaticMarkup(
      createElement(() => {
        seen = session.useSession();
        return null;
      }),
    );
    return seen;
  }
  const nameOf = (call: Promise<unknown>) => call.then(String, (error: Error) => error.name);

  it("is restored without the network, a pool's in every tab and an issuer's in its own", () => {
    open();
    expect(shown()).to.deep.equal(SIGNED_OUT);
    page.session[OIDC_TOKENS] = oidcTokensOf("ada");
    open();
    expect(shown()).to.deep.equal(signedInAs("ada"));
    delete page.session[OIDC_TOKENS];
    page.local[POOL_SESSION] = poolSessionOf("ann");
    open();
    expect(shown()).to.deep.equal(signedInAs("ann"));
    expect(page.requests).to.deep.equal([]);
  });

  it("stays in a tab with an issuer's tokens after another tab found none", () => {
    const tokens = oidcTokensOf("ada");
    // The other tab shares the storage of the browser only.
    open();
    page.session[OIDC_TOKENS] = tokens;
    open();
    expect(shown()).to.deep.equal(signedInAs("ada"));
  });

  it("outlives settings that can't be read", async () => {
    page.session[OIDC_TOKENS] = oidcTokensOf("ada");
    open();
    expect(await nameOf(session.accessToken())).to.not.equal("NotSignedInError");
    expect(shown()).to.deep.equal(signedInAs("ada"));
    open();
    expect(shown()).to.deep.equal(signedInAs("ada"));
  });

  it("ends in the browser at sign-out, though the network fails", async () => {
    page.session[OIDC_TOKENS] = oidcTokensOf("ada");
    open();
    const signedOut = session.signOut();
    expect([shown(), page.session]).to.deep.equal([SIGNED_OUT, {}]);
    await signedOut;
    open();
    expect(shown()).to.deep.equal(SIGNED_OUT);
  });

  for (const [how, late] of [
    ["refused", () => Response.json({ __type: "NotAuthorizedException" }, { status: 400 })],
    ["not answered", () => undefined],
  ] as const) {
    it(`stays the next customer's if a call of the one before is ${how} late`, async () => {
      page.local[POOL_SESSION] = poolSessionOf("ann");
      open();
      const asked = Promise.withResolvers<void>();
      const answered = Promise.withResolvers<Response | undefined>();
      answer = () => {
        asked.resolve();
        return answered.promise;
      };
      const call = nameOf(session.accessToken({ renew: true }));
      await asked.promise;
      page.local[POOL_SESSION] = poolSessionOf("bob");
      session.setCustomer({ customerId: "bob", email: "bob@example.com" });
      answered.resolve(late());
      expect(await call).to.match(/Error$/);
      expect(shown()).to.deep.equal(signedInAs("bob"));
      expect(await session.accessToken()).to.equal(tokenOf("bob"));
    });
  }

  it("follows another tab that signs out, or in as another customer", () => {
    page.local[POOL_SESSION] = poolSessionOf("ann");
    open();
    const before = shown();
    page.changeInOtherTab(POOL_SESSION, poolSessionOf("ann"));
    // After a renewal the page stays as it is.
    expect(shown()).to.equal(before);
    page.changeInOtherTab(POOL_SESSION, poolSessionOf("bob"));
    expect(shown()).to.deep.equal(signedInAs("bob"));
    page.changeInOtherTab(POOL_SESSION, undefined);
    expect(shown()).to.deep.equal(SIGNED_OUT);
    page.changeInOtherTab(POOL_SESSION, poolSessionOf("ann"));
    expect(shown()).to.deep.equal(signedInAs("ann"));
  });

  it("gives no token of a customer whom the page does not show", async () => {
    page.local[POOL_SESSION] = poolSessionOf("ann");
    open();
    // The event of the other tab has not come yet.
    page.local[POOL_SESSION] = poolSessionOf("bob");
    expect(await nameOf(session.accessToken())).to.equal("NotSignedInError");
    expect(shown()).to.deep.equal(signedInAs("bob"));
    expect(await session.accessToken()).to.equal(tokenOf("bob"));
  });

  it("ends when the store signs in by a pool instead of an issuer", async () => {
    page.session[OIDC_TOKENS] = oidcTokensOf("ada");
    const auth = { kind: "cognito", userPoolId: "us-east-1_a", clientId: "client", path: "/pool" };
    answer = () => Response.json({ auth });
    open();
    expect(await nameOf(session.accessToken())).to.equal("NotSignedInError");
    expect([shown(), page.session]).to.deep.equal([SIGNED_OUT, {}]);
  });
});
