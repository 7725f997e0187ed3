import type { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Client } from "@opensearch-project/opensearch";
import { expect } from "chai";
import type { ProductIndices } from "../../../../../components/searchService/handlers/index/productIndices";
import { createRebuild, type RebuildProgress } from "../../../../../components/searchService/handlers/index/rebuild";
import { KeptLetters, product, silent } from "../../../../kit/searchFakes";

interface Stand {
  /** Pages of the table. */
  pages?: object[][];
  /** Documents in the index. */
  count?: number;
  /** Status of each indexed document. */
  status?: number;
  fillForMs?: number;
}

function stand({ pages = [[]], count = 0, status = 200, fillForMs = 1_000 }: Stand = {}) {
  const deadLetters = new KeptLetters();
  const dropped: string[] = [];
  const starts: unknown[] = [];
  const indices = {
    beginRebuild: async (name: string) => name,
    count: async () => count,
    swapTo: async () => ["old"],
    drop: async (index: string) => void dropped.push(index),
  } as unknown as ProductIndices;
  const client = {
    transport: {
      async request({ bulkBody }: { bulkBody: string[] }) {
        const ids = bulkBody.filter((_, index) => index % 2 === 0).map((line) => JSON.parse(line).index._id);
        return { body: { items: ids.map((_id) => ({ index: { _id, status } })) } };
      },
    },
  } as unknown as Client;
  const table = {
    async send({ input }: ScanCommand) {
      starts.push(input.ExclusiveStartKey);
      const at = Number(input.ExclusiveStartKey?.["page"] ?? 0);
      return { Items: pages[at], LastEvaluatedKey: at + 1 < pages.length ? { page: at + 1 } : undefined };
    },
  } as unknown as DynamoDBDocumentClient;
  const rebuild = createRebuild({
    client,
    indices,
    table: { name: "products", client: table },
    deadLetters,
    log: silent,
    fillForMs,
  });
  return { rebuild, deadLetters, dropped, starts };
}

const begun: RebuildProgress = { index: "products-1", read: 0, skipped: 0, filled: false, replaced: [] };

describe("createRebuild", () => {
  it("begins with an index of the execution's name", async () => {
    const progress = await stand().rebuild({ step: "begin", id: "20261101T000000" });
    expect(progress).to.deep.equal({ ...begun, index: "products-20261101t000000" });
  });

  it("fills the index page by page to the end of the table", async () => {
    const { rebuild, starts } = stand({ pages: [[product("a"), product("b")], [product("c")]] });
    expect(await rebuild({ step: "fill", progress: begun })).to.include({ read: 3, skipped: 0, filled: true });
    expect(starts).to.deep.equal([undefined, { page: 1 }]);
  });

  it("continues in the next step when its time is over", async () => {
    const { rebuild } = stand({ pages: [[product("a")], [product("b")]], fillForMs: 0 });
    const first = await rebuild({ step: "fill", progress: begun });
    expect(first).to.deep.include({ read: 1, filled: false, startKey: { page: 1 } });
    expect(await rebuild({ step: "fill", progress: first })).to.include({ read: 2, filled: true });
  });

  it("sends items that cannot be indexed to the dead-letter queue, and counts them", async () => {
    const { rebuild, deadLetters } = stand({ pages: [[product("a"), { productId: "broken" }]] });
    expect(await rebuild({ step: "fill", progress: begun })).to.include({ read: 2, skipped: 1 });
    expect(deadLetters.letters[0]).to.deep.include({ productId: "broken", source: { rebuild: "products-1" } });
  });

  it("fails the step while the index refuses products, so that the workflow repeats it", async () => {
    const { rebuild, deadLetters } = stand({ pages: [[product("a")]], status: 403 });
    const failure = await rebuild({ step: "fill", progress: begun }).catch((error: Error) => error.message);
    expect(failure).to.match(/^The index refuses products at the moment/);
    expect(deadLetters.letters).to.deep.equal([]);
  });

  it("keeps searches on the index in use if the new one lacks products", async () => {
    const failure = await stand({ count: 1 })
      .rebuild({ step: "swap", progress: { ...begun, read: 3, skipped: 1 } })
      .catch((error: Error) => error.message);
    expect(failure).to.equal("Index products-1 has 1 of 2 products; searches keep the index in use.");
  });

  it("remembers the replaced indices when the swap is repeated, and drops them at the end", async () => {
    const { rebuild, dropped } = stand({ count: 2 });
    const progress = { ...begun, read: 2, replaced: ["older"] };
    const swapped = await rebuild({ step: "swap", progress });
    expect(swapped.replaced).to.deep.equal(["older", "old"]);
    await rebuild({ step: "clean", progress: swapped });
    expect(dropped).to.deep.equal(["older", "old"]);
  });
});
