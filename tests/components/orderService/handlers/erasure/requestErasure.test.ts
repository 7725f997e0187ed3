import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import type { HttpRequest } from "../../../../../components/orderService/handlers/api/http";
import { requestErasure } from "../../../../../components/orderService/handlers/erasure/requestErasure";
import type { OrderItem, OrderStatus } from "../../../../../domain/order";
import { itemOf } from "../../../../kit/orderArbitraries";

const START = Date.parse("2026-01-01T12:00:00.000Z");
const MINUTE = 60_000;

/** One Region's API, with the requests that it recorded and the calls of its eraser. */
class Api {
  readonly recorded = new Map<string, Record<string, string>>();
  readonly warnings: string[] = [];
  calls = 0;
  isEraserDown = false;
  now = START;

  constructor(private readonly orders: OrderItem[] = []) {}

  async delete(
    customerId: string,
    times: { signedInAt?: number } = { signedInAt: this.now / 1_000 - 60 },
  ): Promise<Record<string, unknown>> {
    const { statusCode, body = "" } = await requestErasure({
      orders: {
        ofCustomer: async (id) => ({
          keys: this.orders
            .filter((order) => order.customerId === id)
            .map(({ orderId, region }) => ({ orderId, region })),
        }),
        items: async (keys) =>
          this.orders.filter((order) =>
            keys.some((key) => key.orderId === order.orderId && key.region === order.region),
          ),
      },
      table: {
        name: "orders",
        region: "us-east-1",
        client: { send: async (command: unknown) => this.record(command) },
      },
      eraser: {
        name: "eraser",
        client: {
          send: async () => {
            this.calls++;
            if (this.isEraserDown) throw new Error("Lambda does not answer.");
            return {};
          },
        },
      } as never,
      log: {
        info: () => undefined,
        warn: (...logged: unknown[]) => void this.warnings.push(String(logged[0])),
        error: expect.fail,
      },
      now: () => new Date(this.now),
    })({
      requestContext: { authorizer: { lambda: { customerId, groups: "customers", ...times } } },
    } as unknown as HttpRequest);
    return { ...JSON.parse(body), status: statusCode };
  }

  private record(command: unknown): object {
    const { Key, ExpressionAttributeValues: values = {}, ConditionExpression } = (command as UpdateCommand).input;
    expect(ConditionExpression).to.equal("attribute_not_exists(#againAt) OR #againAt <= :now");
    const key = String(Key?.["region"]);
    const known = this.recorded.get(key);
    if (known?.["againAt"] !== undefined && known["againAt"] > values[":now"])
      throw new ConditionalCheckFailedException({ message: "", $metadata: {} });
    this.recorded.set(key, { requestedAt: values[":now"], againAt: values[":againAt"] });
    return {};
  }
}

const orderOf = (customerId: string, status: OrderStatus, orderId = "ORDER1", changes: Partial<OrderItem> = {}) =>
  itemOf({ customerId, status, orderId, ...changes });

describe("requestErasure", () => {
  it("records the caller's request and calls the eraser, whatever other customers have ordered", async () => {
    const api = new Api([orderOf("ada", "DELIVERED"), orderOf("bob", "PAID", "ORDER2")]);
    expect(await api.delete("ada")).to.deep.equal({ status: 202, erasure: "requested" });
    expect([...api.recorded.keys()]).to.deep.equal(["ada#us-east-1"]);
    expect(api.calls).to.equal(1);
  });

  it("names an unfinished order, and records nothing", async () => {
    const api = new Api([orderOf("ada", "DELIVERED"), orderOf("ada", "SHIPPED", "ORDER2")]);
    const refused = await api.delete("ada");
    expect(refused).to.include({ status: 409, type: "/problems/unfinished-order", orderId: "ORDER2" });
    expect(refused["detail"]).to.match(
      /^Order ORDER2 is SHIPPED: .*Cancel it, or delete the account after its delivery/,
    );
    expect([api.recorded.size, api.calls]).to.deep.equal([0, 0]);
  });

  it("judges an order of two Regions by its effective item", async () => {
    const taken = orderOf("ada", "CANCELLED", "ORDER1", { region: "us-west-2", epoch: 2 });
    const api = new Api([orderOf("ada", "PLACED", "ORDER1", { region: "us-east-1", epoch: 1 }), taken]);
    expect((await api.delete("ada")).status).to.equal(202);
  });

  it("refuses a sign-in of more than 15 minutes ago, and one without a time", async () => {
    const api = new Api();
    const seconds = START / 1_000;
    const late = await api.delete("ada", { signedInAt: seconds - 15 * 60 - 1 });
    expect(late).to.include({ status: 403, type: "/problems/sign-in-too-old" });
    const unknown = await api.delete("ada", {});
    expect(unknown).to.include({ status: 403, type: "/problems/sign-in-time-unknown" });
    expect([api.recorded.size, api.calls]).to.deep.equal([0, 0]);
    expect((await api.delete("ada", { signedInAt: seconds - 15 * 60 })).status).to.equal(202);
    expect((await api.delete("ada", { signedInAt: String(seconds) as never })).status).to.equal(202);
  });

  it("answers a repeated request alike, without another call of the eraser until the second erasure is due", async () => {
    const api = new Api();
    await api.delete("ada");
    const first = api.recorded.get("ada#us-east-1");
    api.now += 119 * MINUTE;
    expect(await api.delete("ada")).to.deep.equal({ status: 202, erasure: "requested" });
    expect(api.recorded.get("ada#us-east-1")).to.equal(first);
    expect(api.calls).to.equal(1);
    api.now += 2 * MINUTE;
    expect((await api.delete("ada")).status).to.equal(202);
    expect(api.calls).to.equal(2);
  });

  it("accepts the request if the eraser cannot be called, because its schedule erases", async () => {
    const api = new Api();
    api.isEraserDown = true;
    expect((await api.delete("ada")).status).to.equal(202);
    expect(api.recorded.size).to.equal(1);
    expect(api.warnings).to.have.length(1);
  });
});
