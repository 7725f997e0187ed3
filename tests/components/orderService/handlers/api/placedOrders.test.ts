import { expect } from "chai";
import type { HttpRequest } from "../../../../../components/orderService/handlers/api/http";
import { createListPlacedOrders } from "../../../../../components/orderService/handlers/api/placedOrders";
import {
  ORDER_SCHEMA,
  type OrderItem,
  type OrderStatus,
  type PageEnd,
  placedIn,
  type RefundItem,
} from "../../../../../domain/order";
import { itemOf, refundItemOf } from "../../../../kit/orderArbitraries";

const REGIONS = ["us-east-1", "us-west-2"];
const NOW = "2026-11-30T12:00:00.000Z";

const orderId = (number: number) => String(number).padStart(26, "0");

interface Answer {
  status: number;
  orders: { orderId: string; status: OrderStatus; hasRefunds: boolean }[];
  next?: string;
  title?: string;
}

interface Query {
  state?: string;
  email?: string;
  from?: string;
  until?: string;
}

/** The table of one Region, with its index of all orders. */
class Table {
  reads = 0;

  /** @param refunds status of an accepted refund, by order. */
  constructor(
    private readonly items: OrderItem[],
    private readonly refunds: Record<string, RefundItem["status"]> = {},
  ) {}

  async list(query: Query & { before?: string } = {}, groups = "merchandisers"): Promise<Answer> {
    const store = {
      placed: async (key: string, limit: number, { from = "0", until = "9" } = {}): Promise<PageEnd[]> =>
        this.items
          .filter(({ createdAt }) => createdAt >= from && createdAt <= until)
          .filter(({ createdAt, orderId }) => placedIn(createdAt, orderId) === key)
          .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
          .slice(0, limit)
          .map(({ orderId, region, createdAt }) => ({ orderId, region, createdAt })),
      items: async (keys: { orderId: string; region: string }[]) => {
        expect(keys.length).to.be.at.most(100);
        this.reads += keys.length;
        return keys.flatMap(({ orderId, region }) => {
          const count = { kind: "refunds", schema: ORDER_SCHEMA, orderId, region, accepted: 1 };
          if (region === "refunds#us-west-2" && orderId in this.refunds) return [count as never];
          return this.items.filter((item) => item.orderId === orderId && item.region === region);
        });
      },
      partition: async (orderId: string) => {
        const status = this.refunds[orderId];
        return { orders: [], cancelWished: false, refunds: status ? [refundItemOf({ orderId, status })] : [] };
      },
    };
    const { statusCode, body } = await createListPlacedOrders(
      store,
      REGIONS,
      () => NOW,
    )({
      rawPath: "/api/orders/placed",
      rawQueryString: new URLSearchParams({ ...query }).toString(),
      queryStringParameters: { ...query },
      headers: {},
      isBase64Encoded: false,
      requestContext: { http: { method: "GET" }, authorizer: { lambda: { customerId: "m-1", groups } } },
    } as unknown as HttpRequest);
    return { orders: [], ...JSON.parse(body ?? "{}"), status: statusCode };
  }

  /** All pages, one after the other. */
  async all(query: Query = {}): Promise<string[]> {
    const ids: string[] = [];
    let before: string | undefined;
    do {
      const page: Answer = await this.list({ ...query, ...(before && { before }) });
      expect(page.status).to.equal(200);
      ids.push(...page.orders.map((order) => order.orderId));
      before = page.next;
    } while (before !== undefined);
    return ids;
  }
}

const placedAt = (number: number, createdAt: string, changes: Partial<OrderItem> = {}) =>
  itemOf({ orderId: orderId(number), createdAt, ...changes });

/** Orders of every hour before `NOW`, over months, newest first. */
const hourly = (count: number, changes: (number: number) => Partial<OrderItem> = () => ({})) =>
  Array.from({ length: count }, (_, number) =>
    placedAt(number, new Date(Date.parse(NOW) - number * 3_600_000).toISOString(), changes(number)),
  );

describe("createListPlacedOrders", () => {
  it("lists orders of every state and Region, newest first, without the customer's data", async () => {
    const table = new Table([
      placedAt(1, "2026-11-01T00:00:00.000Z", { status: "DELIVERED" }),
      placedAt(2, "2026-11-03T00:00:00.000Z", { status: "CANCELLED", region: "us-west-2" }),
      placedAt(3, "2026-09-30T23:59:59.999Z", { status: "PAID" }),
    ]);
    const { orders, next } = await table.list();
    expect(orders.map(({ status }) => status)).to.deep.equal(["CANCELLED", "DELIVERED", "PAID"]);
    expect(next).to.equal(undefined);
    const shown = ["orderId", "status", "total", "pieces", "products", "createdAt", "updatedAt", "hasRefunds"];
    expect(Object.keys(orders[0]!)).to.have.members(shown);
  });

  it("pages over months, and has each order once", async () => {
    const table = new Table(hourly(1_600));
    expect((await table.list()).orders).to.have.length(50);
    expect(await table.all()).to.deep.equal(Array.from({ length: 1_600 }, (_, number) => orderId(number)));
  });

  it("ends a page between orders of the same moment", async () => {
    const same = Array.from({ length: 51 }, (_, number) => placedAt(number, "2026-11-29T10:00:00.000Z"));
    const ids = await new Table(same).all();
    expect(new Set(ids).size).to.equal(51);
    expect(ids).to.have.length(51);
  });

  it("has an order of two Regions once, by its effective item", async () => {
    const createdAt = "2026-11-29T10:00:00.000Z";
    const table = new Table([
      placedAt(1, createdAt, { status: "SUPERSEDED" }),
      placedAt(1, createdAt, { region: "us-west-2", epoch: 2, status: "DELIVERED" }),
    ]);
    const { orders } = await table.list();
    expect(orders.map(({ orderId, status }) => [orderId, status])).to.deep.equal([[orderId(1), "DELIVERED"]]);
  });

  it("filters by state", async () => {
    const statuses: OrderStatus[] = ["PAID", "SHIPPED", "DELIVERED", "CANCELLED"];
    const table = new Table(
      statuses.map((status, number) => placedAt(number, `2026-11-1${number}T00:00:00.000Z`, { status })),
      { [orderId(2)]: "REQUESTED" },
    );
    expect(await table.all({ state: "open" })).to.deep.equal([orderId(1), orderId(0)]);
    expect(await table.all({ state: "delivered" })).to.deep.equal([orderId(2)]);
    expect(await table.all({ state: "cancelled" })).to.deep.equal([orderId(3)]);
    expect(await table.all({ state: "refunded" })).to.deep.equal([orderId(2)]);
  });

  it("has an order whose refunds were all refused without refunds", async () => {
    const createdAt = "2026-11-29T10:00:00.000Z";
    const orders = [1, 2, 3].map((number) => placedAt(number, createdAt, { status: "DELIVERED" }));
    const table = new Table(orders, { [orderId(1)]: "REFUSED", [orderId(2)]: "REFUNDED" });
    expect(await table.all({ state: "refunded" })).to.deep.equal([orderId(2)]);
    const listed = (await table.list()).orders.map(({ orderId, hasRefunds }) => [orderId, hasRefunds]);
    expect(listed).to.deep.equal([
      [orderId(3), false],
      [orderId(2), true],
      [orderId(1), false],
    ]);
  });

  it("has the orders of a day, with its first and last moment, over a month's end", async () => {
    const [from, until] = ["2026-10-31T23:00:00.000Z", "2026-11-01T22:59:59.999Z"];
    const times = ["2026-10-31T22:59:59.999Z", from, "2026-11-01T12:00:00.000Z", until, "2026-11-01T23:00:00.000Z"];
    const table = new Table(times.map((createdAt, number) => placedAt(number, createdAt)));
    expect(await table.all({ from, until })).to.deep.equal([orderId(3), orderId(2), orderId(1)]);
    expect(await table.all({ from: until, until: from })).to.deep.equal([]);
    expect(await table.all({ from: "2026-11-01T23:00:00.000Z", until: "9999-12-31T23:59:59.999Z" })).to.deep.equal([
      orderId(4),
    ]);
  });

  it("pages through the orders of a day", async () => {
    const table = new Table(hourly(1_000));
    const [from, until] = ["2026-11-03T00:00:00.000Z", "2026-11-06T23:59:59.999Z"];
    const ids = await table.all({ from, until });
    expect(ids).to.have.length(96);
    expect(new Set(ids).size).to.equal(96);
  });

  it("finds a customer's orders by their email address, however it is written", async () => {
    const ada = { contact: { email: "Ada@Example.com" } };
    const table = new Table(hourly(900, (number) => (number % 300 === 7 ? ada : {})));
    expect(await table.all({ email: "ada@example.com" })).to.deep.equal([7, 307, 607].map(orderId));
    expect(await table.all({ email: "eva@example.com" })).to.deep.equal([]);
    const { orders } = await table.list({ email: "ada@example.com" });
    expect(JSON.stringify(orders)).not.to.contain("Example.com");
  });

  it("reads at most 450 orders for a page, also if no order passes the filter", async () => {
    const table = new Table(hourly(2_000, (number) => ({ status: number === 1_900 ? "CANCELLED" : "DELIVERED" })));
    const { orders, next } = await table.list({ state: "cancelled" });
    expect(orders).to.deep.equal([]);
    expect(next).to.be.a("string");
    expect(table.reads).to.be.at.most(450 * 4);
    expect(await table.all({ state: "cancelled" })).to.deep.equal([orderId(1_900)]);
  });

  it("refuses an unknown state, an invalid page, and callers who are not merchandisers", async () => {
    const table = new Table([]);
    expect((await table.list({ state: "lost" })).status).to.equal(422);
    expect((await table.list({ from: "yesterday" })).status).to.equal(422);
    expect(await table.list({ before: "abc" })).to.include({ status: 422, title: "Unknown page" });
    expect(await table.list({}, "customers")).to.include({ status: 403, title: "Not a merchandiser" });
  });
});
