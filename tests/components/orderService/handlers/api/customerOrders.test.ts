import { expect } from "chai";
import {
  getOrder,
  listOrders,
  requestCancellation,
} from "../../../../../components/orderService/handlers/api/customerOrders";
import type { HttpRequest } from "../../../../../components/orderService/handlers/api/http";
import { deriveOrderId, type OrderItem } from "../../../../../domain/order";
import { itemOf } from "../../../../kit/orderArbitraries";
import { EAST, StockStand, WEST } from "../../../../kit/stockStand";

const idOf = (key: string) => deriveOrderId("customer-ann", key);

function standWith(...orders: Partial<OrderItem>[]) {
  const stand = new StockStand();
  for (const order of orders) stand.seed(itemOf(order));
  const store = stand.store(EAST);
  const request = (rest: object, customerId = "customer-ann") =>
    ({
      headers: {},
      requestContext: { authorizer: { lambda: { customerId, groups: "customers" } } },
      ...rest,
    }) as unknown as HttpRequest;
  const read = ({ statusCode, body = "{}" }: { statusCode?: number; body?: string }) => ({
    status: statusCode,
    ...JSON.parse(body),
  });
  const byId = (orderId: string, customerId?: string) => request({ pathParameters: { orderId } }, customerId);
  return {
    stand,
    list: async (queryStringParameters: Record<string, string> = {}, customerId?: string) => {
      const rawQueryString = new URLSearchParams(queryStringParameters).toString();
      return read(await listOrders(store)(request({ queryStringParameters, rawQueryString }, customerId)));
    },
    get: async (orderId: string, customerId?: string) => read(await getOrder(store)(byId(orderId, customerId))),
    cancel: async (orderId: string, customerId?: string) =>
      read(await requestCancellation(store)(byId(orderId, customerId))),
  };
}

const idsOf = (page: { orders: { orderId: string }[] }) => page.orders.map(({ orderId }) => orderId);

describe("listOrders", () => {
  const dated = (key: string, day: number, more: Partial<OrderItem> = {}) => ({
    orderId: idOf(key),
    createdAt: `2026-01-0${day}T00:00:00.000Z`,
    ...more,
  });

  it("lists the caller's own orders in pages, newest first", async () => {
    const { list } = standWith(dated("a", 1), dated("b", 3), dated("c", 2), dated("d", 4, { customerId: "ben" }));
    const first = await list({ limit: "2" });
    expect(idsOf(first)).to.deep.equal([idOf("b"), idOf("c")]);
    const last = await list({ limit: "2", before: first.next });
    expect(idsOf(last)).to.deep.equal([idOf("a")]);
    expect(last).to.not.have.property("next");
  });

  it("lists an order of two Regions once, by its effective item, also where a page ends between the items", async () => {
    const taken = [
      dated("b", 2, { region: EAST, status: "PAID" }),
      dated("b", 2, { region: WEST, status: "SHIPPED", epoch: 2 }),
    ];
    for (const limit of [1, 2, 3]) {
      const { list } = standWith(dated("a", 1), ...taken, dated("c", 3));
      const listed: { orderId: string; status: string }[] = [];
      let before: string | undefined;
      do {
        const page = await list({ limit: String(limit), ...(before !== undefined && { before }) });
        listed.push(...page.orders);
        before = page.next;
      } while (before !== undefined);
      expect(idsOf({ orders: listed }), `pages of ${limit}`).to.deep.equal([idOf("c"), idOf("b"), idOf("a")]);
      expect(listed[1]!.status).to.equal("SHIPPED");
    }
  });

  it("refuses the end of a page that is damaged, and pages that are too long", async () => {
    const { list } = standWith();
    const cursor = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString("base64url");
    const id = idOf("a");
    for (const before of ["abc", cursor(["", "", ""]), cursor([id, "", ""]), cursor([id, EAST, "yesterday"])])
      expect((await list({ before })).status, before).to.equal(422);
    expect(await list({ before: cursor([id, EAST, "yesterday"]) })).to.include({ type: "/problems/unknown-page" });
    expect((await list({ limit: "1000" })).status).to.equal(422);
  });
});

describe("getOrder", () => {
  it("answers the customer's own order, and another's as not found", async () => {
    const { get } = standWith({ orderId: idOf("a"), status: "SHIPPED" });
    expect(await get(idOf("a"))).to.include({ status: "SHIPPED", orderId: idOf("a") });
    const [foreign, unknown] = [await get(idOf("a"), "ben"), await get(idOf("b"))];
    expect(foreign.status).to.equal(404);
    expect({ ...foreign, detail: "" }).to.deep.equal({ ...unknown, detail: "" });
  });
});

describe("requestCancellation", () => {
  const wishes = (stand: StockStand) => stand.item(EAST, idOf("a"), `cancel#${EAST}`);

  it("records a request while the order can be cancelled", async () => {
    const { stand, cancel } = standWith({ orderId: idOf("a"), status: "PAID" });
    expect(await cancel(idOf("a"))).to.include({ status: 202, cancellation: "requested" });
    expect(wishes(stand)).to.include({ customerId: "customer-ann" });
  });

  it("refuses it once the order is decided, and repeats that it was cancelled", async () => {
    for (const [status, answer] of [
      ["SHIPPED", { status: 409, orderStatus: "SHIPPED" }],
      ["CANCELLED", { status: 202, cancellation: "done" }],
    ] as const) {
      const { stand, cancel } = standWith({ orderId: idOf("a"), status });
      expect(await cancel(idOf("a"))).to.include(answer);
      expect(wishes(stand)).to.equal(undefined);
    }
  });

  it("records nothing for another customer's order", async () => {
    const { stand, cancel } = standWith({ orderId: idOf("a") });
    expect((await cancel(idOf("a"), "ben")).status).to.equal(404);
    expect(wishes(stand)).to.equal(undefined);
  });
});
