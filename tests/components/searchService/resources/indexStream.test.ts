import { expect } from "chai";
import { register } from "../../../kit/searchServiceStand";

describe("The stream of products", function () {
  this.timeout(120_000);

  it("reads the stream from its beginning, with partial failures, a maximum age and a dead-letter queue", async () => {
    const { one } = await register({ indexingPatienceHours: 2 });
    expect(one("EventSourceMapping")).to.deep.include({
      eventSourceArn: "arn:aws:test:us-east-1:000000000000:catalogue-products/stream",
      startingPosition: "TRIM_HORIZON",
      functionResponseTypes: ["ReportBatchItemFailures"],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: 7_200,
      destinationConfig: {
        onFailure: { destinationArn: "arn:aws:test:us-east-1:000000000000:catalogue-dead-letters" },
      },
    });
    expect(one("Queue")).to.deep.include({ messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true });
  });
});
