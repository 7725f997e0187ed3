import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { type Action, transact } from "../../../../components/orderService/handlers/transaction";
import { TransientError } from "../../../../components/runtime/transientError";

const ACTIONS: Action[] = [{ Put: { TableName: "orders", Item: {} } }, { Put: { TableName: "stock", Item: {} } }];

type Reasons = ConstructorParameters<typeof TransactionCanceledException>[0]["CancellationReasons"];
const cancelled = (CancellationReasons: Reasons) =>
  new TransactionCanceledException({ $metadata: {}, message: "cancelled", CancellationReasons });

/** Answers each attempt with the next error, and then with success. */
function clientOf(...errors: Error[]) {
  const client = {
    sent: 0,
    send: async () => {
      const error = errors[client.sent++];
      if (error) throw error;
    },
  };
  return client;
}
const run = (client: { send(): Promise<void> }, attempts?: number) =>
  transact(client as unknown as DynamoDBDocumentClient, ACTIONS, attempts);

describe("transact", () => {
  const met = cancelled([{ Code: "None" }, { Code: "TransactionConflict" }]);

  it("reports by index which conditions did not hold, with the item in the way", async () => {
    const client = clientOf(
      cancelled([
        { Code: "ConditionalCheckFailed", Item: { version: { N: "3" } } },
        { Code: "ConditionalCheckFailed" },
      ]),
    );
    expect([...(await run(client))!]).to.deep.equal([
      [0, { version: 3 }],
      [1, undefined],
    ]);
    expect(client.sent).to.equal(1);
  });

  it("retries a transaction that meets another one", async () => {
    const client = clientOf(met);
    expect(await run(client)).to.equal(undefined);
    expect(client.sent).to.equal(2);
  });

  it("gives up after its attempts with an error that passes", async () => {
    const client = clientOf(met, met, met);
    const error = await run(client, 2).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TransientError);
    expect(client.sent).to.equal(2);
  });

  it("retries neither a wrong transaction nor another error", async () => {
    for (const error of [cancelled([{ Code: "ValidationError" }, { Code: "None" }]), new Error("No network.")]) {
      const client = clientOf(error);
      expect(await run(client).catch((thrown: unknown) => thrown)).to.equal(error);
      expect(client.sent).to.equal(1);
    }
  });
});
