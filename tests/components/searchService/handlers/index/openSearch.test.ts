import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client, errors } from "@opensearch-project/opensearch";
import { expect } from "chai";
import {
  openSearchClient,
  type SearchClient,
} from "../../../../../components/searchService/handlers/index/indexClient";
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

describe("openSearchClient", () => {
  const sent: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      // The signer signs the host without its port, and sends it so.
      const { authorization, host: _host, "x-amz-date": _date, ...headers } = request.headers;
      // A signature is that of its second.
      const signed = authorization?.replace(/\/\d{8}\/|Signature=\w+/g, "");
      sent.push({ method: request.method, url: request.url, headers, signed, body });
      response.setHeader("content-type", "application/json").end('{"count":3}');
    });
  });
  let node: string;
  before((done) => {
    server.listen(0, "127.0.0.1", () => {
      node = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const operations: ((client: SearchClient) => Promise<unknown>)[] = [
    (client) => client.search({ index: "products", preference: "a shopper", body: { query: { match_all: {} } } }),
    (client) => client.count({ index: "products" }),
    (client) => client.indices.create({ index: "new", body: { mappings: {} } }),
    (client) => client.indices.delete({ index: "old", ignore_unavailable: true }),
    (client) => client.indices.getAlias({ name: ["products", "products-writes"] }),
    (client) => client.indices.getMapping({ index: "products" }),
    (client) => client.indices.refresh({ index: ["products", "new"] }),
    (client) => client.indices.updateAliases({ body: { actions: [] } }),
    (client) => client.transport.request({ method: "POST", path: "/_bulk", bulkBody: [{ index: {} }, { a: 1 }] }),
  ];

  it("sends what the client with all operations sends, signed", async () => {
    const own = openSearchClient({ endpoint: node, region: "us-east-1", requestTimeoutMs: 5_000 });
    const whole = new Client({ node, maxRetries: 0 });
    for (const operation of operations) {
      sent.length = 0;
      const [answer, expected] = [await operation(own), await operation(whole)] as { body: unknown; meta: unknown }[];
      expect(answer?.body).to.deep.equal(expected?.body);
      const [request, unsigned] = sent as { headers: Record<string, string>; signed?: string }[];
      const { "x-amz-content-sha256": hash, "x-amz-security-token": _token, ...headers } = request!.headers;
      expect(hash).to.match(/^\w{64}$/);
      expect(request!.signed).to.match(/^AWS4-HMAC-SHA256 Credential=.*us-east-1\/es\/aws4_request/);
      expect({ ...request, headers, signed: undefined }).to.deep.equal({ ...unsigned, signed: undefined });
    }
  });

  it("gives up after its time-out, without a retry", async () => {
    const silent = createServer();
    await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
    let requests = 0;
    silent.on("request", () => requests++);
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const client = openSearchClient({ endpoint, region: "us-east-1", requestTimeoutMs: 50 });
    const error = await client.search({ index: "products", body: {} }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(errors.TimeoutError);
    expect(requests).to.equal(1);
    silent.closeAllConnections();
    silent.close();
  });
});
