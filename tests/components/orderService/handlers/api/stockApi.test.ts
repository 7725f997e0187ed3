import { expect } from "chai";
import type { HttpRequest } from "../../../../../components/orderService/handlers/api/http";
import { getShares, putDelivery } from "../../../../../components/orderService/handlers/api/stockApi";
import { balanceOf } from "../../../../../domain/stock";
import { request } from "../../../../kit/searchFakes";
import { EAST, StockStand, WEST } from "../../../../kit/stockStand";

/** Both operations in one Region of a stand, called as a member of `groups`. */
function apiIn(stand: StockStand, region: string, groups = "merchandisers") {
  const deps = { stock: stand.stock(region), orders: stand.store(region), catalogue: stand.catalogue(region) };
  const event = (pathParameters: Record<string, string>, body?: unknown) => {
    const plain = request("/api/orders/stock", {
      method: body === undefined ? "GET" : "PUT",
      pathParameters,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const authorizer = { lambda: { customerId: "m1", groups } };
    return { ...plain, requestContext: { ...plain.requestContext, authorizer } } as HttpRequest;
  };
  const answer = ({ statusCode, body, headers }: Awaited<ReturnType<ReturnType<typeof getShares>>>) => ({
    status: statusCode,
    retryAfter: headers?.["retry-after"],
    body: JSON.parse(body ?? "{}"),
  });
  return {
    get: async (productId = "kettle") => answer(await getShares(deps)(event({ productId }))),
    put: async (deliveryId: string, units: unknown, productId = "kettle") =>
      answer(await putDelivery(deps)(event({ productId, deliveryId }, { units }))),
  };
}

describe("putDelivery", () => {
  it("adds the units of a delivery once, and reports the product's shares", async () => {
    const stand = new StockStand();
    const { put, get } = apiIn(stand, EAST);
    const first = await put("D-1", 40);
    expect(first.status).to.equal(201);
    expect(first.body).to.deep.equal({
      productId: "kettle",
      counted: true,
      seenFrom: EAST,
      left: 40,
      promised: 0,
      delivered: 40,
      shares: [{ region: EAST, available: 40, promised: 0, delivered: 40 }],
    });
    expect(await put("D-1", 40)).to.deep.include({ status: 200, body: first.body });
    expect((await get()).body).to.deep.equal({ ...first.body, held: 0 });
  });

  it("refuses the id with another number of units", async () => {
    const { put } = apiIn(new StockStand(), EAST);
    await put("D-1", 40);
    expect(await put("D-1", 41)).to.deep.nested.include({ status: 409, "body.type": "/problems/delivery-used" });
  });

  it("takes units away, and refuses to take more than are left", async () => {
    const { put } = apiIn(new StockStand(), EAST);
    await put("D-1", 5);
    expect((await put("C-1", -2)).body).to.include({ left: 3, delivered: 3 });
    expect(await put("C-2", -4)).to.deep.nested.include({
      status: 409,
      "body.type": "/problems/too-few-units",
      "body.left": 3,
    });
  });

  it("lets units be sent here that are to be taken away and are in the peer's share", async () => {
    const stand = new StockStand();
    stand.share(WEST, 6);
    const { put } = apiIn(stand, EAST);
    expect(await put("C-1", -2)).to.deep.include({ status: 503, retryAfter: "3" });
    await stand.settle();
    expect((await put("C-1", -2)).status).to.equal(201);
  });

  it("refuses unknown and deleted products, and accepts those that are not counted yet", async () => {
    const stand = new StockStand();
    const { put } = apiIn(stand, EAST);
    stand.product("mug", {});
    stand.product("gone", { counted: true, deletedAt: "2026-01-01T00:00:00.000Z" });
    expect((await put("D-1", 1, "none")).status).to.equal(404);
    expect((await put("D-1", 1, "gone")).status).to.equal(404);
    expect((await put("D-1", 1, "mug")).body).to.include({ counted: false, left: 1 });
  });

  it("refuses callers who are not merchandisers, and invalid units", async () => {
    const stand = new StockStand();
    const customer = apiIn(stand, EAST, "customers");
    expect([(await customer.put("D-1", 1)).status, (await customer.get()).status]).to.deep.equal([403, 403]);
    const { put } = apiIn(stand, EAST);
    for (const units of [0, 1.5, "1", 1_000_001]) expect((await put("D-1", units)).status, String(units)).to.equal(422);
    expect((await put("D#1", 1)).status).to.equal(422);
  });
});

describe("getShares", () => {
  it("shows units that orders hold as promised", async () => {
    const stand = new StockStand();
    stand.share(EAST, 3);
    await stand.place(EAST, "one", 2);
    expect((await apiIn(stand, EAST).get()).body).to.include({ left: 1, promised: 2, delivered: 3 });
    expect((await apiIn(stand, EAST).get("none")).status).to.equal(404);
  });

  it("tells units that open orders hold from delivered ones, in both Regions", async () => {
    const stand = new StockStand();
    stand.share(EAST, 9);
    const { orderId } = await stand.place(EAST, "one", 2);
    await stand.place(EAST, "two", 3);
    expect((await apiIn(stand, EAST).get()).body).to.include({ promised: 5, held: 5 });
    for (const status of ["PAID", "SHIPPING", "SHIPPED"] as const) await stand.become(EAST, status, orderId);
    expect((await apiIn(stand, EAST).get()).body).to.include({ promised: 5, held: 5 });
    await stand.become(EAST, "DELIVERED", orderId);
    await stand.settle();
    for (const region of [EAST, WEST])
      expect((await apiIn(stand, region).get()).body, region).to.include({ promised: 5, held: 3 });
  });
});

describe("held units", () => {
  const held = async (stand: StockStand, region: string) => (await apiIn(stand, region).get()).body.held;

  it("count a returned hold of an order that both Regions accepted no longer", async () => {
    const stand = new StockStand();
    stand.share(EAST, 9);
    stand.share(WEST, 9);
    const { orderId } = await stand.place(EAST, "one", 2);
    await stand.place(WEST, "one", 2);
    await stand.settle();
    for (const status of ["PAID", "SHIPPING"] as const) await stand.become(EAST, status, orderId);
    await stand.settle();
    expect(stand.orders(EAST).map(({ hold }) => hold?.returned)).to.have.members([undefined, true]);
    expect(await held(stand, EAST)).to.equal(2);
  });

  it("leave out an order that the peer has delivered while its first Region is away", async () => {
    const stand = new StockStand();
    stand.share(EAST, 9);
    const { orderId } = await stand.place(EAST, "one", 2);
    await stand.settle();
    await stand.takeOver(WEST, orderId);
    expect(await held(stand, WEST)).to.equal(2);
    for (const status of ["PAID", "SHIPPING", "SHIPPED", "DELIVERED"] as const)
      await stand.become(WEST, status, orderId);
    expect(await held(stand, WEST)).to.equal(0);
  });
});

describe("a delivery that both Regions write", () => {
  it("counts once after it has been replicated", async () => {
    const stand = new StockStand();
    await apiIn(stand, EAST).put("D-1", 5);
    await stand.settle();
    expect((await apiIn(stand, WEST).put("D-1", 5)).status).to.equal(200);
    expect((await apiIn(stand, WEST).put("D-1", 6)).status).to.equal(409);
    await stand.settle();
    expect((await apiIn(stand, WEST).get()).body).to.include({ left: 5, delivered: 5 });
  });

  it("is withdrawn in one of them if neither knew of the other, however often the records are handled", async () => {
    const stand = new StockStand();
    const statuses = await Promise.all([apiIn(stand, WEST).put("D-1", 5), apiIn(stand, EAST).put("D-1", 5)]);
    expect(statuses.map(({ status }) => status)).to.deep.equal([201, 201]);
    await stand.settle({ times: 3 });
    for (const region of [EAST, WEST]) {
      expect((await apiIn(stand, region).get()).body, region).to.include({ left: 5, delivered: 5 });
      const share = stand.shareIn(region)!;
      expect(balanceOf(share, [EAST, WEST])).to.equal(share.available);
    }
    expect((await apiIn(stand, WEST).put("D-1", 5)).status, "a repetition changes nothing").to.equal(200);
    await stand.settle();
    expect((await apiIn(stand, EAST).get()).body).to.include({ left: 5 });
  });

  it("shows below 0 how many units were promised twice meanwhile", async () => {
    const stand = new StockStand();
    await Promise.all([apiIn(stand, WEST).put("D-1", 1), apiIn(stand, EAST).put("D-1", 1)]);
    await Promise.all([stand.place(EAST, "one"), stand.place(WEST, "two")]);
    await stand.settle();
    expect((await apiIn(stand, EAST).get()).body).to.include({ left: -1, promised: 2, delivered: 1 });
  });

  it("is withdrawn by the next repetition if the process died before it could be", async () => {
    const stand = new StockStand();
    await Promise.all([apiIn(stand, WEST).put("D-1", 5), apiIn(stand, EAST).put("D-1", 5)]);
    await stand.settle({ lose: true });
    expect((await apiIn(stand, WEST).get()).body).to.include({ delivered: 10 });
    expect((await apiIn(stand, WEST).put("D-1", 5)).status).to.equal(200);
    await stand.settle();
    expect((await apiIn(stand, EAST).get()).body).to.include({ delivered: 5 });
  });
});
