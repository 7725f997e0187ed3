import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";
import { unsignedToken } from "../../kit/keptSession";

interface Order {
  lines: { productId: string; quantity: number }[];
}

interface OpenAttempt {
  key: string;
  order: Order;
  customerId: string;
}

/** The module is the page's, whose types this project does not have. */
interface AttemptModule {
  readOpenAttempt(customerId: string | undefined): OpenAttempt | undefined;
  sendOrder(attempt: OpenAttempt & { payment: object }): Promise<object>;
}

const ANN = "customer-ann";
const CARD = "ciphertext-of-the-card";
const order = { lines: [{ productId: "kettle", quantity: 1 }] };
const attempt = { key: "key-1", order, customerId: ANN, payment: { kind: "card", encrypted: CARD } };
const kept = { key: "key-1", order, customerId: ANN };

const problem = (status: number, body: object = {}, headers: Record<string, string> = {}) =>
  Response.json({ type: "/problems/some", ...body }, { status, headers });

/** A store that stores one order for each key. */
class Store {
  readonly orders = new Map<string, string>();

  place(init: RequestInit): Response {
    const key = new Headers(init.headers).get("idempotency-key")!;
    if (!this.orders.has(key)) this.orders.set(key, `order-${this.orders.size + 1}`);
    return Response.json({ orderId: this.orders.get(key) }, { status: 201 });
  }
}

describe("an attempt to order", () => {
  let clock: sinon.SinonFakeTimers;
  let random: sinon.SinonStub;
  let store: Store;
  let page: FakePage;
  let regions: string[];
  /** Answers to the requests for an order, in turn; then the store's. */
  let answers: ((init: RequestInit) => Response | undefined)[];

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    random = sinon.stub(Math, "random").returns(0);
    store = new Store();
    regions = [];
    answers = [];
    page = new FakePage((path, init) => {
      if (path === "/config.json") return Response.json({ region: regions[0], storeRegions: regions });
      if (path.endsWith("/health")) return Response.json({});
      if (path.startsWith("/pool"))
        return Response.json({ AuthenticationResult: { AccessToken: unsignedToken({}), ExpiresIn: 3_600 } });
      return (answers.shift() ?? ((request) => store.place(request)))(init);
    });
    const pool = { kind: "cognito", clientId: "client", path: "/pool" };
    const session = {
      pool,
      accessToken: unsignedToken({}),
      refreshToken: "refresh",
      expiresAt: Date.now() + 3_600_000,
    };
    page.local["stayopen.session"] = JSON.stringify(session);
  });
  afterEach(() => {
    clock.restore();
    sinon.restore();
  });

  const open = () => page.open<AttemptModule>("checkout/attempt.ts");
  const send = async (module = open(), sent = attempt) => {
    const outcome = module.sendOrder(sent).catch((error: unknown) => error);
    await clock.tickAsync(120_000);
    return await outcome;
  };
  const orderRequests = () => page.requests.filter(({ path }) => path.endsWith("/api/orders"));
  const keys = () => orderRequests().map(({ init }) => new Headers(init.headers).get("idempotency-key"));

  it("is forgotten once the store has answered", async () => {
    const module = open();
    expect(await send(module)).to.deep.equal({ kind: "placed", orderId: "order-1" });
    expect(module.readOpenAttempt(ANN)).to.equal(undefined);
  });

  it("is kept before the request leaves, without the card", async () => {
    let keptThen = "";
    answers = [
      (init) => {
        keptThen = JSON.stringify(page.session);
        return store.place(init);
      },
    ];
    await send();
    expect(keptThen).to.contain("key-1");
    expect(keptThen).not.to.contain(CARD);
  });

  it("becomes one order that the customer learns of, at whichever step the page dies", async () => {
    await send();
    const steps = [...page.steps];
    expect(steps).to.include.members(["write", "request", "answer", "remove"]);
    for (const [number, step] of steps.entries()) {
      for (const isDone of [false, true]) {
        const at = `step ${number}, ${step}${isDone ? ", done" : ""}`;
        store.orders.clear();
        const module = open();
        page.dieAt(number, isDone);
        await send(module);
        const reloaded = open();
        const left = reloaded.readOpenAttempt(ANN);
        // Once the attempt is removed, the order is in the customer's list.
        if (store.orders.size > 0 && !left) expect([step, isDone], at).to.deep.equal(["remove", true]);
        if (left) {
          expect(left, at).to.deep.equal(kept);
          const again = await send(reloaded, { ...left, payment: attempt.payment });
          expect(again, at).to.deep.equal({ kind: "placed", orderId: "order-1" });
        }
        expect(store.orders.size, at).to.be.at.most(1);
        expect(open().readOpenAttempt(ANN), at).to.equal(undefined);
      }
    }
  });

  it("is sent again with the same key and body until the store answers", async () => {
    answers = [() => undefined, () => problem(408), () => problem(429)];
    expect(await send()).to.deep.equal({ kind: "placed", orderId: "order-1" });
    expect(keys()).to.deep.equal(["key-1", "key-1", "key-1", "key-1"]);
    expect(new Set(orderRequests().map(({ init }) => init.body)).size).to.equal(1);
  });

  it("stays open after four tries without an answer, for a later retry that is the same order", async () => {
    answers = Array.from({ length: 4 }, () => (init: RequestInit) => void store.place(init));
    const module = open();
    expect(await send(module)).to.deep.equal({ kind: "unknown" });
    expect(keys()).to.have.length(4);
    expect(open().readOpenAttempt(ANN)).to.deep.equal(kept);
    expect(await send()).to.deep.equal({ kind: "placed", orderId: "order-1" });
    expect(store.orders.size).to.equal(1);
  });

  it("waits as long as the store asks for, if that is at most ten seconds", async () => {
    answers = [() => problem(503, { type: "/problems/stock-moving" }, { "retry-after": "7" })];
    const sent = open().sendOrder(attempt);
    await clock.tickAsync(6_999);
    expect(keys()).to.have.length(1);
    await clock.tickAsync(1);
    expect(await sent).to.have.property("kind", "placed");
  });

  for (const [what, answer, outcome] of [
    [
      "another total",
      problem(409, { total: { amount: 5, currency: "EUR" } }),
      { kind: "price-changed", total: { amount: 5, currency: "EUR" } },
    ],
    ["a day's limit", problem(429, {}, { "retry-after": "3600" }), { kind: "refused" }],
    ["an invalid order", problem(422), { kind: "refused" }],
    ["a customer who may not order", problem(403), { kind: "refused" }],
  ] as const) {
    it(`ends without an order after the refusal of ${what}`, async () => {
      answers = [() => answer];
      const module = open();
      expect(await send(module))
        .to.include({ kind: outcome.kind })
        .and.to.deep.include(outcome);
      expect(keys()).to.have.length(1);
      expect(module.readOpenAttempt(ANN)).to.equal(undefined);
    });
  }

  it("names the lines that too few units are left for, as the basket does", async () => {
    const line = { productId: "kettle", name: "Steel kettle", quantity: 3, price: { amount: 1, currency: "EUR" } };
    page.local["stayopen.basket"] = JSON.stringify([line]);
    answers = [() => problem(409, { lines: [{ productId: "kettle", left: 2 }] })];
    const { sentence } = (await send()) as { sentence: string };
    expect(sentence).to.match(/2.*Steel kettle/);
  });

  it("stays open if a Region refuses after another one may have stored the order", async () => {
    regions = ["us-east-1", "us-west-2"];
    answers = [
      (init) => void store.place(init),
      ...Array.from({ length: 4 }, () => () => problem(409, { lines: [{ productId: "kettle", left: 0 }] })),
    ];
    const module = open();
    expect(await send(module)).to.deep.equal({ kind: "unknown" });
    expect(module.readOpenAttempt(ANN)).to.deep.equal(kept);
  });

  it("stays open if a day's limit refuses a retry, whose order may be stored", async () => {
    const limited = () => problem(429, {}, { "retry-after": "3600" });
    answers = [(init) => void store.place(init), limited, limited, limited];
    expect(await send()).to.deep.equal({ kind: "unknown" });
  });

  it("stays open if the token is refused, after one renewal", async () => {
    const refused = () => Response.json({ message: "Unauthorized" }, { status: 401 });
    answers = [refused, refused];
    random.returns(1);
    const module = open();
    let outcome: object | undefined;
    void module.sendOrder(attempt).then((settled) => {
      outcome = settled;
    });
    // Without the pauses of retries: they could only fail.
    await clock.tickAsync(10);
    expect(outcome).to.deep.equal({ kind: "unknown" });
    expect(keys()).to.have.length(2);
    expect(module.readOpenAttempt(ANN)).to.deep.equal(kept);
  });

  it("belongs to the customer who made it", async () => {
    answers = Array.from({ length: 4 }, () => () => undefined);
    const module = open();
    await send(module);
    expect(module.readOpenAttempt("customer-ben")).to.equal(undefined);
    expect(module.readOpenAttempt(ANN)).to.equal(undefined);
  });
});
