import type { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { createDeadLetters, type DeadLetter } from "../../../../../components/searchService/handlers/index/deadLetters";

const letters = Array.from(
  { length: 25 },
  (_, index): DeadLetter => ({
    productId: `p-${index}`,
    reason: "unusable",
    source: { rebuild: "index-1" },
    at: "2026-01-01T00:00:00.000Z",
  }),
);

describe("createDeadLetters", () => {
  it("sends each letter, at most ten at a time", async () => {
    const sent: unknown[] = [];
    let [running, most] = [0, 0];
    const client = {
      async send({ input }: SendMessageCommand) {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        expect(input.QueueUrl).to.equal("https://queue");
        sent.push(JSON.parse(input.MessageBody!));
      },
    } as unknown as SQSClient;
    await createDeadLetters(client, "https://queue").send(letters);
    expect(sent).to.have.deep.members(letters);
    expect(most).to.equal(10);
  });

  it("rejects if a letter is not stored", async () => {
    const client = { send: () => Promise.reject(new Error("throttled")) } as unknown as SQSClient;
    const failure = await createDeadLetters(client, "https://queue")
      .send(letters)
      .catch((error: Error) => error.message);
    expect(failure).to.equal("throttled");
  });
});
