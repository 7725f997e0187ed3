import { expect } from "chai";
import { createIndexer } from "../../../../components/searchService/handlers/indexer";
import { openSearchClient } from "../../../../components/searchService/handlers/openSearch";
import { ProductIndices } from "../../../../components/searchService/handlers/productIndices";
import { createSearchApi } from "../../../../components/searchService/handlers/searchApi";
import { toSearchText } from "../../../../domain/catalogue/searchText";
import { SYNONYMS } from "../../../../domain/catalogue/synonyms";
import { startSearchEngine } from "../../../../local/aws/search/engine";
import { shop } from "../../../integration/search/shop";
import { KeptLetters, product, request, silent, written } from "../../../kit/searchFakes";
import { temporaryFolder } from "../../../kit/temporaryFolder";
import { searchContract } from "./contract";

describe("search on OpenSearch 2.19", () => {
  searchContract("opensearch", 120_000);

  // osmem ignores synonyms.
  it("finds what a synonym names, the store's own or the shop's", async function () {
    this.timeout(300_000);
    const directory = temporaryFolder("stayopen-search");
    const engine = await startSearchEngine("opensearch", { dataDir: directory });
    try {
      const client = openSearchClient({ endpoint: engine.url, region: "us-east-1", requestTimeoutMs: 20_000 });
      const indices = new ProductIndices(client, 0);
      const lamp = product("lamp", { name: "Desk Lamp", category: "Lighting" });
      await createIndexer({ client, indices, deadLetters: new KeptLetters(), log: silent })(written(...shop, lamp));
      await client.indices.refresh({ index: "products" });
      const answer = createSearchApi({ client, region: "us-east-1", log: silent });
      const find = async (q: string) => {
        const { body } = await answer(
          request("/api/catalogue/search", { query: new URLSearchParams({ q }).toString() }),
        );
        return JSON.parse(body!).products.map(({ productId }: { productId: string }) => productId);
      };
      expect(await find("headset")).to.deep.equal(["headphones"]);
      expect(await find("trainers")).to.deep.equal(["shoes"]);
      expect(await find("sneakers")).to.deep.equal(["shoes"]);
      expect(await find("cup set")).to.deep.equal(["mugs"]);
      expect(await find("water boiler")).to.have.members(["kettle-black", "kettle-steel"]);
      expect(SYNONYMS.length).to.be.greaterThan(20);

      const own = new ProductIndices(client, 0, toSearchText({ synonyms: ["torch, brûleur"] }));
      await client.indices.delete({
        index: Object.keys((await client.indices.getAlias({ name: "products" })).body)[0]!,
      });
      await createIndexer({ client, indices: own, deadLetters: new KeptLetters(), log: silent })(written(...shop));
      await client.indices.refresh({ index: "products" });
      expect(await find("bruleur")).to.deep.equal(["torch"]);
      expect(await find("sneakers")).not.to.include("shoes");
    } finally {
      await engine.stop();
    }
  });
});
