import { expect } from "chai";
import type { HttpRequest } from "../../../../../components/orderService/handlers/api/http";
import {
  createListRefunds,
  createRequestRefund,
  type MakeRefundDeps,
  makeRefund,
} from "../../../../../components/orderService/handlers/api/refunds";
import { sweepOrders } from "../../../../../components/orderService/handlers/executions/sweepOrders";
import { Settled, takeOverOrders } from "../../../../../components/orderService/handlers/executions/takeOverOrders";
import { TransientError } from "../../../../../components/runtime/transientError";
import {
  MAX_RESTARTS,
  openIn,
  PARKED_SWEEP_AT,
  type PaymentProvider,
  type RefundItem,
} from "../../../../../domain/order";
import { itemOf, refundItemOf } from "../../../../kit/orderArbitraries";
import { MemoryStore, workflowsAnswering } from "../../../../kit/orderFakes";

const order = itemOf({ status: "SHIPPED" });
const { orderId } = order;

function requestOf(body: object | undefined, { key = "key-1", groups = "merchandisers" } = {}): HttpRequest {
  return {
    routeKey: "POST /api/orders/{orderId}/refunds",
    rawPath: `/api/orders/${orderId}/refunds`,
    rawQueryString: "",
    pathParameters: { orderId },
    headers: { "content-type": "application/json", "idempotency-key": key },
    isBase64Encoded: false,
    ...(body && { body: JSON.stringify(body) }),
    requestContext: {
      requestId: "request",
      http: { method: "POST" },
      authorizer: { lambda: { customerId: "merchandiser-1", groups } },
    },
  } as never;
}

const bodyOf = ({ body }: { body?: string }) => JSON.parse(body ?? "{}");

describe("createRequestRefund (rule 16)", () => {
  it("stores an amount in an item of this Region, and answers a retry alike", async () => {
    const store = new MemoryStore([order]);
    const refund = createRequestRefund(store);
    const first = await refund(requestOf({ amount: 500, reason: "A scratch." }));
    expect(first.statusCode).to.equal(202);
    expect(bodyOf(first)).to.include({ status: "REQUESTED", reason: "A scratch." });
    expect(bodyOf(first).amount).to.deep.equal({ amount: 500, currency: "EUR" });
    expect(await refund(requestOf({ reason: "A scratch.", amount: 500 }))).to.deep.equal(first);
    expect(store.refunds).to.have.length(1);
    const { region, openIn: key, requestedBy } = store.refunds[0]!;
    expect(region).to.equal(`refund#us-east-1#${bodyOf(first).refundId}`);
    expect(key).to.equal(openIn("us-east-1", orderId));
    expect(requestedBy).to.equal("merchandiser-1");
  });

  it("computes the amount of lines from the prices of the order", async () => {
    const refund = createRequestRefund(new MemoryStore([order]));
    const lines = [{ productId: "kettle", quantity: 1 }];
    const answer = await refund(requestOf({ lines, reason: "Broken." }));
    expect(bodyOf(answer).amount).to.deep.equal({ amount: 3_490, currency: "EUR" });
    expect(bodyOf(answer).lines).to.deep.equal(lines);
    const again = await refund(requestOf({ lines: [{ productId: "kettle", quantity: 2 }], reason: "x" }, { key: "2" }));
    expect([again.statusCode, bodyOf(again).lines]).to.deep.equal([409, [{ productId: "kettle", quantity: 1 }]]);
  });

  it("refunds shipping alone or beside lines, with the tax", async () => {
    const EUR = (amount: number) => ({ amount, currency: "EUR" });
    const charged = itemOf({
      status: "SHIPPED",
      total: EUR(8_217),
      shippingMethod: { id: "standard", name: "Standard", price: EUR(490) },
      taxes: [
        {
          ...{ name: "Tax", percent: 10, included: false, productIds: ["kettle"], shipping: true },
          ...{ base: EUR(7_470), amount: EUR(747) },
        },
      ],
    });
    const store = new MemoryStore([charged]);
    const refund = createRequestRefund(store);
    const shipping = bodyOf(await refund(requestOf({ shipping: true, reason: "Late." })));
    expect(shipping).to.deep.include({ amount: EUR(539), tax: EUR(49), shipping: true });
    expect(store.refunds[0]).to.deep.include({ amount: EUR(539), tax: EUR(49), shipping: true });
    const again = await refund(requestOf({ shipping: true, reason: "Late." }, { key: "2" }));
    expect(again.statusCode).to.equal(409);
    expect(bodyOf(again).detail).to.contain("is refunded already");
    const lines = [{ productId: "kettle", quantity: 2 }];
    const rest = bodyOf(await refund(requestOf({ lines, reason: "Broken." }, { key: "3" })));
    expect(rest.amount).to.deep.equal(EUR(8_217 - 539));
    const plain = await createRequestRefund(new MemoryStore([order]))(requestOf({ shipping: true, reason: "Late." }));
    expect([plain.statusCode, bodyOf(plain).title]).to.deep.equal([422, "No shipping in the order"]);
  });

  it("accepts a retry in the peer Region as the same refund", async () => {
    const [east, west] = [new MemoryStore([order]), new MemoryStore([order], "us-west-2")];
    const request = requestOf({ amount: 500, reason: "A scratch." });
    const answers = [await createRequestRefund(east)(request), await createRequestRefund(west)(request)];
    expect(new Set(answers.map((answer) => bodyOf(answer).refundId)).size).to.equal(1);
    expect(west.refunds[0]!.owner).to.equal("us-west-2");
  });

  it("answers the request that was stored in the same moment", async () => {
    const store = new MemoryStore([order]);
    const other = new MemoryStore([order]);
    await createRequestRefund(other)(requestOf({ amount: 500, reason: "x" }));
    store.meanwhile = () => {
      store.refunds = [...other.refunds];
    };
    expect((await createRequestRefund(store)(requestOf({ amount: 500, reason: "x" }))).statusCode).to.equal(202);
  });

  it("decides again when another refund is stored in the same moment: a piece is refunded once", async () => {
    const store = new MemoryStore([order]);
    const refund = createRequestRefund(store);
    const lines = [{ productId: "kettle", quantity: 2 }];
    store.meanwhile = () => {
      store.meanwhile = undefined;
      // Both have read that no piece is refunded yet; the other request is the first to write.
      store.acceptedRefunds = 1;
      store.refunds = [refundItemOf({ refundId: "OTHER", lines, amount: order.total })];
    };
    const answer = await refund(requestOf({ lines, reason: "Broken." }));
    expect([answer.statusCode, bodyOf(answer).type]).to.deep.equal([409, "/problems/refund-exceeds"]);
    expect(store.refunds).to.have.length(1);
  });

  it("stores both of two refunds of the same moment if enough is left", async () => {
    const store = new MemoryStore([order]);
    store.meanwhile = () => {
      store.meanwhile = undefined;
      store.acceptedRefunds = 1;
      store.refunds = [refundItemOf({ refundId: "OTHER", amount: { amount: 100, currency: "EUR" } })];
    };
    expect((await createRequestRefund(store)(requestOf({ amount: 500, reason: "x" }))).statusCode).to.equal(202);
    expect([store.refunds.length, store.acceptedRefunds]).to.deep.equal([2, 2]);
  });

  const refused: [what: string, status: number, request: HttpRequest, store?: MemoryStore][] = [
    ["a customer", 403, requestOf({ amount: 1, reason: "x" }, { groups: "customers" })],
    ["an unknown order", 404, requestOf({ amount: 1, reason: "x" }), new MemoryStore([])],
    [
      "an order that is not captured",
      409,
      requestOf({ amount: 1, reason: "x" }),
      new MemoryStore([itemOf({ status: "PAID" })]),
    ],
    [
      "a cancelled order",
      409,
      requestOf({ amount: 1, reason: "x" }),
      new MemoryStore([itemOf({ status: "CANCELLED" })]),
    ],
    ["more than the total", 409, requestOf({ amount: 6_981, reason: "x" })],
    ["an amount of 0", 422, requestOf({ amount: 0, reason: "x" })],
    ["no reason", 422, requestOf({ amount: 1 })],
    [
      "both lines and amount",
      422,
      requestOf({ amount: 1, lines: [{ productId: "kettle", quantity: 1 }], reason: "x" }),
    ],
    ["an unknown product", 422, requestOf({ lines: [{ productId: "pan", quantity: 1 }], reason: "x" })],
    ["a card number as the reason", 422, requestOf({ amount: 1, reason: "4242 4242 4242 4242" })],
  ];
  for (const [what, status, request, store = new MemoryStore([order])] of refused) {
    it(`refuses ${what}`, async () => {
      const answer = await createRequestRefund(store)(request);
      expect(answer.statusCode).to.equal(status);
      expect(bodyOf(answer).detail).to.be.a("string");
      expect(store.refunds).to.deep.equal([]);
    });
  }

  it("refuses what exceeds the rest, counting refunds that are not made yet but not refused ones", async () => {
    const store = new MemoryStore([order]);
    store.refunds = [
      refundItemOf({ refundId: "A", amount: { amount: 6_000, currency: "EUR" } }),
      refundItemOf({ refundId: "B", amount: { amount: 6_000, currency: "EUR" }, status: "REFUSED" }),
    ];
    const refund = createRequestRefund(store);
    const answer = await refund(requestOf({ amount: 981, reason: "x" }));
    expect([answer.statusCode, bodyOf(answer).left.amount]).to.deep.equal([409, 980]);
    expect((await refund(requestOf({ amount: 980, reason: "x" }))).statusCode).to.equal(202);
  });

  it("refuses a key that was used for another refund", async () => {
    const refund = createRequestRefund(new MemoryStore([order]));
    await refund(requestOf({ amount: 1, reason: "x" }));
    expect((await refund(requestOf({ amount: 2, reason: "x" }))).statusCode).to.equal(422);
  });
});

describe("createListRefunds", () => {
  it("lists effective refunds with their sum, for merchandisers only", async () => {
    const store = new MemoryStore([order]);
    store.refunds = [refundItemOf({ status: "REFUNDED" }), refundItemOf({ owner: "us-west-2" })];
    const list = createListRefunds(store);
    const answer = bodyOf(await list(requestOf(undefined)));
    expect(answer.refunds.map(({ status }: RefundItem) => status)).to.deep.equal(["REFUNDED"]);
    expect(answer.refunded.amount).to.equal(500);
    expect((await list(requestOf(undefined, { groups: "customers" }))).statusCode).to.equal(403);
  });
});

describe("makeRefund (rule 16)", () => {
  function making(refundPart: PaymentProvider["refundPart"], refunds: RefundItem[] = [refundItemOf()]) {
    const store = new MemoryStore([order]);
    store.refunds = refunds;
    let failures = 0;
    const deps: MakeRefundDeps = {
      store,
      payments: { refundPart } as PaymentProvider,
      pause: async () => {},
      onFailure: () => {
        failures += 1;
      },
    };
    const { refundId } = refundItemOf();
    const run = (attempt = 1) => makeRefund({ orderId, refundId, attempt }, deps);
    return { store, run, failures: () => failures };
  }

  it("records that the refund was made, and takes it out of the index of open orders", async () => {
    const asked: unknown[] = [];
    const { store, run } = making(async (of, part) => {
      asked.push([of.orderId, part]);
      return { status: "refunded" };
    });
    await run();
    await run();
    expect(asked).to.deep.equal([[orderId, { refundId: refundItemOf().refundId, amount: 500 }]]);
    expect(store.refunds[0]).to.include({ status: "REFUNDED", version: 2 });
    expect(store.refunds[0]).not.to.have.any.keys("openIn", "sweepAt");
  });

  it("records a refusal", async () => {
    const { store, run } = making(async () => ({ status: "refused" }));
    await run();
    expect(store.refunds[0]!.status).to.equal("REFUSED");
  });

  it("asks twice, then fails and counts, so that Lambda and the sweeper repeat it", async () => {
    let calls = 0;
    const { store, run, failures } = making(async () => {
      calls += 1;
      throw new TransientError("silence");
    });
    const error = await run().catch((thrown: Error) => thrown);
    expect(error).to.be.instanceOf(TransientError);
    expect([calls, failures()]).to.deep.equal([2, 1]);
    expect(store.refunds[0]!.status).to.equal("REQUESTED");
  });

  it("does nothing for an earlier attempt, or for a refund of the peer Region", async () => {
    const never = async () => {
      throw new Error("asked");
    };
    await making(never, [refundItemOf({ attempt: 2 })]).run(1);
    await making(never, [refundItemOf({ owner: "us-west-2" })]).run(1);
  });

  it("leaves an item alone that the sweeper has restarted during the call", async () => {
    const { store, run } = making(async () => {
      store.refunds = [refundItemOf({ attempt: 2, version: 2 })];
      return { status: "refunded" };
    });
    await run();
    expect(store.refunds[0]).to.include({ status: "REQUESTED", attempt: 2 });
  });
});

class OpenRefunds extends MemoryStore {
  override async open(key: string) {
    const due = this.refunds.filter((refund) => refund.openIn === key);
    return { orders: due.map(({ region, sweepAt = "" }) => ({ orderId, region, sweepAt })) };
  }
}

describe("sweepOrders with refunds (rule 16)", () => {
  async function swept(refund: RefundItem, release = false) {
    const store = new OpenRefunds([order]);
    store.refunds = [refund];
    const { client } = workflowsAnswering();
    const sweeping = { store, workflows: client, executionArnPrefix: "arn", release, timeLeftMs: () => 60_000 };
    const result = await sweepOrders({ ...sweeping, onTrouble: (_id, error) => expect.fail(String(error)) });
    return { result, refund: store.refunds[0]! };
  }

  it("starts the next attempt of a refund that is still due", async () => {
    const { result, refund } = await swept(refundItemOf());
    expect(result.restart).to.equal(1);
    expect(refund).to.include({ attempt: 2, version: 2, status: "REQUESTED" });
  });

  it("parks a refund after too many attempts, and restarts it when an operator releases it", async () => {
    const parked = await swept(refundItemOf({ attempt: MAX_RESTARTS + 1 }));
    expect([parked.result.park, parked.refund.sweepAt]).to.deep.equal([1, PARKED_SWEEP_AT]);
    expect((await swept(parked.refund)).result.nothing).to.equal(1);
    const released = await swept(parked.refund, true);
    expect(released.refund.attempt).to.equal(MAX_RESTARTS + 2);
    expect(released.refund.sweepAt).not.to.equal(PARKED_SWEEP_AT);
  });
});

describe("takeOverOrders with refunds (rule 16)", () => {
  async function takenOver(refunds: RefundItem[]) {
    const store = new OpenRefunds([order], "us-west-2");
    store.refunds = refunds;
    const done = await takeOverOrders({
      ...{ store, from: "us-east-1", concurrency: 2, timeLeftMs: () => 60_000, settled: new Settled() },
      onTrouble: (_id, error) => expect.fail(String(error)),
    });
    return { done, own: store.refunds.find(({ owner }) => owner === "us-west-2") };
  }

  it("makes an own item of a refund that the lost Region may not have made", async () => {
    const lost = refundItemOf({ attempt: 3, version: 5 });
    const { done, own } = await takenOver([lost]);
    expect(done.taken).to.equal(1);
    expect(own).to.include({ refundId: lost.refundId, attempt: 1, version: 1, status: "REQUESTED" });
    expect(own!.region).to.equal(`refund#us-west-2#${lost.refundId}`);
    expect(own!.openIn).to.equal(openIn("us-west-2", orderId));
  });

  it("leaves a refund that this Region has already", async () => {
    const own = refundItemOf({ owner: "us-west-2", status: "REFUNDED", region: "refund#us-west-2#R" });
    expect((await takenOver([refundItemOf(), own])).done).to.include({ taken: 0, settled: 1 });
  });
});
