import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { expect } from "chai";
import { FORWARDED_BY } from "../../../../components/runtime/peerRegion";
import { createWriteApi } from "../../../../components/searchService/handlers/api/productApi";
import { createForward, type SignedInRequest } from "../../../../components/searchService/handlers/forwardWrite";
import { contentOf } from "../../../../domain/catalogue/change";
import type { Product } from "../../../../domain/catalogue/product";
import { product, request, silent } from "../../../kit/searchFakes";

const path = "/api/catalogue/products/kettle";
const HOME = "https://west.example";
const content = contentOf(product("kettle"));
const authorizer = { lambda: { customerId: "m1", groups: "merchandisers" } };

interface Sent {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Creates the API of a Region that is not the kettle's home, and records its requests to the home Region. */
function regionWith(answers: (Response | Error)[]) {
  const sent: Sent[] = [];
  const forward = createForward({
    addressOf: async () => HOME,
    region: "us-east-1",
    log: silent,
    fetch: async (url, init = {}) => {
      const body = init.body === undefined ? undefined : String(init.body);
      sent.push({
        url: String(url),
        method: String(init.method),
        headers: init.headers as Record<string, string>,
        body,
      });
      const answer = answers.shift() ?? new Error("one request too many");
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const elsewhere = async () => ({ kind: "elsewhere" as const, homeRegion: "us-west-2" });
  const answer = createWriteApi({ put: elsewhere, delete: elsewhere }, silent, forward);
  const call = (method: string, headers: Record<string, string> = {}, body?: string, isBase64Encoded = false) => {
    const event = request(path, {
      method,
      headers: { authorization: "Bearer token", "content-type": "application/json", ...headers },
      pathParameters: { productId: "kettle" },
      body,
      isBase64Encoded,
    });
    return answer({ ...event, requestContext: { ...event.requestContext, authorizer } } as SignedInRequest);
  };
  return { sent, call };
}

const changed = (version = 4) =>
  Response.json(product("kettle", { version, homeRegion: "us-west-2" }), { headers: { etag: `"${version}"` } });
const read = ({ body }: APIGatewayProxyStructuredResultV2) =>
  JSON.parse(body ?? "null") as Product & { detail: string };

describe("createForward", () => {
  it("forwards a change with the caller's token and version, and returns the home Region's response", async () => {
    const { sent, call } = regionWith([changed()]);
    const answer = await call("PUT", { "if-match": '"3"', cookie: "private" }, JSON.stringify(content));
    expect(answer.statusCode).to.equal(200);
    expect(answer.headers).to.include({ etag: '"4"' });
    expect(read(answer)).to.include({ version: 4, homeRegion: "us-west-2" });
    expect(sent).to.deep.equal([
      {
        url: `${HOME}${path}`,
        method: "PUT",
        headers: {
          [FORWARDED_BY]: "us-east-1",
          authorization: "Bearer token",
          "content-type": "application/json",
          "if-match": '"3"',
        },
        body: JSON.stringify(content),
      },
    ]);
  });

  it("forwards the body unchanged, also if API Gateway encoded it", async () => {
    const { sent, call } = regionWith([changed()]);
    const text = JSON.stringify({ ...content, name: "Théière" });
    await call("PUT", { "if-match": '"3"' }, Buffer.from(text).toString("base64"), true);
    expect(sent[0]!.body).to.equal(text);
  });

  it("forwards a deletion, whose response has no body", async () => {
    const { call } = regionWith([new Response(null, { status: 204 })]);
    const answer = await call("DELETE", { "if-match": '"3"' });
    expect(answer.statusCode).to.equal(204);
    expect(answer.body).to.equal(undefined);
  });

  it("returns the home Region's refusals unchanged", async () => {
    const refusal = { title: "Product changed meanwhile", detail: "Read it again.", currentVersion: 5 };
    const headers = { "content-type": "application/problem+json" };
    const { sent, call } = regionWith([new Response(JSON.stringify(refusal), { status: 412, headers })]);
    const answer = await call("PUT", { "if-match": '"3"' }, JSON.stringify(content));
    expect(answer.statusCode).to.equal(412);
    expect(answer.headers).to.include(headers);
    expect(read(answer)).to.deep.equal(refusal);
    expect(sent).to.have.length(1);
  });

  it("retries once without a response, because the version makes the change idempotent", async () => {
    for (const failure of [
      new Error("socket hang up"),
      Response.json({ message: "Service Unavailable" }, { status: 503 }),
    ]) {
      const { sent, call } = regionWith([failure, changed()]);
      expect((await call("PUT", { "if-match": '"3"' }, JSON.stringify(content))).statusCode).to.equal(200);
      expect(sent).to.have.length(2);
    }
  });

  it("answers 503 with the operator's command if the home Region does not respond", async () => {
    const dead = new Error("connect ECONNREFUSED");
    const { sent, call } = regionWith([dead, dead]);
    const answer = await call("PUT", { "if-match": '"3"' }, JSON.stringify(content));
    expect(answer.statusCode).to.equal(503);
    expect(answer.headers).to.include({ "retry-after": "60", "content-type": "application/problem+json" });
    expect(read(answer)).to.include({ homeRegion: "us-west-2" });
    expect(read(answer).detail).to.include("npm run region -- move-home us-west-2 us-east-1");
    expect(sent).to.have.length(2);
  });

  it("answers 503 for an unknown home Region", async () => {
    const forward = createForward({ addressOf: async () => undefined, region: "us-east-1", log: silent });
    const event = request(path, { method: "PUT" }) as SignedInRequest;
    expect((await forward(event, "kettle", "us-west-2")).statusCode).to.equal(503);
  });

  it("does not forward a forwarded change", async () => {
    const { sent, call } = regionWith([]);
    const answer = await call("PUT", { [FORWARDED_BY]: "us-west-2", "if-match": '"3"' }, JSON.stringify(content));
    expect(answer.statusCode).to.equal(503);
    expect(read(answer)).to.include({ title: "Home not settled" });
    expect(sent).to.deep.equal([]);
  });

  it("validates a change before forwarding it", async () => {
    const { sent, call } = regionWith([]);
    expect((await call("PUT", {}, JSON.stringify({ name: "no product" }))).statusCode).to.equal(422);
    expect(sent).to.deep.equal([]);
  });
});
