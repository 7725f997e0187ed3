import type { LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import sinon from "sinon";
import type { HttpRequest } from "../../../../components/orderService/handlers/http";
import { receiveWebhook } from "../../../../components/orderService/handlers/webhooks";
import type { ReceivedWebhook } from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";
import { answeringClient, MemoryStore } from "../../../kit/orderFakes";

describe("receiveWebhook", () => {
  async function received(store: MemoryStore, webhook: ReceivedWebhook, invoke: () => unknown = () => ({})) {
    const { client, sent } = answeringClient<LambdaClient>(invoke);
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const handle = receiveWebhook(async () => webhook, "worker", { store, client, log });
    const { statusCode } = await handle({ routeKey: "POST /api/orders/webhooks/payment" } as HttpRequest);
    return { statusCode, sent: sent.map(({ input }) => ({ ...input, Payload: JSON.parse(String(input["Payload"])) })) };
  }
  const changed = (webhookId: string): ReceivedWebhook => ({ kind: "changed", orderId: "id", webhookId });
  const waiting = async () => {
    const store = new MemoryStore([itemOf()]);
    await store.startWait("id", 3, "token", "now");
    return store;
  };

  it("calls the worker asynchronously with the waiting task, and writes nothing itself", async () => {
    const store = await waiting();
    const before = structuredClone(store.wait);
    const { statusCode, sent } = await received(store, changed("hook"));
    expect(statusCode).to.equal(204);
    const Payload = { orderId: "id", epoch: 3, openTask: "token", webhookId: "hook" };
    expect(sent).to.deep.equal([{ FunctionName: "worker", InvocationType: "Event", Payload }]);
    expect(store.wait).to.deep.equal(before);
  });

  it("answers a webhook that the worker has recorded after one read", async () => {
    const store = await waiting();
    await store.rememberWebhook("id", "token", "hook");
    expect(await received(store, changed("hook"))).to.deep.equal({ statusCode: 204, sent: [] });
    expect((await received(store, changed("another"))).sent).to.have.length(1);
  });

  it("does nothing while no execution waits in this Region", async () => {
    expect(await received(new MemoryStore([itemOf()]), changed("hook"))).to.deep.equal({ statusCode: 204, sent: [] });
  });

  it("fails when the worker could not be called, so that the provider repeats the webhook", async () => {
    const throttled = () => {
      throw new Error("throttled");
    };
    const failed = await received(await waiting(), changed("hook"), throttled).catch((error: Error) => error.message);
    expect(failed).to.equal("throttled");
  });

  it("accepts a webhook about no order, and refuses what the adapter refuses", async () => {
    expect(await received(await waiting(), { kind: "ignored" })).to.deep.equal({ statusCode: 204, sent: [] });
    const refused: ReceivedWebhook = { kind: "refused", response: { statusCode: 401 } };
    expect(await received(await waiting(), refused)).to.deep.equal({ statusCode: 401, sent: [] });
  });
});
