import type { LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import sinon from "sinon";
import type { HttpRequest } from "../../../../../components/orderService/handlers/api/http";
import { receiveWebhook } from "../../../../../components/orderService/handlers/api/webhooks";
import type { ReceivedWebhook } from "../../../../../domain/order";
import { answeringClient } from "../../../../kit/orderFakes";

describe("receiveWebhook", () => {
  async function received(webhook: ReceivedWebhook, invoke: () => unknown = () => ({})) {
    const { client, sent } = answeringClient<LambdaClient>(invoke);
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const handle = receiveWebhook(async () => webhook, "worker", { client, log });
    const { statusCode } = await handle({ routeKey: "POST /api/orders/webhooks/payment" } as HttpRequest);
    return { statusCode, sent: sent.map(({ input }) => ({ ...input, Payload: JSON.parse(String(input["Payload"])) })) };
  }
  const changed: ReceivedWebhook = { kind: "changed", orderId: "id", webhookId: "hook" };

  it("calls the worker asynchronously, and does nothing else", async () => {
    const Payload = { orderId: "id", webhookId: "hook" };
    expect(await received(changed)).to.deep.equal({
      statusCode: 204,
      sent: [{ FunctionName: "worker", InvocationType: "Event", Payload }],
    });
  });

  it("fails when the worker could not be called, so that the provider repeats the webhook", async () => {
    const throttled = () => {
      throw new Error("throttled");
    };
    const failed = await received(changed, throttled).catch((error: Error) => error.message);
    expect(failed).to.equal("throttled");
  });

  it("accepts a webhook about no order, and refuses what the adapter refuses", async () => {
    expect(await received({ kind: "ignored" })).to.deep.equal({ statusCode: 204, sent: [] });
    const refused: ReceivedWebhook = { kind: "refused", response: { statusCode: 401 } };
    expect(await received(refused)).to.deep.equal({ statusCode: 401, sent: [] });
  });
});
