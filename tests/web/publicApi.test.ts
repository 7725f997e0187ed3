import { expect } from "chai";
import sinon from "sinon";
import type * as PublicApi from "../../web/src/publicApi";

type Answer = { status: number; body: unknown } | "broken" | "silent" | "slow";

const SLOW_MS = 6_000;

const OK = { status: 200, body: { orderId: "o-1" } };
const CONFIG: Answer = { status: 200, body: { region: "us-east-1", storeRegions: ["us-east-1", "us-west-2"] } };
const HEALTHY: Answer = { status: 200, body: { status: "ok" } };
const ORDER = { method: "POST", body: "{}", headers: { "idempotency-key": "key-1" } } as const;

describe("callApi", () => {
  let clock: sinon.SinonFakeTimers;
  let api: typeof PublicApi;
  let answers: Record<string, Answer>;
  let requests: { path: string; key?: string }[];

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    requests = [];
    answers = { "/config.json": CONFIG, "/regions/us-west-2/api/orders/health": HEALTHY };
    sinon.define(globalThis, "sessionStorage", { getItem: () => null, setItem: () => {}, removeItem: () => {} });
    sinon.replace(globalThis, "fetch", async (path, { headers, signal } = {}) => {
      requests.push({ path: String(path), key: (headers as Record<string, string> | undefined)?.["idempotency-key"] });
      const answer = answers[String(path)] ?? { status: 502, body: "" };
      if (answer === "broken") throw new TypeError("Failed to fetch");
      if (answer === "silent")
        return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
      if (answer === "slow")
        return new Promise((resolve) => setTimeout(() => resolve(Response.json(OK.body)), SLOW_MS));
      return Response.json(answer.body, { status: answer.status });
    });
    // The page has one choice; each test gets a new one.
    delete require.cache[require.resolve("../../web/src/publicApi")];
    api = require("../../web/src/publicApi");
  });
  afterEach(() => {
    clock.restore();
    sinon.restore();
  });

  const orders = () => requests.filter(({ path }) => path.endsWith("/api/orders"));

  for (const [how, first] of [
    ["answers 502", { status: 502, body: "" }],
    ["answers 500", { status: 500, body: { type: "/problems/internal-error" } }],
    ["breaks the connection", "broken"],
    ["does not answer", "silent"],
  ] as [string, Answer][]) {
    it(`sends the same request with the same key to the other Region if the first one ${how}`, async () => {
      answers["/api/orders"] = first;
      answers["/regions/us-west-2/api/orders"] = OK;
      const call = api.callApi("/api/orders", ORDER);
      await clock.tickAsync(4_000);
      expect(await call).to.deep.equal({ orderId: "o-1" });
      expect(orders()).to.deep.equal([
        { path: "/api/orders", key: "key-1" },
        { path: "/regions/us-west-2/api/orders", key: "key-1" },
      ]);
      await api.callApi("/api/orders", ORDER);
      expect(orders().at(-1)!.path).to.equal("/regions/us-west-2/api/orders");
    });
  }

  for (const [what, status, type] of [
    ["a refusal", 409, "/problems/price-changed"],
    ["units on their way", 503, "/problems/stock-moving"],
    ["too many requests", 429, undefined],
    ["an unknown product", 404, "/problems/product-not-found"],
  ] as const) {
    it(`counts ${what} as the store's answer`, async () => {
      answers["/api/orders"] = { status, body: { type } };
      const error = await api.callApi("/api/orders", ORDER).catch((refusal: unknown) => refusal);
      expect(error).to.have.property("status", status);
      expect(requests).to.have.length(1);
      expect(api.regionChoice.away).to.equal(undefined);
    });
  }

  it("marks a refusal of the other Region, because the first one may have done the same request", async () => {
    answers["/api/orders"] = "broken";
    answers["/regions/us-west-2/api/orders"] = { status: 409, body: { type: "/problems/sold-out" } };
    const refuse = () => api.callApi("/api/orders", ORDER).catch((refusal: unknown) => refusal);
    const first = refuse();
    await clock.tickAsync(4_000);
    expect(await first).to.include({ status: 409, isAfterFailure: true });
    expect(await refuse()).to.include({ status: 409, isAfterFailure: false });
  });

  it("reports the failure if no Region works", async () => {
    answers["/regions/us-west-2/api/orders/health"] = "broken";
    const error = await api.callApi("/api/orders", ORDER).catch((failure: unknown) => failure);
    expect(error).to.have.property("status", 502);
    expect(orders()).to.have.length(1);
  });

  it("counts a late answer of the slow Region if the other one fails", async () => {
    answers["/api/orders"] = "slow";
    answers["/regions/us-west-2/api/orders"] = { status: 500, body: {} };
    const call = api.callApi("/api/orders", ORDER);
    await clock.tickAsync(SLOW_MS);
    expect(await call).to.deep.equal({ orderId: "o-1" });
    expect(orders()).to.have.length(2);
  });

  it("leaves a request alone that the page has given up", async () => {
    answers["/api/orders"] = "silent";
    const given = new AbortController();
    const call = api.callApi("/api/orders", { signal: given.signal }).catch((error: unknown) => error);
    given.abort();
    expect(await call).to.have.property("name", "AbortError");
    expect(requests).to.have.length(1);
  });
});
