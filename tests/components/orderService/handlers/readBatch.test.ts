import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import sinon from "sinon";
import { readBatch } from "../../../../components/orderService/handlers/readBatch";
import { TransientError } from "../../../../components/runtime/transientError";
import { answeringClient } from "../../../kit/orderFakes";

const KEYS = ["a", "b", "c"].map((productId) => ({ productId }));

/** A table that answers at most so many keys of a request. */
function throttled(most: number) {
  return answeringClient<DynamoDBDocumentClient>((_name, { RequestItems }) => {
    const { products } = RequestItems as { products: { Keys: object[] } };
    return {
      Responses: { products: products.Keys.slice(0, most) },
      UnprocessedKeys: products.Keys.length > most ? { products: { Keys: products.Keys.slice(most) } } : {},
    };
  });
}

describe("readBatch", () => {
  it("sends one request, with the attributes to read", async () => {
    const { client, sent } = throttled(3);
    expect(await readBatch(client, "products", KEYS, { ProjectionExpression: "price" })).to.deep.equal(KEYS);
    expect(sent.map(({ input }) => input["RequestItems"])).to.deep.equal([
      { products: { Keys: KEYS, ProjectionExpression: "price" } },
    ]);
  });

  it("requests nothing without keys, which DynamoDB would refuse", async () => {
    const { client, sent } = throttled(3);
    expect(await readBatch(client, "products", [])).to.deep.equal([]);
    expect(sent).to.deep.equal([]);
  });

  it("waits before it requests again what a throttled table left, longer each time", async () => {
    const clock = sinon.useFakeTimers({ toFake: ["setTimeout"] });
    sinon.stub(Math, "random").returns(0.5);
    try {
      const { client, sent } = throttled(1);
      const read = readBatch(client, "products", KEYS);
      await clock.tickAsync(49);
      expect(sent).to.have.length(1);
      await clock.tickAsync(1);
      expect(sent).to.have.length(2);
      await clock.tickAsync(99);
      expect(sent).to.have.length(2);
      await clock.tickAsync(1);
      expect(await read).to.deep.equal(KEYS);
    } finally {
      sinon.restore();
    }
  });

  it("requests again what a throttled table left, and gives up after three rounds", async () => {
    const slow = throttled(1);
    expect(await readBatch(slow.client, "products", KEYS)).to.deep.equal(KEYS);
    expect(slow.sent).to.have.length(3);
    const dead = throttled(0);
    const error = await readBatch(dead.client, "products", KEYS).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TransientError);
    expect(dead.sent).to.have.length(3);
  });
});
