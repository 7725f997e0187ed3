import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Client } from "@opensearch-project/opensearch";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { expect } from "chai";
import { createIndexer } from "../../../../../components/searchService/handlers/index/indexer";
import type { ProductIndices } from "../../../../../components/searchService/handlers/index/productIndices";
import { StockReader } from "../../../../../components/searchService/handlers/index/shownStock";
import { createStockIndexer, isOfStock } from "../../../../../components/searchService/handlers/index/stockIndexer";
import type { Product } from "../../../../../domain/catalogue/product";
import {
  type IndexedDocument,
  type IndexedProduct,
  toDocument,
} from "../../../../../domain/catalogue/search/searchIndex";
import { emptyShare, type Share } from "../../../../../domain/stock";
import { KeptLetters, product, silent, written } from "../../../../kit/searchFakes";

const EAST = "us-east-1";
const WEST = "us-west-2";

/** An index and a table of shares in memory. `beforeWrite` runs between a read of the shares and the write that follows. */
function stand() {
  const documents = new Map<string, IndexedDocument>();
  const shares = new Map<string, Share>();
  const state = { reads: 0, writes: 0, asked: 0, fails: undefined as Error | undefined, beforeWrite: () => {} };
  const transport = {
    request: async ({ path, body, bulkBody }: { path: string; body?: { ids: string[] }; bulkBody?: string[] }) => {
      if (state.fails) throw state.fails;
      if (path.endsWith("/_mget")) {
        state.asked++;
        return { body: { docs: body!.ids.map((id) => ({ found: documents.has(id), _source: documents.get(id) })) } };
      }
      state.beforeWrite();
      const items = [];
      for (let line = 0; line < bulkBody!.length; line += 2) {
        const document = JSON.parse(bulkBody![line + 1]!) as IndexedDocument;
        const isOlder = document.version < (documents.get(document.productId)?.version ?? 0);
        if (!isOlder) documents.set(document.productId, document);
        state.writes++;
        items.push({ index: { _id: document.productId, status: isOlder ? 409 : 200 } });
      }
      return { body: { items } };
    },
  };
  const table = {
    send: async ({ input }: { input: { ExpressionAttributeValues: Record<string, string> } }) => {
      state.reads++;
      const productId = input.ExpressionAttributeValues[":productId"];
      return { Items: [...shares.values()].filter((share) => share.productId === productId) };
    },
  } as unknown as DynamoDBDocumentClient;
  const client = { transport } as unknown as Client;
  const indices = { writeTargets: async () => ["products-first"] } as unknown as ProductIndices;
  const stock = new StockReader({ client: table, table: "stock", region: EAST, fewLeft: 5 });
  const indexStock = createStockIndexer({ client, indices, stock, log: silent });
  const indexProducts = createIndexer({ client, indices, stock, deadLetters: new KeptLetters(), log: silent });

  /** Changes a share in the table and returns its record. */
  const change = (productId: string, available: number, region = EAST): DynamoDBRecord => {
    const before = shares.get(`${productId} ${region}`);
    const after = { ...emptyShare(productId, region), ...before, available };
    shares.set(`${productId} ${region}`, after);
    return recordOf(before, after);
  };
  return {
    state,
    documents,
    change,
    indexStock: (...Records: DynamoDBRecord[]) => indexStock({ Records }),
    indexProducts: (...products: Product[]) => indexProducts(written(...products)),
    shown: (productId: string) => (documents.get(productId) as IndexedProduct).stock,
  };
}

let sequence = 0;

function recordOf(before: Share | undefined, after: Share): DynamoDBRecord {
  const image = (share: Share) => marshall({ ...share, kind: "share" }, { removeUndefinedValues: true });
  return {
    dynamodb: {
      SequenceNumber: String(++sequence),
      Keys: { productId: { S: after.productId }, entry: { S: `share#${after.region}` } },
      NewImage: image(after) as NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"],
      ...(before && { OldImage: image(before) as NonNullable<DynamoDBRecord["dynamodb"]>["OldImage"] }),
    },
  };
}

const kettle = product("kettle", { counted: true, version: 3 });
const done = { batchItemFailures: [] };

describe("createStockIndexer", () => {
  it("shows a counted product as sold out from its first document, and its units once they are delivered", async () => {
    const { indexProducts, indexStock, change, shown } = stand();
    await indexProducts(kettle);
    expect(shown("kettle")).to.deep.equal({ soldOut: true });
    expect(await indexStock(change("kettle", 3))).to.deep.equal(done);
    expect(shown("kettle")).to.deep.equal({ soldOut: false, left: 3 });
    await indexStock(change("kettle", 40, WEST));
    expect(shown("kettle")).to.deep.equal({ soldOut: false });
  });

  it("keeps the document's version and content", async () => {
    const { indexProducts, indexStock, change, documents } = stand();
    await indexProducts(kettle);
    await indexStock(change("kettle", 2));
    expect(documents.get("kettle")).to.deep.equal({ ...toDocument(kettle), stock: { soldOut: false, left: 2 } });
  });

  it("asks the engine nothing while many units are left, and writes nothing while the shown stock stays the same", async () => {
    const { indexProducts, indexStock, change, state } = stand();
    await indexStock(change("kettle", 100));
    await indexProducts(kettle);
    const { writes, asked } = state;
    await indexStock(change("kettle", 99), change("kettle", 98));
    expect(state).to.include({ writes, asked });
    // Units move between Regions: the sum stays.
    change("kettle", 2);
    await indexStock(change("kettle", 1, WEST));
    const moved = state.writes;
    await indexStock(change("kettle", 1), change("kettle", 2, WEST));
    expect(state.writes).to.equal(moved);
  });

  it("reads nothing for products that are not counted", async () => {
    const { indexProducts, state, shown } = stand();
    await indexProducts(product("mug"));
    expect(state.reads).to.equal(0);
    expect(shown("mug")).to.equal(undefined);
  });

  it("leaves products alone that are not indexed, deleted or no longer counted", async () => {
    const { indexProducts, indexStock, change, documents } = stand();
    await indexProducts(product("mug"), { ...product("cup"), deletedAt: "2026-11-02T00:00:00.000Z" });
    const before = new Map(documents);
    expect(await indexStock(change("mug", 1), change("cup", 1), change("none", 1))).to.deep.equal(done);
    expect(documents).to.deep.equal(before);
  });

  it("writes again if the stock changes between its read and the write", async () => {
    const { indexProducts, change, shown, state } = stand();
    change("kettle", 1);
    // The other stream's writer has handled the sale already when this older read is written.
    state.beforeWrite = () => {
      state.beforeWrite = () => {};
      change("kettle", 0);
    };
    expect(await indexProducts(kettle)).to.deep.equal(done);
    expect(shown("kettle")).to.deep.equal({ soldOut: true });
  });

  it("postpones a product whose stock changes during every write", async () => {
    const { indexProducts, indexStock, change, state } = stand();
    await indexProducts(kettle);
    let units = 0;
    state.beforeWrite = () => change("kettle", ++units % 2);
    const record = change("kettle", 5);
    expect(await indexStock(record)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: record.dynamodb!.SequenceNumber }],
    });
  });

  it("repeats the batch while the engine does not answer", async () => {
    const { indexProducts, indexStock, change, state } = stand();
    await indexProducts(kettle);
    const records = [change("kettle", 2), change("kettle", 1)];
    state.fails = Object.assign(new Error("refused"), { statusCode: 400 });
    expect(await indexStock(...records)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: records[0]!.dynamodb!.SequenceNumber }],
    });
  });
});

describe("isOfStock", () => {
  it("tells the records of the two streams apart", () => {
    const shares: DynamoDBStreamEvent = { Records: [recordOf(undefined, emptyShare("kettle", EAST))] };
    expect(isOfStock(shares)).to.equal(true);
    expect(isOfStock(written(kettle))).to.equal(false);
  });
});
