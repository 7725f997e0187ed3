import type { DynamoDBRecord } from "aws-lambda";
import { expect } from "chai";
import { handleInOrder } from "../../../components/runtime/inOrder";

const records = ["1", "2", "3"].map((SequenceNumber): DynamoDBRecord => ({ dynamodb: { SequenceNumber } }));
const numberOf = (record: DynamoDBRecord) => record.dynamodb?.SequenceNumber ?? "";

describe("handleInOrder", () => {
  const handling = (poison?: string) => {
    const handled: string[] = [];
    const failed: string[] = [];
    const answer = handleInOrder(
      records,
      async (record) => {
        if (numberOf(record) === poison) throw new Error("poison");
        handled.push(numberOf(record));
      },
      (record) => failed.push(numberOf(record)),
    );
    return { answer, handled, failed };
  };

  it("reports nothing when every record was handled", async () => {
    const { answer, handled } = handling();
    expect(await answer).to.deep.equal({ batchItemFailures: [] });
    expect(handled).to.deep.equal(["1", "2", "3"]);
  });

  it("stops at the first failure and reports that record", async () => {
    const { answer, handled, failed } = handling("2");
    expect(await answer).to.deep.equal({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect([handled, failed]).to.deep.equal([["1"], ["2"]]);
  });

  it("throws when the first record fails, so that Lambda splits the batch", async () => {
    const { answer, failed } = handling("1");
    const error = await answer.then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).to.equal("poison");
    expect(failed).to.deep.equal(["1"]);
  });
});
