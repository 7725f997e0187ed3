import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { conditionHolds } from "../../../components/runtime/conditionalWrites";

describe("conditionHolds", () => {
  it("is false if the condition failed, and rejects for all else", async () => {
    const failed = new ConditionalCheckFailedException({ $metadata: {}, message: "failed" });
    expect(await conditionHolds(Promise.resolve())).to.equal(true);
    expect(await conditionHolds(Promise.reject(failed))).to.equal(false);
    const other = new Error("No network.");
    expect(await conditionHolds(Promise.reject(other)).catch((thrown: unknown) => thrown)).to.equal(other);
  });
});
