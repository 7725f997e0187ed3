import { type Client, errors } from "@opensearch-project/opensearch";
import { expect } from "chai";
import { indexDocuments } from "../../../../../components/searchService/handlers/index/bulk";
import { type IndexedDocument, toDocument } from "../../../../../domain/catalogue/search/searchIndex";
import { product } from "../../../../kit/searchFakes";

interface Item {
  status: number;
  error?: { type: string; reason: string };
}

/** An index that answers each document with this result; keeps the sizes of the requests. */
function engine(answer: (productId: string) => Item = () => ({ status: 200 })) {
  const requests: { index: string; productIds: string[] }[] = [];
  const client = {
    transport: {
      async request({ bulkBody }: { bulkBody: string[] }) {
        const heads = bulkBody.filter((_, index) => index % 2 === 0).map((line) => JSON.parse(line).index);
        requests.push({ index: heads[0]._index, productIds: heads.map(({ _id }) => _id) });
        return { body: { items: heads.map(({ _id }) => ({ index: { _id, ...answer(_id) } })) } };
      },
    },
  } as unknown as Client;
  return { client, requests };
}

const documents = (count: number, description = "") =>
  Array.from({ length: count }, (_, index): IndexedDocument => toDocument(product(`p-${index}`, { description })));

describe("indexDocuments", () => {
  it("writes every document to every target", async () => {
    const { client, requests } = engine();
    expect(await indexDocuments(client, ["old", "next"], documents(2))).to.deep.equal(new Map());
    expect(requests).to.deep.equal([
      { index: "old", productIds: ["p-0", "p-1"] },
      { index: "next", productIds: ["p-0", "p-1"] },
    ]);
  });

  it("limits a request by documents and by bytes", async () => {
    const many = engine();
    await indexDocuments(many.client, ["index"], documents(501));
    expect(many.requests.map(({ productIds }) => productIds.length)).to.deep.equal([500, 1]);
    const long = engine();
    await indexDocuments(long.client, ["index"], documents(4, "x".repeat(1024 * 1024)));
    expect(long.requests.length).to.be.above(1);
    expect(long.requests.flatMap(({ productIds }) => productIds)).to.have.length(4);
  });

  it("ignores documents whose newer version is in the index", async () => {
    const { client } = engine(() => ({ status: 409 }));
    expect(await indexDocuments(client, ["index"], documents(1))).to.deep.equal(new Map());
  });

  it("distinguishes a document's own fault from the index's", async () => {
    const results: Record<string, Item> = {
      "p-0": { status: 400, error: { type: "mapper_parsing_exception", reason: "bad field" } },
      "p-1": { status: 429 },
      "p-2": { status: 403 },
    };
    const { client } = engine((productId) => results[productId]!);
    expect([...(await indexDocuments(client, ["index"], documents(3)))]).to.deep.equal([
      ["p-0", { transient: false, reason: "mapper_parsing_exception: bad field" }],
      ["p-1", { transient: true, reason: "error: " }],
      ["p-2", { transient: true, reason: "error: " }],
    ]);
  });

  it("blames no document for a failure of the whole request", async () => {
    const refused = new errors.ResponseError({
      statusCode: 403,
      body: {},
      headers: {},
      warnings: null,
      meta: {},
    } as never);
    const client = { transport: { request: () => Promise.reject(refused) } } as unknown as Client;
    const failures = await indexDocuments(client, ["index"], documents(2));
    expect([...failures.values()].map(({ transient }) => transient)).to.deep.equal([true, true]);
  });
});
