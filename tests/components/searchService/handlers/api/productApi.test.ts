import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { expect } from "chai";
import { createReadApi, createWriteApi } from "../../../../../components/searchService/handlers/api/productApi";
import type { SignedInRequest } from "../../../../../components/searchService/handlers/forwardWrite";
import { ProductStore } from "../../../../../components/searchService/handlers/productStore";
import { contentOf } from "../../../../../domain/catalogue/change";
import type { Product } from "../../../../../domain/catalogue/product";
import { product, request, silent } from "../../../../kit/searchFakes";

const path = "/api/catalogue/products/kettle";

/** A table with one item that checks the real conditions. */
function serviceWith(stored?: Product) {
  const state = { item: stored, races: 0, puts: 0 };
  const send = async (command: unknown) => {
    if (command instanceof GetCommand) return { Item: state.item };
    if (!(command instanceof PutCommand)) throw new Error("not expected");
    if (state.races > 0) {
      state.races--;
      state.item = { ...state.item!, version: state.item!.version + 1, name: "Changed concurrently" };
    }
    if (state.item?.version !== command.input.ExpressionAttributeValues?.[":replaces"]) {
      throw new ConditionalCheckFailedException({ message: "", $metadata: {} });
    }
    state.puts++;
    state.item = command.input.Item as Product;
    return {};
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  const now = () => new Date("2026-11-05T00:00:00.000Z");
  const store = new ProductStore({ client, table: "products", region: "us-east-1", now });
  const write = createWriteApi(store, silent);
  const call = (
    method: string,
    body?: unknown,
    headers: Record<string, string> = {},
    groups = "customers merchandisers",
  ) => {
    const event = request(path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      pathParameters: { productId: "kettle" },
      body: typeof body === "string" || body === undefined ? body : JSON.stringify(body),
    });
    const authorizer = { lambda: { customerId: "m1", groups } };
    return write({ ...event, requestContext: { ...event.requestContext, authorizer } } as SignedInRequest);
  };
  const read = createReadApi(store, silent, { shown: async () => ({ soldOut: false, left: 2 }) });
  return {
    state,
    put: (body: unknown, headers?: Record<string, string>, groups?: string) => call("PUT", body, headers, groups),
    remove: (headers?: Record<string, string>) => call("DELETE", undefined, headers),
    get: () => read(request(path, { pathParameters: { productId: "kettle" } })),
    document: () => read(request("/api/catalogue/openapi.json")),
  };
}

const kettle = product("kettle", { version: 3, name: "Kettle" });
const content = contentOf(kettle);
const body = ({ body: text }: APIGatewayProxyStructuredResultV2) => JSON.parse(text ?? "null");

describe("product API", () => {
  it("creates a product with this Region as its home", async () => {
    const { put, state } = serviceWith();
    const answer = await put(content);
    expect(answer.statusCode).to.equal(201);
    expect(answer.headers).to.include({ etag: '"1"' });
    expect(body(answer)).to.deep.equal(state.item);
    expect(state.item).to.deep.include({ version: 1, homeRegion: "us-east-1", updatedAt: "2026-11-05T00:00:00.000Z" });
  });

  it("replaces the version that the caller names in header or body", async () => {
    for (const [change, headers] of [
      [{ ...content, name: "Big Kettle" }, { "if-match": '"3"' }],
      [{ ...content, name: "Big Kettle", version: 3 }, {}],
    ] as const) {
      const { put, state } = serviceWith(kettle);
      expect((await put(change, headers)).statusCode).to.equal(200);
      expect(state.item).to.deep.include({ version: 4, name: "Big Kettle", homeRegion: "us-east-1" });
      expect(state.item).not.to.have.property("deletedAt");
    }
  });

  it("refuses an outdated version, and names the current one", async () => {
    const { put, state } = serviceWith(kettle);
    const change = { ...content, name: "Big Kettle" };
    const byHeader = await put(change, { "if-match": '"1"' });
    expect(byHeader.statusCode).to.equal(412);
    expect(body(byHeader)).to.include({ currentVersion: 3 });
    expect((await put({ ...change, version: 1 })).statusCode).to.equal(409);
    expect((await put({ ...change, version: 0 })).statusCode).to.equal(409);
    expect(state.puts).to.equal(0);
  });

  it("refuses a change without a version", async () => {
    const answer = await serviceWith(kettle).put({ ...content, name: "Big Kettle" });
    expect(answer.statusCode).to.equal(428);
    expect(body(answer).detail).to.include('If-Match: "3"');
  });

  it("answers a retry like the first request", async () => {
    const { put, state } = serviceWith(kettle);
    const change = { ...content, name: "Big Kettle" };
    const first = await put(change, { "if-match": '"3"' });
    const second = await put(change, { "if-match": '"3"' });
    expect(body(second)).to.deep.equal(body(first));
    expect(state.puts).to.equal(1);
  });

  it("reports a conflict with a concurrent change", async () => {
    const { put, state } = serviceWith(kettle);
    state.races = 1;
    expect((await put({ ...content, name: "Big Kettle" }, { "if-match": '"3"' })).statusCode).to.equal(412);
    expect(state.item?.name).to.equal("Changed concurrently");
  });

  it("refuses a product of another Region", async () => {
    const answer = await serviceWith({ ...kettle, homeRegion: "us-west-2" }).put(content, { "if-match": '"3"' });
    expect(answer.statusCode).to.equal(409);
    expect(body(answer)).to.include({ homeRegion: "us-west-2" });
  });

  it("refuses callers who are not merchandisers", async () => {
    const { put, state } = serviceWith();
    expect((await put(content, {}, "customers")).statusCode).to.equal(403);
    expect((await put(content, {}, "merchandisersx")).statusCode).to.equal(403);
    expect(state.puts).to.equal(0);
  });

  const unstorable: [string, string, string][] = [
    ["2^53", '{"weight":9007199254740992}', "#/attributes/weight"],
    ["-2^53", '{"weight":-9007199254740992}', "#/attributes/weight"],
    ["1e300", '{"weight":1e300}', "#/attributes/weight"],
    ["1e999", '{"weight":1e999}', "#/attributes/weight"],
    ["1e-200", '{"weight":1e-200}', "#/attributes/weight"],
    ["-1e-131", '{"weight":-1e-131}', "#/attributes/weight"],
    ["a lone surrogate", '{"colour":"\\ud83e"}', "#/attributes/colour"],
    ["no text", '{"colour":""}', "#/attributes/colour"],
    ["an attribute named constructor", '{"constructor":"A"}', "#/attributes"],
    ["an attribute named toString", '{"toString":"A"}', "#/attributes"],
    ["an attribute named __proto__", '{"__proto__":"A"}', "#/attributes"],
  ];
  for (const [what, attributes, pointer] of unstorable) {
    it(`refuses ${what} in the attributes, and names the place`, async () => {
      const { put, state } = serviceWith();
      const answer = await put(JSON.stringify(content).replace('"attributes":{}', `"attributes":${attributes}`));
      expect(answer.statusCode).to.equal(422);
      const { detail, errors } = body(answer);
      expect(errors.map((error: { pointer: string }) => error.pointer)).to.deep.equal([pointer]);
      expect(detail).to.match(
        /^attributes.* (must be (>=|<=|one line|number|string,number,boolean)|must not be a number closer to 0 than 1e-130|has an unusable name)/,
      );
      expect(state.puts).to.equal(0);
    });
  }

  it("accepts the largest and smallest storable numbers", async () => {
    for (const weight of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e-130, -1e-130, 0, 0.1]) {
      const { put, state } = serviceWith();
      expect((await put({ ...content, attributes: { weight } })).statusCode).to.equal(201);
      expect(state.item?.attributes).to.deep.equal({ weight });
    }
  });

  it("refuses an invalid product and stores nothing", async () => {
    const { put, state } = serviceWith();
    const { name, ...nameless } = content;
    const wrong: unknown[] = [
      nameless,
      { ...content, name: "  " },
      { ...content, price: { amount: -1, currency: "USD" } },
      { ...content, price: { amount: 1.5, currency: "USD" } },
      { ...content, price: { amount: 1e12, currency: "USD" } },
      { ...content, attributes: { colour: ["red"] } },
      { ...content, attributes: { "a=b": "c" } },
      { ...content, image: "javascript:alert(1)" },
      { ...content, image: "//elsewhere.example/x.png" },
      { ...content, homeRegion: "us-west-2" },
      { ...content, availability: "maybe" },
    ];
    for (const one of wrong) expect((await put(one)).statusCode, JSON.stringify(one)).to.equal(422);
    expect((await put({ ...content, version: 2 }, { "if-match": '"3"' })).statusCode).to.equal(422);
    expect(state.puts).to.equal(0);
    expect(name).to.equal("Kettle");
  });

  it("deletes once, by a tombstone that continues the versions", async () => {
    const { remove, put, get, state } = serviceWith(kettle);
    expect((await remove()).statusCode).to.equal(428);
    expect((await remove({ "if-match": '"3"' })).statusCode).to.equal(204);
    expect(state.item).to.deep.include({ version: 4, deletedAt: "2026-11-05T00:00:00.000Z" });
    expect((await remove({ "if-match": '"3"' })).statusCode).to.equal(204);
    expect((await get()).statusCode).to.equal(404);
    expect((await put(content)).statusCode).to.equal(200);
    expect(state.item).to.deep.include({ version: 5 });
    expect(state.item).not.to.have.property("deletedAt");
  });

  it("answers 404 for the deletion of an unknown product", async () => {
    expect((await serviceWith().remove({ "if-match": '"1"' })).statusCode).to.equal(404);
  });

  it("returns a product with its version, and the OpenAPI document", async () => {
    const { get, document } = serviceWith(kettle);
    const answer = await get();
    expect(answer.headers).to.include({ etag: '"3"' });
    expect(body(answer)).to.deep.equal(kettle);
    expect(body(await document())).to.include({ openapi: "3.1.0" });
  });

  it("returns a counted product with its stock, another one without", async () => {
    const bodyOf = async (stored: Product) => JSON.parse((await serviceWith(stored).get()).body!);
    expect((await bodyOf({ ...kettle, counted: true })).stock).to.deep.equal({ soldOut: false, left: 2 });
    expect(await bodyOf(kettle)).not.to.have.property("stock");
  });

  it("reveals no details of an internal error", async () => {
    const failing = { get: () => Promise.reject(new Error("secret table name")) };
    const answer = await createReadApi(failing, silent)(request(path, { pathParameters: { productId: "kettle" } }));
    expect(answer.statusCode).to.equal(500);
    expect(answer.body).not.to.include("secret");
  });
});
