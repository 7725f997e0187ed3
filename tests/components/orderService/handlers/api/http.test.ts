import { expect } from "chai";
import { type HttpRequest, handleRequest } from "../../../../../components/orderService/handlers/api/http";
import { TransientError } from "../../../../../components/runtime/transientError";

describe("handleRequest", () => {
  const request = { requestContext: { requestId: "request-1" } } as HttpRequest;
  const answerTo = async (error: unknown) => {
    const logged: unknown[] = [];
    const log = { error: (...given: unknown[]) => logged.push(given), warn: () => {}, info: () => {} };
    const response = await handleRequest(log as never, async () => {
      throw error;
    })(request);
    return { logged, ...response };
  };

  it("returns the handler's response", async () => {
    const log = { error: expect.fail, warn: expect.fail, info: expect.fail } as never;
    expect(await handleRequest(log, async () => ({ statusCode: 204 }))(request)).to.deep.equal({ statusCode: 204 });
  });

  it("asks for a repetition of what fails for a time", async () => {
    const throttled = Object.assign(new Error("Slow down."), {
      ...{ name: "ThrottlingException", $fault: "client", $retryable: { throttling: true } },
      $metadata: { httpStatusCode: 400 },
    });
    for (const error of [new TransientError("No response."), throttled]) {
      const { statusCode, headers, logged } = await answerTo(error);
      expect({ statusCode, retryAfter: headers?.["retry-after"] }).to.deep.equal({ statusCode: 503, retryAfter: "2" });
      expect(logged).to.have.length(1);
    }
  });

  it("answers every other failure with the id by which the log has it, and not with its text", async () => {
    for (const error of [new Error("secret"), "secret"]) {
      const { statusCode, body, logged } = await answerTo(error);
      expect(statusCode).to.equal(500);
      expect(body).to.include("request-1").and.to.not.include("secret");
      expect(JSON.stringify(logged)).to.include("request-1");
    }
  });
});
