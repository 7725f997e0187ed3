import { expect } from "chai";
import sinon from "sinon";
import { createAuthorizer } from "../../../../components/authLayer/handlers/authorize";
import { createIssuerRegistry, readIssuersFrom } from "../../../../components/authLayer/handlers/issuerRegistry";
import { outgoing } from "../../../../components/runtime/outgoing";
import { FakeTable, rejection } from "../../../kit/authFakes";
import { EAST, type Keys, keyPair, request, token, WEST } from "../../../kit/poolTokens";

describe("createIssuerRegistry", () => {
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
    // The peer Region is lost: only the own pool responds.
    fetched = sinon.stub(outgoing, "fetch").callsFake(async (url) => {
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

  it("accepts tokens by the keys in this Region's replica, on a cold start while their Region is lost", async () => {
    says("us-west-2", WEST, west);
    expect(await authorizer()(request(await token(WEST, west)))).to.deep.equal({
      isAuthorized: true,
      context: { customerId: "b", groups: "customers" },
    });
    sinon.assert.notCalled(fetched);
  });

  it("returns the customer of the token's claim", async () => {
    says("us-west-2", WEST, west);
    const text = await token(WEST, west, { customerId: "a" });
    expect(await authorizer()(request(text))).to.have.nested.property("context.customerId", "a");
  });

  it("reads the table once a minute", async () => {
    says("us-west-2", WEST, west);
    const authorize = authorizer();
    for (let calls = 0; calls < 3; calls++) await authorize(request(await token(WEST, west)));
    expect(reads).to.equal(1);
    clock.tick(61_000);
    await authorize(request(await token(WEST, west)));
    expect(reads).to.equal(2);
  });

  it("uses newly published keys after a minute", async () => {
    says("us-west-2", WEST, west);
    const authorize = authorizer();
    await authorize(request(await token(WEST, west)));
    const next = await keyPair("next");
    says("us-west-2", WEST, next);
    clock.tick(61_000);
    expect(await authorize(request(await token(WEST, next)))).to.have.property("isAuthorized", true);
    expect(await authorize(request(await token(WEST, west)))).to.have.property("isAuthorized", false);
  });

  it("refuses tokens with another signer, client or use", async () => {
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

  it("refuses tokens of an unknown issuer without reading the table each time", async () => {
    const authorize = authorizer();
    for (let calls = 0; calls < 4; calls++) {
      expect(await authorize(request(await token(WEST, west)))).to.deep.equal({ isAuthorized: false });
    }
    expect(reads).to.equal(1);
    says("us-west-2", WEST, west);
    clock.tick(6_000);
    expect(await authorize(request(await token(WEST, west)))).to.have.property("isAuthorized", true);
  });

  it("refuses tokens of a pool that the item of a third Region names", async () => {
    says("eu-west-1", WEST, west);
    expect(await authorizer()(request(await token(WEST, west)))).to.deep.equal({ isAuthorized: false });
  });

  it("never uses an item's keys for its own pool", async () => {
    says("us-east-1", EAST, west);
    expect(await authorizer()(request(await token(EAST, west)))).to.deep.equal({ isAuthorized: false });
    expect(await authorizer()(request(await token(EAST, east)))).to.have.property("isAuthorized", true);
  });

  it("accepts tokens while another item is invalid", async () => {
    says("us-west-2", WEST, west);
    says("eu-west-1", { ...WEST, userPoolId: "eu-west-1_x" }, "no keys");
    says("eu-north-1", { kind: "oidc", issuer: "https://x.example" }, west);
    expect(await authorizer()(request(await token(WEST, west)))).to.have.property("isAuthorized", true);
    sinon.assert.calledOnce(log.warn);
  });

  it("throws for tokens of peer Regions while the table is unreadable, and accepts its own pool's", async () => {
    const authorize = authorizer();
    table.before = () => {
      throw new Error("The table is away.");
    };
    expect(await rejection(authorize(request(await token(WEST, west))))).to.be.instanceOf(Error);
    expect(await authorize(request(await token(EAST, east)))).to.have.property("isAuthorized", true);
  });

  it("accepts tokens by cached keys while the table is unreadable", async () => {
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
