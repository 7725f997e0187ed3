import { expect } from "chai";
import type { HttpRequest } from "../../../../components/orderService/handlers/http";
import { createListOpenOrders } from "../../../../components/orderService/handlers/openOrders";
import { type OrderItem, openIn } from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";

const requestOf = (groups: string) =>
  ({ requestContext: { authorizer: { lambda: { customerId: "m-1", groups } } } }) as unknown as HttpRequest;

const orderId = (number: number) => String(number).padStart(26, "0");

function storeOf(items: OrderItem[]) {
  return {
    open: async (key: string) => ({
      orders: items
        .filter((item) => openIn(item.region, item.orderId) === key)
        .map((item) => ({ orderId: item.orderId, region: item.region, sweepAt: item.updatedAt })),
    }),
    items: async (keys: { orderId: string; region: string }[]) =>
      items.filter((item) => keys.some((key) => key.orderId === item.orderId && key.region === item.region)),
  };
}

const list = async (items: OrderItem[], groups = "merchandisers") => {
  const answer = await createListOpenOrders(storeOf(items), ["us-east-1", "us-west-2"])(requestOf(groups));
  return { status: answer.statusCode, ...JSON.parse(answer.body ?? "{}") };
};

describe("createListOpenOrders", () => {
  it("lists the orders in progress of all Regions, newest first, without the customer's data", async () => {
    const at = (day: number) => ({ createdAt: `2026-11-0${day}T00:00:00.000Z` });
    const { orders, more } = await list([
      itemOf({ orderId: orderId(1), status: "PAID", ...at(1) }),
      itemOf({ orderId: orderId(2), status: "SHIPPING", region: "us-west-2", ...at(2) }),
      itemOf({ orderId: orderId(3), status: "DELIVERED", ...at(3) }),
    ]);
    expect(orders.map((order: { orderId: string }) => order.orderId)).to.deep.equal([orderId(2), orderId(1)]);
    expect(more).to.equal(false);
    expect(Object.keys(orders[0])).to.have.members(["orderId", "status", "total", "pieces", "createdAt", "updatedAt"]);
  });

  it("lists fifty at most, and reports that there are more", async () => {
    const many = Array.from({ length: 60 }, (_, number) => itemOf({ orderId: orderId(number), status: "PAID" }));
    const { orders, more } = await list(many);
    expect([orders.length, more]).to.deep.equal([50, true]);
  });

  it("refuses callers who are not merchandisers", async () => {
    expect(await list([], "customers")).to.deep.include({ status: 403, title: "Not a merchandiser" });
  });
});
