import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { StateStore } from "../../../../components/regionalFailover/handlers/stateStore";
import { drainEntry, HEARTBEAT, type HeartbeatItem } from "../../../../domain/region";

const heartbeat: HeartbeatItem = {
  subject: "us-east-1",
  entry: HEARTBEAT,
  schema: 1,
  at: "2026-01-01T00:00:10.000Z",
  urls: { health: "h", orders: "o", catalogue: "c", config: "f" },
};
const drain = {
  subject: "us-east-1",
  entry: drainEntry("us-west-2"),
  schema: 1,
  drained: true,
  at: heartbeat.at,
  by: "op",
};

/** A store whose table gives this answer, or fails. */
function storeWith(answer: object | Error) {
  const inputs: Record<string, unknown>[] = [];
  const client = {
    async send({ input }: { input: Record<string, unknown> }) {
      inputs.push(input);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as DynamoDBDocumentClient;
  return { store: new StateStore(client, "regions"), inputs };
}

const outdated = new ConditionalCheckFailedException({ message: "newer", $metadata: {} });

describe("StateStore", () => {
  it("reads a Region's records consistently, grouped by kind", async () => {
    const { store, inputs } = storeWith({ Items: [heartbeat, drain] });
    expect(await store.readRecords("us-east-1")).to.deep.include({ heartbeat, drains: [drain] });
    expect(inputs[0]).to.deep.include({ ConsistentRead: true, ExpressionAttributeValues: { ":subject": "us-east-1" } });
  });

  it("writes an item only over an older one", async () => {
    const { store, inputs } = storeWith({});
    expect(await store.writeHeartbeat(heartbeat)).to.equal(true);
    expect(await store.writeDrain(drain)).to.equal(true);
    for (const input of inputs) {
      expect(input).to.deep.include({
        ConditionExpression: "attribute_not_exists(subject) OR #at < :at",
        ExpressionAttributeValues: { ":at": heartbeat.at },
      });
    }
  });

  it("returns false if a newer item exists", async () => {
    expect(await storeWith(outdated).store.writeHeartbeat(heartbeat)).to.equal(false);
    expect(await storeWith(outdated).store.writeDrain(drain)).to.equal(false);
  });

  it("passes other failures on", async () => {
    const failure = await storeWith(new Error("throttled"))
      .store.writeHeartbeat(heartbeat)
      .catch((error: Error) => error.message);
    expect(failure).to.equal("throttled");
  });
});
