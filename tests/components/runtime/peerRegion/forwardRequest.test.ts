import { expect } from "chai";
import {
  FORWARDED_BY,
  type ForwardedRequest,
  forwardRequest,
  isForwarded,
} from "../../../../components/runtime/peerRegion/forwardRequest";

const request: ForwardedRequest = {
  rawPath: "/api/orders/o-1",
  headers: { authorization: "Bearer token", "content-type": "application/json", cookie: "private" },
  body: Buffer.from('{"a":1}').toString("base64"),
  isBase64Encoded: true,
  requestContext: { http: { method: "PUT" } },
};

/** Forwards the request to a Region that gives these answers, one a call. */
async function forwarded(...answers: (Response | Error)[]) {
  const calls: { url: string; init: RequestInit }[] = [];
  const send = (async (url: string, init: RequestInit) => {
    calls.push({ url, init });
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  }) as unknown as typeof fetch;
  const addressOf = async (region: string) => (region === "us-west-2" ? "https://west.example" : undefined);
  const answer = await forwardRequest({ addressOf, region: "us-east-1", fetch: send }, "us-west-2", request);
  return { answer, calls };
}

const problem = (status: number) =>
  new Response("{}", { status, headers: { "content-type": "application/problem+json", "set-cookie": "a=b" } });

describe("forwardRequest", () => {
  it("sends method, path, body and the caller's token, and names the forwarding Region", async () => {
    const { calls } = await forwarded(new Response("{}"));
    const [{ url, init } = { url: "", init: {} }] = calls;
    expect(url).to.equal("https://west.example/api/orders/o-1");
    expect(init).to.include({ method: "PUT", redirect: "error" });
    expect(String(init.body)).to.equal('{"a":1}');
    expect(init.headers).to.deep.equal({
      [FORWARDED_BY]: "us-east-1",
      authorization: "Bearer token",
      "content-type": "application/json",
    });
    expect(init.signal).to.be.instanceOf(AbortSignal);
  });

  it("returns refusals and the service's own errors as they are, without private headers", async () => {
    for (const status of [403, 503]) {
      const { answer, calls } = await forwarded(problem(status));
      expect(answer).to.deep.equal({
        statusCode: status,
        headers: { "content-type": "application/problem+json" },
        body: "{}",
      });
      expect(calls).to.have.length(1);
    }
  });

  it("tries once more after no response, and after an error that is not the service's", async () => {
    for (const first of [new TypeError("fetch failed"), new Response("Bad Gateway", { status: 502 })]) {
      const { answer, calls } = await forwarded(first, new Response("{}"));
      expect(answer?.statusCode).to.equal(200);
      expect(calls).to.have.length(2);
    }
  });

  it("gives up after two attempts", async () => {
    const { answer, calls } = await forwarded(new TypeError("fetch failed"), new TypeError("fetch failed"));
    expect(answer).to.equal(undefined);
    expect(calls).to.have.length(2);
  });

  it("sends nothing to a Region without an address", async () => {
    const deps = { addressOf: async () => undefined, region: "us-east-1", fetch: () => expect.fail("was sent") };
    expect(await forwardRequest(deps, "us-west-2", request)).to.equal(undefined);
  });
});

describe("isForwarded", () => {
  it("is true for a request of another Region, which must not be forwarded again", () => {
    expect(isForwarded({ headers: { [FORWARDED_BY]: "us-west-2" } })).to.equal(true);
    expect(isForwarded(request)).to.equal(false);
  });
});
