import { errors } from "@opensearch-project/opensearch";
import { expect } from "chai";
import {
  isMissingIndex,
  isTransientStatus,
  withRetries,
} from "../../../../../components/searchService/handlers/index/openSearch";

const responseError = (statusCode: number) =>
  new errors.ResponseError({ statusCode, body: {}, headers: {}, warnings: null, meta: {} } as never);

describe("withRetries", () => {
  const RETRIES = { attempts: 3, firstWaitMs: 1 };

  async function attempt(...failures: unknown[]) {
    let requests = 0;
    const outcome = await withRetries(RETRIES, async () => {
      requests++;
      const failure = failures.shift();
      if (failure) throw failure;
      return "found";
    }).catch((error: unknown) => error);
    return { outcome, requests };
  }

  it("repeats a request after throttling, a server error and a broken connection", async () => {
    for (const failure of [responseError(429), responseError(503), new errors.OpenSearchClientError("reset")]) {
      expect(await attempt(failure)).to.deep.equal({ outcome: "found", requests: 2 });
    }
  });

  it("does not repeat a request that is wrong", async () => {
    for (const failure of [responseError(400), responseError(404), new TypeError("bug")]) {
      expect(await attempt(failure)).to.deep.equal({ outcome: failure, requests: 1 });
    }
  });

  it("gives up after its attempts", async () => {
    const last = responseError(503);
    expect(await attempt(responseError(503), responseError(503), last)).to.deep.equal({ outcome: last, requests: 3 });
  });
});

describe("isTransientStatus", () => {
  it("is true for throttling and server errors", () => {
    expect([200, 404, 409, 429, 500, 503].filter(isTransientStatus)).to.deep.equal([429, 500, 503]);
  });
});

describe("isMissingIndex", () => {
  it("is true for 404 only", () => {
    expect([responseError(404), responseError(403), new Error("404")].map(isMissingIndex)).to.deep.equal([
      true,
      false,
      false,
    ]);
  });
});
