import { expect } from "chai";
import { asTransient, isTransientAwsError, TransientError } from "../../../components/runtime/transientError";

const named = (name: string, more: object = {}) => Object.assign(new Error(`It is ${name}.`), { name }, more);

describe("isTransientAwsError", () => {
  it("is true for throttled, interrupted and failed calls", () => {
    const errors = [
      named("ThrottlingException"),
      named("TransactionConflictException"),
      named("TimeoutError"),
      named("Error", { code: "ECONNRESET" }),
      named("ServiceException", { $metadata: { httpStatusCode: 503 } }),
      named("TooManyRequests", { $metadata: { httpStatusCode: 429 } }),
      named("Unknown", { $retryable: {} }),
    ];
    expect(errors.filter((error) => !isTransientAwsError(error))).to.deep.equal([]);
  });

  it("is false for what a retry cannot resolve", () => {
    const errors = [
      named("ConditionalCheckFailedException", { $metadata: { httpStatusCode: 400 } }),
      named("AccessDeniedException", { $metadata: { httpStatusCode: 403 } }),
      new TypeError("undefined is not a function"),
      "ThrottlingException",
    ];
    expect(errors.filter(isTransientAwsError)).to.deep.equal([]);
  });
});

describe("asTransient", () => {
  const outcome = (error: unknown) =>
    asTransient(async () => {
      throw error;
    }).catch((thrown: unknown) => thrown);

  it("returns the step's result", async () => {
    expect(await asTransient(async () => "done")).to.equal("done");
  });

  it("turns a transient error into one that the workflow retries, with its cause", async () => {
    const cause = named("ThrottlingException");
    const thrown = (await outcome(cause)) as TransientError;
    expect(thrown).to.be.instanceOf(TransientError);
    expect(thrown).to.include({ message: cause.message, cause });
  });

  it("passes other errors on, and those that are transient already", async () => {
    for (const error of [named("AccessDeniedException"), new TransientError("busy")]) {
      expect(await outcome(error)).to.equal(error);
    }
  });
});
