import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import type { Store } from "../../../local/store";
import { type Listener, listeners } from "../../kit/listeners";
import { useQuickStore } from "../../kit/quickStore";

interface Answer {
  /** Absent: the connection was dropped without a response. */
  status?: number;
  headers: IncomingHttpHeaders;
}

/** Requests that a page of another site can make a browser send. */
const foreign: Record<string, { method: string; headers: OutgoingHttpHeaders }> = {
  "a page whose name resolves to this machine": { method: "GET", headers: { host: "evil.example" } },
  "a page's request": { method: "POST", headers: { origin: "http://evil.example", "content-type": "text/plain" } },
  "a page of another server on this machine": {
    method: "POST",
    headers: { origin: "http://127.0.0.1:9", "content-type": "text/plain" },
  },
  "an image on a page of another server on this machine": {
    method: "GET",
    headers: { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" },
  },
  "a sandboxed page's request": { method: "POST", headers: { origin: "null", "content-type": "text/plain" } },
  "a page's preflight": {
    method: "OPTIONS",
    headers: { origin: "http://evil.example", "access-control-request-method": "PUT" },
  },
  "an image on a page": { method: "GET", headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } },
};

describe("Every server of a running store with two Regions", function () {
  this.timeout(300_000);
  let store: Store;
  let engines: number[];
  /** Sockets that other test files of this process left open. */
  let earlier: ReadonlySet<number>;
  const ofStore = () => listeners().filter(({ port }) => !earlier.has(port));

  before(async () => {
    ({ store, earlierPorts: earlier } = await useQuickStore());
    engines = portsIn(ofStore(), "osmem-server");
  });

  it("listens on loopback addresses only", () => {
    const found = ofStore();
    const known = [store.url, store.consoleUrl, store.providers.paymentUrl, store.providers.shippingUrl];
    const emulators = Object.values(store.regions).map(({ endpoint }) => endpoint);

    const elsewhere = found.filter(({ address, port }) => address !== "127.0.0.1" && !engines.includes(port));
    expect(elsewhere).to.deep.equal([]);
    expect(found.filter(({ address }) => !address.startsWith("127."))).to.deep.equal([]);
    // Edge, console, two providers; each Region's emulator, search engine and search gateway; the functions' proxy and its TLS server.
    expect(found.map(({ port }) => port)).to.include.members([...known, ...emulators].map((url) => portOf(url)));
    expect(engines).to.have.length(2);
    expect(found).to.have.length(4 + 2 * 5);
  });

  for (const [what, { method, headers }] of Object.entries(foreign)) {
    it(`refuses ${what}`, async () => {
      const answers: Record<number, number | undefined> = {};
      for (const { port } of ofStore()) {
        if (engines.includes(port)) continue;
        const answer = await ask(port, method, headers);
        expect(answer.headers).not.to.have.property("access-control-allow-origin");
        answers[port] = answer.status;
      }

      expect(new Set(Object.values(answers)), JSON.stringify(answers)).to.deep.equal(new Set([403]));
    });
  }

  it("hides the search engines, which check no Host, at addresses that a page can't guess", async () => {
    for (const { address, port } of ofStore().filter(({ port }) => engines.includes(port))) {
      expect(address).not.to.equal("127.0.0.1");
      expect(await ask(port, "GET", {})).to.deep.equal({ headers: {} });
    }
  });

  it("answers the emulator's other callers without CORS headers", async () => {
    const { endpoint } = store.emulator;
    const ready = await fetch(`${endpoint}/_ministack/ready`, { headers: { origin: endpoint } });

    expect(ready.status).to.equal(200);
    expect(Object.fromEntries(ready.headers)).not.to.have.property("access-control-allow-origin");
  });

  it("creates no function for a page that signs with the emulator's own credentials", async () => {
    const lambda = new LambdaClient({
      endpoint: store.emulator.endpoint,
      region: "us-east-1",
      credentials: store.deployment.credentials,
      maxAttempts: 1,
    });
    lambda.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["origin"] = "http://evil.example";
        return next(args);
      },
      { step: "build" },
    );
    const made = await lambda
      .send(
        new CreateFunctionCommand({
          FunctionName: "evil",
          Role: "arn:aws:iam::000000000000:role/evil",
          Code: { ZipFile: Buffer.from("") },
          Handler: "index.handler",
          Runtime: "nodejs24.x",
        }),
      )
      .then(
        () => 200,
        (error: { $metadata: { httpStatusCode?: number } }) => error.$metadata.httpStatusCode,
      );
    lambda.destroy();

    expect(made).to.equal(403);
  });
});

const portsIn = (found: Listener[], command: string): number[] =>
  found.filter((one) => one.command.includes(command)).map(({ port }) => port);

const portOf = (url: string): number => Number(new URL(url).port);

/** Sends a request by plain HTTP, and again by TLS if it gets no response. */
async function ask(port: number, method: string, headers: OutgoingHttpHeaders): Promise<Answer> {
  const plain = await askBy(httpRequest, port, method, headers);
  return plain.status === undefined ? askBy(httpsRequest, port, method, headers) : plain;
}

function askBy(
  request: typeof httpRequest,
  port: number,
  method: string,
  headers: OutgoingHttpHeaders,
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, method, headers, agent: false, rejectUnauthorized: false };
    const asking = request(options, (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode, headers: response.headers }));
    });
    asking.setTimeout(10_000, () => asking.destroy(new Error("no answer")));
    asking.once("error", () => resolve({ headers: {} }));
    asking.end();
  });
}
