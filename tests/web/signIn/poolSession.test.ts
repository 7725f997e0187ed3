import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";
import { unsignedToken } from "../../kit/keptSession";

interface Pool {
  kind: "cognito";
  userPoolId: string;
  clientId: string;
  path: string;
}

/** The module is the page's, whose types this project does not have. */
interface PoolSessionModule {
  poolSession: {
    accessToken(renew: boolean): Promise<string>;
  };
  readKeptCustomer(): object | undefined;
  endPoolSession(): Promise<void>;
  startSession(pool: Pool, tokens: object): object;
}

const KEPT = "stayopen.session";
const LIFE_MS = 3_600_000;
const pool: Pool = { kind: "cognito", userPoolId: "us-east-1_a", clientId: "client", path: "/pool" };

/** An access token of the customer. */
const tokenOf = (sub: string) => unsignedToken({ sub });
const tokens = (number: number) => ({
  AccessToken: tokenOf(`ann-${number}`),
  RefreshToken: `refresh-${number}`,
  ExpiresIn: LIFE_MS / 1_000,
});

describe("poolSession", () => {
  let clock: sinon.SinonFakeTimers;
  let page: FakePage;
  let answer: () => Response | undefined;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: 1_800_000_000_000, toFake: ["Date"] });
    answer = () => Response.json({ AuthenticationResult: tokens(2) });
    page = new FakePage(() => answer());
  });
  afterEach(() => {
    clock.restore();
    sinon.restore();
  });

  const open = () => page.open<PoolSessionModule>("signIn/poolSession.ts");
  const signedIn = () => {
    const { startSession, endPoolSession, poolSession } = open();
    startSession(pool, tokens(1));
    return { ...poolSession, end: endPoolSession };
  };
  const operations = () =>
    page.requests.map(({ init }) => new Headers(init.headers).get("x-amz-target")?.split(".").at(-1));
  const refusal = (type: string) => Response.json({ __type: type, message: "" }, { status: 400 });

  it("uses its token until a minute before the end, and over a reload", async () => {
    signedIn();
    clock.tick(LIFE_MS - 60_001);
    expect(await open().poolSession.accessToken(false)).to.equal(tokenOf("ann-1"));
    expect(operations()).to.deep.equal([]);
  });

  it("renews the token a minute before its end, once for all calls that wait", async () => {
    const session = signedIn();
    clock.tick(LIFE_MS - 60_000);
    const got = await Promise.all([session.accessToken(false), session.accessToken(false), session.accessToken(true)]);
    expect(got).to.deep.equal(Array(3).fill(tokenOf("ann-2")));
    expect(operations()).to.deep.equal(["GetTokensFromRefreshToken"]);
    expect(page.local[KEPT]).to.contain("refresh-2");
    await session.accessToken(true);
    expect(operations()).to.have.length(2);
  });

  it("keeps its refresh token if the pool sends no other", async () => {
    const { RefreshToken: _, ...renewed } = tokens(2);
    answer = () => Response.json({ AuthenticationResult: renewed });
    await signedIn().accessToken(true);
    expect(page.local[KEPT]).to.contain("refresh-1");
  });

  for (const [how, unreachable] of [
    ["does not answer", () => undefined],
    ["answers 503", () => Response.json({ __type: "InternalErrorException" }, { status: 503 })],
    ["is behind an edge that refuses", () => new Response("<html>", { status: 403 })],
    ["fails in a trigger", () => refusal("UserLambdaValidationException")],
  ] as const) {
    it(`uses the token to its end while the pool's Region ${how}, and stays signed in after it`, async () => {
      const session = signedIn();
      answer = unreachable;
      clock.tick(LIFE_MS - 1);
      expect(await session.accessToken(false)).to.equal(tokenOf("ann-1"));
      clock.tick(1);
      const error = await session.accessToken(false).catch((reason: unknown) => reason);
      expect(error).to.have.property("name", "PoolUnreachableError");
      expect(page.local[KEPT]).to.contain("refresh-1");
    });
  }

  it("does not answer with the token that an API has refused", async () => {
    const session = signedIn();
    answer = () => undefined;
    const error = await session.accessToken(true).catch((reason: unknown) => reason);
    expect(error).to.have.property("name", "PoolUnreachableError");
  });

  it("ends when the pool refuses the refresh token", async () => {
    const session = signedIn();
    answer = () => refusal("NotAuthorizedException");
    const error = await session.accessToken(true).catch((reason: unknown) => reason);
    expect(error).to.have.property("name", "NotSignedInError");
    expect(page.local[KEPT]).to.equal(undefined);
    expect(open().readKeptCustomer()).to.equal(undefined);
  });

  it("goes on with the session of another tab that has used the refresh token before", async () => {
    const session = signedIn();
    answer = () => {
      open().startSession(pool, tokens(3));
      return refusal("NotAuthorizedException");
    };
    expect(await session.accessToken(true)).to.equal(tokenOf("ann-3"));
    expect(page.local[KEPT]).to.contain("refresh-3");
  });

  it("revokes the session before, also if its Region is lost", async () => {
    const module = open();
    module.startSession(pool, tokens(1));
    answer = () => undefined;
    module.startSession({ ...pool, path: "/other-pool" }, tokens(2));
    await Promise.resolve();
    expect(page.requests.map(({ path, init }) => [path, JSON.parse(String(init.body)).Token])).to.deep.equal([
      ["/pool", "refresh-1"],
    ]);
    expect(await module.poolSession.accessToken(false)).to.equal(tokenOf("ann-2"));
  });

  it("is gone at sign-out, before the pool has answered", async () => {
    const session = signedIn();
    answer = () => {
      expect(page.local[KEPT]).to.equal(undefined);
      return Response.json({});
    };
    await session.end();
    expect(operations()).to.deep.equal(["RevokeToken"]);
  });

  it("stays gone if the customer signs out during a renewal, whose tokens are revoked", async () => {
    const session = signedIn();
    const renewed = Promise.withResolvers<Response>();
    const answers = [() => renewed.promise, () => Response.json({}), () => Response.json({})];
    answer = () => answers.shift()!() as Response;
    const call = session.accessToken(true).catch((reason: unknown) => reason);
    await session.end();
    renewed.resolve(Response.json({ AuthenticationResult: tokens(2) }));
    expect(await call).to.have.property("name", "NotSignedInError");
    expect(page.local[KEPT]).to.equal(undefined);
    expect(page.requests.map(({ init }) => JSON.parse(String(init.body)).Token)).to.deep.equal([
      undefined,
      "refresh-1",
      "refresh-2",
    ]);
  });

  it("is none if the browser keeps something else, and a sign-in replaces that", async () => {
    page.local[KEPT] = "{";
    const module = open();
    expect(module.readKeptCustomer()).to.equal(undefined);
    module.startSession(pool, tokens(1));
    expect(await module.poolSession.accessToken(false)).to.equal(tokenOf("ann-1"));
  });
});
