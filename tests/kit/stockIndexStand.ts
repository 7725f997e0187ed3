import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Client } from "@opensearch-project/opensearch";
import type { DynamoDBRecord } from "aws-lambda";
import { createIndexer } from "../../components/searchService/handlers/index/indexer";
import type { ProductIndices } from "../../components/searchService/handlers/index/productIndices";
import { StockReader } from "../../components/searchService/handlers/index/shownStock";
import { createStockIndexer } from "../../components/searchService/handlers/index/stockIndexer";
import type { Product } from "../../domain/catalogue/product";
import type { IndexedDocument, IndexedProduct } from "../../domain/catalogue/search/searchIndex";
import { emptyShare, type Share } from "../../domain/stock";
import { KeptLetters, silent, written } from "./searchFakes";

export const EAST = "us-east-1";
export const WEST = "us-west-2";

/** An index and a table of shares in memory. `beforeWrite` runs between a read of the shares and the write that follows. */
export function stockIndexStand() {
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

export function recordOf(before: Share | undefined, after: Share): DynamoDBRecord {
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
