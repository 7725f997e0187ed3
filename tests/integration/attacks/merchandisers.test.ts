import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { CognitoSettings } from "../../../domain/auth";
import { NO_RULES, type SearchRules } from "../../../domain/catalogue/search/searchRules";
import { newPerson, type Person } from "../../../local/person";
import { eventually, rowsIn } from "../../kit/drill/shopper";
import { edgeHeaders, ownApi } from "../../kit/ownApi";
import { useAttackedStore } from "./sharedStore";

const PRODUCT = {
  name: "Forged",
  brand: "Forged",
  category: "Forged",
  description: "",
  price: { amount: 1, currency: "USD" },
  availability: "in-stock",
  attributes: {},
};

describe("merchandisers' routes under attack", function () {
  this.timeout(180_000);
  const here = useAttackedStore();
  let merchandiser: Person;

  before(async () => {
    const { store } = here.attacked;
    const { auth } = (await (await fetch(`${store.url}/config.json`)).json()) as { auth: CognitoSettings };
    merchandiser = await newPerson(store, auth, "merchandisers");
  });

  const headers = () => edgeHeaders(here.attacked.store);
  const api = (service: "orders" | "catalogue", region: string) => ownApi(here.attacked.store, region, service);
  const refund = (orderId: string, body: unknown, { region = here.attacked.east, key = randomUUID() as string } = {}) =>
    merchandiser.call(
      "POST",
      `/api/orders/${orderId}/refunds`,
      body,
      { ...headers(), "idempotency-key": key },
      api("orders", region),
    );
  const refundsOf = async (orderId: string, region: string) =>
    (await rowsIn(here.attacked.store, region, orderId)).filter(({ kind }) => kind === "refund");

  /** Places an order of the shopper and waits until both Regions know that it is delivered. */
  async function deliveredOrder(): Promise<string> {
    const { shopper, east, west } = here.attacked;
    const orderId = await shopper.order(east);
    await eventually(`${orderId} is delivered in both Regions`, async () =>
      (await Promise.all([east, west].map((region) => shopper.statusOf(orderId, region)))).every(
        (status) => status === "DELIVERED",
      ),
    );
    return orderId;
  }

  it("refuse customers and strangers in both Regions, and change nothing", async () => {
    const { shopper, store, east, west } = here.attacked;
    const orderId = await deliveredOrder();
    const productId = `forged-${randomUUID().slice(0, 8)}`;
    const rules = { ...NO_RULES, hidden: [], version: 0 };
    const routes: ["orders" | "catalogue", string, string, unknown][] = [
      ["catalogue", "PUT", `/api/catalogue/products/${productId}`, PRODUCT],
      ["catalogue", "DELETE", `/api/catalogue/products/${productId}`, undefined],
      ["catalogue", "GET", "/api/catalogue/rules", undefined],
      ["catalogue", "PUT", "/api/catalogue/rules", rules],
      ["orders", "POST", `/api/orders/${orderId}/refunds`, { amount: 1, reason: "Mine." }],
      ["orders", "GET", `/api/orders/${orderId}/refunds`, undefined],
      ["orders", "GET", `/api/orders/stock/${productId}/shares`, undefined],
      ["orders", "PUT", `/api/orders/stock/${productId}/deliveries/forged`, { units: 1_000 }],
    ];
    for (const [service, method, path, body] of routes) {
      for (const base of [store.url, api(service, east), api(service, west)]) {
        const own = { ...headers(), "idempotency-key": randomUUID() };
        const asCustomer = await shopper.person.call(method, path, body, own, base);
        expect(asCustomer.status, `${method} ${path} at ${base}`).to.equal(403);
        const asStranger = await fetch(`${base}${path}`, {
          method,
          headers: { ...own, "content-type": "application/json" },
          body: body === undefined ? undefined : JSON.stringify(body),
        });
        expect(asStranger.status, `${method} ${path} at ${base}`).to.equal(401);
        // Groups that a request names itself.
        const claimed = { ...own, "x-groups": "merchandisers", "x-amzn-oidc-data": "merchandisers" };
        expect((await shopper.person.call(method, path, body, claimed, base)).status).to.equal(403);
      }
    }
    for (const region of [east, west]) {
      expect(await refundsOf(orderId, region)).to.deep.equal([]);
      const found = await fetch(`${api("catalogue", region)}/api/catalogue/products/${productId}`, {
        headers: headers(),
      });
      expect(found.status).to.equal(404);
    }
  });

  it("refund nothing for a tampered amount, line, order or key", async () => {
    const { east, west } = here.attacked;
    const orderId = await deliveredOrder();
    const reason = "Tampered.";
    const tampered: [string, unknown][] = [
      ...[0, -1, 0.5, 1e-7, 2 ** 53, 1e300, "100", null, [100], { amount: 100 }].map((amount): [string, unknown] => [
        `the amount ${JSON.stringify(amount)}`,
        { amount, reason },
      ]),
      ["another currency", { amount: 100, currency: "JPY", reason }],
      ["more than the order", { amount: 10_000_000, reason }],
      ["an owner", { amount: 100, reason, owner: west }],
      ["a status", { amount: 100, reason, status: "REFUNDED" }],
      ["a prototype", JSON.parse(`{"amount":100,"reason":"x","__proto__":{"status":"REFUNDED"}}`)],
      ["a negative line", { lines: [{ productId: "kettle", quantity: -1 }], reason }],
      ["a line's own price", { lines: [{ productId: "kettle", quantity: 1, unitPrice: { amount: 1 } }], reason }],
      ["a line named like a member of objects", { lines: [{ productId: "constructor", quantity: 1 }], reason }],
      ["no part", { reason }],
      ["line breaks in the reason", { amount: 100, reason: "x\r\nBcc: victim@example.com" }],
    ];
    for (const [what, body] of tampered) {
      const answer = await refund(orderId, body);
      expect(answer.status, `${what}: ${await answer.clone().text()}`).to.be.oneOf([409, 422]);
    }
    for (const id of ["0".repeat(26), `${orderId.slice(0, -1)}0`, "..%2f..%2fstock", `${orderId}%00`, "health"]) {
      expect((await refund(id, { amount: 100, reason })).status, id).to.be.oneOf([404, 422]);
    }
    for (const key of ["", " ", "a".repeat(300)]) {
      expect((await refund(orderId, { amount: 100, reason }, { key })).status, JSON.stringify(key)).to.be.oneOf([
        400, 422,
      ]);
    }
    for (const region of [east, west]) expect(await refundsOf(orderId, region)).to.deep.equal([]);
  });

  it("refund a line once, although many requests arrive at once with keys of their own", async () => {
    const { shopper, store, east } = here.attacked;
    const orderId = await deliveredOrder();
    const view = await shopper.call(undefined, "GET", `/api/orders/${orderId}`);
    const { lines } = (await view.json()) as { lines: { productId: string; quantity: number }[] };
    const body = { lines: lines.map(({ productId, quantity }) => ({ productId, quantity })), reason: "Broken." };
    const answers = await Promise.all(Array.from({ length: 8 }, () => refund(orderId, body)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses.filter((status) => status === 202)).to.have.length(1);
    // 503 after five decisions, each of which met another request.
    for (const status of statuses) expect(status).to.be.oneOf([202, 409, 503]);
    expect(await refundsOf(orderId, east)).to.have.length(1);
    await eventually("the refund is made", async () =>
      (await refundsOf(orderId, east)).every(({ status }) => status === "REFUNDED"),
    );
    expect(store.providers.controls.records(orderId).payment?.status).to.equal("captured");
  });

  it("show rules with markup, patterns and long lines as text, and search on as before", async () => {
    const { store } = here.attacked;
    const path = "/api/catalogue/rules";
    const read = async () =>
      (await (await merchandiser.call("GET", path)).json()) as SearchRules & { version: number; updatedAt?: string };
    const { updatedAt: _, ...before } = await read();
    const hostile = [
      "<script>alert(1)</script>, kettle",
      "(a+)+$, .*, [a-z]{1000000}, kettle",
      '"}]}}, {"match_all":{}}, kettle',
      "kettle => kettle => kettle",
      "kettle, constructor, __proto__, toString",
      "=>, ,, =>",
      "* => kettle",
      `kettle, ${"x".repeat(190)}`,
      ...Array.from({ length: 292 }, (_one, index) => `kettle, word${index} steel ${"y".repeat(150)}`),
    ];
    const written = await merchandiser.call("PUT", path, {
      ...before,
      synonyms: hostile,
      pins: [
        { query: ".*", productIds: ["constructor"] },
        { query: "<b>", productIds: ["toString"] },
      ],
      boosts: [{ field: "brand", value: '.*"}]', weight: 10 }],
    });
    expect(written.status, await written.clone().text()).to.equal(200);
    try {
      // The read may reach the other Region, which gets the rules by replication.
      await eventually("the rules are shown", async () => (await read()).synonyms.length === hostile.length);
      expect((await read()).synonyms).to.deep.equal(hostile);
      await eventually("a search uses the rules", async () => {
        const answer = await fetch(`${store.url}/api/catalogue/search?q=kettle&${randomUUID()}`);
        return answer.status === 422 || answer.ok;
      });
      for (const q of [
        "kettle",
        "kettle steel constructor",
        ".*",
        "<script>alert(1)</script>",
        "__proto__",
        "(a+)+$",
      ]) {
        const began = performance.now();
        const answer = await fetch(`${store.url}/api/catalogue/search?q=${encodeURIComponent(q)}`);
        expect(answer.status, q).to.equal(200);
        expect(answer.headers.get("content-type")).to.match(/^application\/json/);
        expect(performance.now() - began, q).to.be.below(100_000);
      }
      for (const wrong of [
        { pins: [{ query: "kettle", productIds: ["../../x"] }] },
        { pins: [{ query: "kettle", productIds: [""] }] },
        { hidden: ["#search-rules"] },
        { boosts: [{ field: "price.amount", value: "1", weight: 10 }] },
        { boosts: [{ field: "brand", value: "x", weight: 1e9 }] },
        { synonyms: ["a\u202eb, c"] },
        { synonyms: Array.from({ length: 301 }, (_one, index) => `a${index}, b`) },
      ]) {
        const { version } = await read();
        const answer = await merchandiser.call("PUT", path, { ...before, ...wrong, version });
        expect(answer.status, JSON.stringify(wrong).slice(0, 80)).to.equal(422);
      }
    } finally {
      const { version } = await read();
      await merchandiser.call("PUT", path, { ...before, version });
    }
  });
});
