import { expect } from "chai";
import type { HttpRequest } from "../../../../../components/orderService/handlers/api/http";
import { createListPlacedOrders } from "../../../../../components/orderService/handlers/api/placedOrders";
import { ORDER_SCHEMA, type OrderItem, type OrderStatus, type PageEnd, placedIn } from "../../../../../domain/order";
import { itemOf } from "../../../../kit/orderArbitraries";

const REGIONS = ["us-east-1", "us-west-2"];
const NOW = "2026-11-30T12:00:00.000Z";

const orderId = (number: number) => String(number).padStart(26, "0");

interface Answer {
  status: number;
  orders: { orderId: string; status: OrderStatus; hasRefunds: boolean }[];
  next?: string;
  title?: string;
}

/** The table of one Region, with its index of all orders. */
class Table {
  reads = 0;

  /** @param refunded ids of orders with an accepted refund. */
  constructor(
    private readonly items: OrderItem[],
    private readonly refunded: string[] = [],
  ) {}

  async list(query: { state?: string; before?: string } = {}, groups = "merchandisers"): Promise<Answer> {
    const store = {
      placed: async (key: string, limit: number, until = "9"): Promise<PageEnd[]> =>
        this.items
          .filter((item) => placedIn(item.createdAt, item.orderId) === key && item.createdAt <= until)
          .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
          .slice(0, limit)
          .map(({ orderId, region, createdAt }) => ({ orderId, region, createdAt })),
      items: async (keys: { orderId: string; region: string }[]) => {
        expect(keys.length).to.be.at.most(100);
        this.reads += keys.length;
        return keys.flatMap(({ orderId, region }) => {
          const count = { kind: "refunds", schema: ORDER_SCHEMA, orderId, region, accepted: 1 };
          if (region === "refunds#us-west-2" && this.refunded.includes(orderId)) return [count as never];
          return this.items.filter((item) => item.orderId === orderId && item.region === region);
        });
      },
    };
    const { statusCode, body } = await createListPlacedOrders(
      store,
      REGIONS,
      () => NOW,
    )({
      rawPath: "/api/orders/placed",
      rawQueryString: new URLSearchParams(query).toString(),
      queryStringParameters: query,
      headers: {},
      isBase64Encoded: false,
      requestContext: { http: { method: "GET" }, authorizer: { lambda: { customerId: "m-1", groups } } },
    } as unknown as HttpRequest);
    return { orders: [], ...JSON.parse(body ?? "{}"), status: statusCode };
  }

  /** All pages, one after the other. */
  async all(query: { state?: string } = {}): Promise<string[]> {
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
    const shown = ["orderId", "status", "total", "pieces", "createdAt", "updatedAt", "hasRefunds"];
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
      [orderId(2)],
    );
    expect(await table.all({ state: "open" })).to.deep.equal([orderId(1), orderId(0)]);
    expect(await table.all({ state: "delivered" })).to.deep.equal([orderId(2)]);
    expect(await table.all({ state: "cancelled" })).to.deep.equal([orderId(3)]);
    expect(await table.all({ state: "refunded" })).to.deep.equal([orderId(2)]);
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
    expect(await table.list({ before: "abc" })).to.include({ status: 422, title: "Unknown page" });
    expect(await table.list({}, "customers")).to.include({ status: 403, title: "Not a merchandiser" });
  });
});
