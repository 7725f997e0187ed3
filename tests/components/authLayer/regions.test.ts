import { expect } from "chai";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import sinon from "sinon";
import { createAuthorizer } from "../../../components/authLayer/handlers/authorize";
import { createIssuerRegistry, readIssuersFrom } from "../../../components/authLayer/handlers/issuerBook";
import { publishIssuer, retryPatiently } from "../../../components/authLayer/handlers/publishIssuer";
import type { TrustedPool } from "../../../components/authLayer/handlers/trustedIssuer";
import { signInPath } from "../../../domain/auth";
import { FakeTable, rejection } from "../../kit/authFakes";

const EAST: TrustedPool = { kind: "cognito", userPoolId: "us-east-1_AbCdEfGhI", clientId: "east" };
const WEST: TrustedPool = { kind: "cognito", userPoolId: "us-west-2_JkLmNoPqR", clientId: "west" };
const issuerOf = ({ userPoolId }: TrustedPool) =>
  `https://cognito-idp.${userPoolId.split("_")[0]}.amazonaws.com/${userPoolId}`;

async function keyPair(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}

type Keys = Awaited<ReturnType<typeof keyPair>>;

function token(pool: TrustedPool, keys: Keys, claims: object = {}): Promise<string> {
  return new SignJWT({ token_use: "access", client_id: pool.clientId, sub: "b", ...claims })
    .setProtectedHeader({ alg: "RS256", kid: keys.kid })
    .setIssuer(issuerOf(pool))
    .setIssuedAt()
    .setExpirationTime("30m")
    .sign(keys.privateKey);
}

const request = (text: string) => ({ routeKey: "GET /api/orders", identitySource: [`Bearer ${text}`] });

describe("tokens of another Region's pool", () => {
  let east: Keys;
  let west: Keys;
  let table: FakeTable;
  let reads: number;
  let fetched: sinon.SinonStub;
  let log: { info: sinon.SinonSpy; warn: sinon.SinonSpy };
  let clock: sinon.SinonFakeTimers;

  before(async () => {
    [east, west] = await Promise.all([keyPair("east"), keyPair("west")]);
  });

  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    table = new FakeTable(["subject", "entry"]);
    reads = 0;
    table.before = () => void reads++;
    // The other Region is dead: only the own pool answers.
    fetched = sinon.stub(globalThis, "fetch").callsFake(async (url) => {
      if (String(url).includes("us-east-1")) return Response.json({ keys: [east.jwk] });
      throw new TypeError("fetch failed");
    });
    log = { info: sinon.fake(), warn: sinon.fake() };
  });

  afterEach(() => sinon.restore());

  function says(subject: string, trusted: object, keys: Keys | string): void {
    const jwks = typeof keys === "string" ? keys : JSON.stringify({ keys: [keys.jwk] });
    table.add({ subject, entry: "issuer", schema: 1, trusted, jwks, at: new Date().toISOString() });
  }

  function authorizer() {
    return createAuthorizer(EAST, log, createIssuerRegistry(readIssuersFrom(table.client, "regions"), log));
  }

  it("are good by the keys in this Region's replica, on a cold start while their Region is dead", async () => {
    says("us-west-2", WEST, west);
    expect(await authorizer()(request(await token(WEST, west)))).to.deep.equal({
      isAuthorized: true,
      context: { customerId: "b", groups: "customers" },
    });
    sinon.assert.notCalled(fetched);
  });

  it("carry the customer that the person is in every Region", async () => {
    says("us-west-2", WEST, west);
    const text = await token(WEST, west, { customerId: "a" });
    expect(await authorizer()(request(text))).to.have.nested.property("context.customerId", "a");
  });

  it("cost one read of the table a minute", async () => {
    says("us-west-2", WEST, west);
    const authorize = authorizer();
    for (let calls = 0; calls < 3; calls++) await authorize(request(await token(WEST, west)));
    expect(reads).to.equal(1);
    clock.tick(61_000);
    await authorize(request(await token(WEST, west)));
    expect(reads).to.equal(2);
  });

  it("are checked with the keys that their Region tells of by now", async () => {
    says("us-west-2", WEST, west);
    const authorize = authorizer();
    await authorize(request(await token(WEST, west)));
    const next = await keyPair("next");
    says("us-west-2", WEST, next);
    clock.tick(61_000);
    expect(await authorize(request(await token(WEST, next)))).to.have.property("isAuthorized", true);
    expect(await authorize(request(await token(WEST, west)))).to.have.property("isAuthorized", false);
  });

  it("are refused when they are signed by anybody else, or for another client", async () => {
    says("us-west-2", WEST, west);
    const authorize = authorizer();
    for (const bad of [
      token(WEST, east),
      token(WEST, { ...east, kid: "west" }),
      token(WEST, west, { client_id: "other" }),
      token(WEST, west, { token_use: "id" }),
    ]) {
      expect(await authorize(request(await bad))).to.deep.equal({ isAuthorized: false });
    }
  });

  it("are refused where no Region has that issuer, and such tokens don't make the table be read each time", async () => {
    const authorize = authorizer();
    for (let calls = 0; calls < 4; calls++) {
      expect(await authorize(request(await token(WEST, west)))).to.deep.equal({ isAuthorized: false });
    }
    expect(reads).to.equal(1);
    says("us-west-2", WEST, west);
    clock.tick(6_000);
    expect(await authorize(request(await token(WEST, west)))).to.have.property("isAuthorized", true);
  });

  it("are refused where a Region speaks for a pool that is not in it", async () => {
    says("eu-west-1", WEST, west);
    expect(await authorizer()(request(await token(WEST, west)))).to.deep.equal({ isAuthorized: false });
  });

  it("are never checked with keys that an item gives for the own pool", async () => {
    says("us-east-1", EAST, west);
    expect(await authorizer()(request(await token(EAST, west)))).to.deep.equal({ isAuthorized: false });
    expect(await authorizer()(request(await token(EAST, east)))).to.have.property("isAuthorized", true);
  });

  it("are good although another item can't be used", async () => {
    says("us-west-2", WEST, west);
    says("eu-west-1", { ...WEST, userPoolId: "eu-west-1_x" }, "no keys");
    says("eu-north-1", { kind: "oidc", issuer: "https://x.example" }, west);
    expect(await authorizer()(request(await token(WEST, west)))).to.have.property("isAuthorized", true);
    sinon.assert.calledOnce(log.warn);
  });

  it("are neither good nor bad while the table can't be read, and the own pool's tokens are good all the same", async () => {
    const authorize = authorizer();
    table.before = () => {
      throw new Error("The table is away.");
    };
    expect(await rejection(authorize(request(await token(WEST, west))))).to.be.instanceOf(Error);
    expect(await authorize(request(await token(EAST, east)))).to.have.property("isAuthorized", true);
  });

  it("stay good while the table can't be read any more", async () => {
    says("us-west-2", WEST, west);
    const authorize = authorizer();
    await authorize(request(await token(WEST, west)));
    clock.tick(61_000);
    table.before = () => {
      throw new Error("The table is away.");
    };
    expect(await authorize(request(await token(WEST, west)))).to.have.property("isAuthorized", true);
  });
});

describe("publishing a Region's issuer", () => {
  const settings = { ...EAST, region: "us-east-1", path: signInPath("us-east-1") };
  let table: FakeTable;

  beforeEach(() => {
    table = new FakeTable(["subject", "entry"]);
  });

  afterEach(() => sinon.restore());

  const publish = () =>
    publishIssuer({ client: table.client, tableName: "regions", region: "us-east-1", settings, trusted: EAST });

  it("writes one item of its own Region, which the other Region can verify tokens by", async () => {
    const keys = await keyPair("east");
    sinon.stub(globalThis, "fetch").callsFake(async () => Response.json({ keys: [keys.jwk] }));
    await publish();
    await publish();
    expect([...table.items.keys()]).to.deep.equal(["us-east-1|issuer"]);
    expect([...table.items.values()][0]).to.deep.include({ settings, trusted: EAST, schema: 1 });
    sinon.restore();

    const log = { info: sinon.fake(), warn: sinon.fake() };
    const authorize = createAuthorizer(WEST, log, createIssuerRegistry(readIssuersFrom(table.client, "regions"), log));
    expect(await authorize(request(await token(EAST, keys)))).to.have.property("isAuthorized", true);
  });

  it("never replaces keys by none", async () => {
    for (const answer of [{ keys: [] }, {}, []]) {
      sinon.stub(globalThis, "fetch").callsFake(async () => Response.json(answer));
      expect((await rejection(publish())).message).to.match(/no keys/);
      sinon.restore();
    }
    expect(table.items.size).to.equal(0);
  });

  it("is tried again while a new role is not known yet, and not for ever", async () => {
    const action = sinon.stub().rejects(new Error("AccessDenied"));
    action.onCall(2).resolves();
    await retryPatiently(action, 5, 1);
    expect(action.callCount).to.equal(3);
    action.reset();
    action.rejects(new Error("AccessDenied"));
    expect((await rejection(retryPatiently(action, 5, 1))).message).to.equal("AccessDenied");
    expect(action.callCount).to.equal(5);
  });
});
