import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { expect } from "chai";
import { FORWARDED_BY } from "../../../../components/runtime/peerRegion";
import { createForward, type SignedInRequest } from "../../../../components/searchService/handlers/forwardWrite";
import { createWriteApi } from "../../../../components/searchService/handlers/productApi";
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

/** The API of a Region where the kettle's home is elsewhere, and what it asks of that other Region. */
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

describe("A change of another Region's product", () => {
  it("is done by its home Region, with the caller's token and version, and answered as there", async () => {
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

  it("arrives there as it was sent, however API Gateway has wrapped it", async () => {
    const { sent, call } = regionWith([changed()]);
    const text = JSON.stringify({ ...content, name: "Théière" });
    await call("PUT", { "if-match": '"3"' }, Buffer.from(text).toString("base64"), true);
    expect(sent[0]!.body).to.equal(text);
  });

  it("is a deletion too, whose answer has no body", async () => {
    const { call } = regionWith([new Response(null, { status: 204 })]);
    const answer = await call("DELETE", { "if-match": '"3"' });
    expect(answer.statusCode).to.equal(204);
    expect(answer.body).to.equal(undefined);
  });

  it("hands the home's refusals back as they are", async () => {
    const refusal = { title: "Product changed meanwhile", detail: "Read it again.", currentVersion: 5 };
    const headers = { "content-type": "application/problem+json" };
    const { sent, call } = regionWith([new Response(JSON.stringify(refusal), { status: 412, headers })]);
    const answer = await call("PUT", { "if-match": '"3"' }, JSON.stringify(content));
    expect(answer.statusCode).to.equal(412);
    expect(answer.headers).to.include(headers);
    expect(read(answer)).to.deep.equal(refusal);
    expect(sent).to.have.length(1);
  });

  it("is tried once more when there was no answer, since the version keeps it from being done twice", async () => {
    for (const failure of [
      new Error("socket hang up"),
      Response.json({ message: "Service Unavailable" }, { status: 503 }),
    ]) {
      const { sent, call } = regionWith([failure, changed()]);
      expect((await call("PUT", { "if-match": '"3"' }, JSON.stringify(content))).statusCode).to.equal(200);
      expect(sent).to.have.length(2);
    }
  });

  it("is refused for the moment when the home does not answer, and says what an operator can do", async () => {
    const dead = new Error("connect ECONNREFUSED");
    const { sent, call } = regionWith([dead, dead]);
    const answer = await call("PUT", { "if-match": '"3"' }, JSON.stringify(content));
    expect(answer.statusCode).to.equal(503);
    expect(answer.headers).to.include({ "retry-after": "60", "content-type": "application/problem+json" });
    expect(read(answer)).to.include({ homeRegion: "us-west-2" });
    expect(read(answer).detail).to.include("npm run region -- move-home us-west-2 us-east-1");
    expect(sent).to.have.length(2);
  });

  it("is refused likewise when the home has never been heard of", async () => {
    const forward = createForward({ addressOf: async () => undefined, region: "us-east-1", log: silent });
    const event = request(path, { method: "PUT" }) as SignedInRequest;
    expect((await forward(event, "kettle", "us-west-2")).statusCode).to.equal(503);
  });

  it("goes no further when another Region has sent it on already", async () => {
    const { sent, call } = regionWith([]);
    const answer = await call("PUT", { [FORWARDED_BY]: "us-west-2", "if-match": '"3"' }, JSON.stringify(content));
    expect(answer.statusCode).to.equal(503);
    expect(read(answer)).to.include({ title: "Home not settled" });
    expect(sent).to.deep.equal([]);
  });

  it("is checked before it is sent on", async () => {
    const { sent, call } = regionWith([]);
    expect((await call("PUT", {}, JSON.stringify({ name: "no product" }))).statusCode).to.equal(422);
    expect(sent).to.deep.equal([]);
  });
});
