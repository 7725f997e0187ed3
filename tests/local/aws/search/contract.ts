import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Client } from "@opensearch-project/opensearch";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { expect } from "chai";
import { createSearchApi } from "../../../../components/searchService/handlers/api/searchApi";
import { openSearchClient, type SearchClient } from "../../../../components/searchService/handlers/index/indexClient";
import { createIndexer } from "../../../../components/searchService/handlers/index/indexer";
import { ProductIndices } from "../../../../components/searchService/handlers/index/productIndices";
import { createRebuild, type RebuildProgress } from "../../../../components/searchService/handlers/index/rebuild";
import type { Product } from "../../../../domain/catalogue/product";
import { toDocument } from "../../../../domain/catalogue/search/searchIndex";
import type { SearchAnswer, Suggestion } from "../../../../domain/catalogue/search/searchResult";
import { NO_RULES, type SearchRules } from "../../../../domain/catalogue/search/searchRules";
import { SEARCH_LANGUAGES, type SearchLanguage, toSearchText } from "../../../../domain/catalogue/search/searchText";
import { SYNONYMS } from "../../../../domain/catalogue/search/synonyms";
import { type SearchEngine, type SearchEngineKind, startSearchEngine } from "../../../../local/aws/search/engine";
import { IndexSynonyms } from "../../../../local/aws/search/indexSynonyms";
import { closeServer, listen } from "../../../../local/servers/listen";
import { shop } from "../../../integration/search/shop";
import { KeptLetters, product, record, request, silent, written } from "../../../kit/searchFakes";
import { temporaryFolder } from "../../../kit/temporaryFolder";

/**
 * Contract of the search service, tested with its own code against a running engine.
 *
 * @param beforeStart is awaited before the engine starts, with its data folder.
 * @returns the engine, once it has started.
 */
export function searchContract(
  kind: SearchEngineKind,
  startTimeoutMs: number,
  beforeStart: (dataDir: string) => Promise<void> = async () => {},
): () => SearchEngine {
  let engine: SearchEngine;
  let client: SearchClient;
  /** For operations that the store does not use. */
  let operator: Client;
  let indices: ProductIndices;
  let directory: string;
  let letters: KeptLetters;

  before(async function () {
    this.timeout(startTimeoutMs);
    directory = temporaryFolder("stayopen-search");
    await beforeStart(directory);
    engine = await startSearchEngine(kind, { dataDir: directory });
    client = openSearchClient({ endpoint: engine.url, region: "us-east-1", requestTimeoutMs: 20_000 });
    operator = new Client({ node: engine.url });
    indices = new ProductIndices(client, 0);
  });

  after(async () => {
    await operator?.close();
    await engine?.stop();
  });

  const index = async (event: DynamoDBStreamEvent) => {
    const answer = await createIndexer({ client, indices, deadLetters: letters, log: silent })(event);
    await client.indices.refresh({ index: "products-writes" });
    return answer;
  };
  const startOver = async (...products: Product[]) => {
    letters = new KeptLetters();
    const { body } = await operator.indices.get({
      index: "products-*",
      allow_no_indices: true,
      ignore_unavailable: true,
    });
    for (const name of Object.keys(body)) await client.indices.delete({ index: name });
    if (products.length > 0) await index(written(...products));
  };
  let rules: SearchRules = NO_RULES;
  const get = async (path: string, query = "") => {
    const options = { client, region: "us-east-1", log: silent, rules: async () => rules };
    const answer = await createSearchApi(options)(request(path, { query }));
    return { status: answer.statusCode, body: JSON.parse(answer.body ?? "{}") };
  };
  const search = async (query: Record<string, string | string[]>): Promise<SearchAnswer> => {
    const parameters = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
    );
    const { status, body } = await get("/api/catalogue/search", parameters.toString());
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };
  const ids = (answer: SearchAnswer) => answer.products.map(({ productId }) => productId);
  const facet = (answer: SearchAnswer, name: "category" | "brand" | "availability" | "price") =>
    Object.fromEntries(answer.facets![name].map(({ value, count }) => [value, count]));
  const suggest = async (q: string) => {
    const { body } = await get("/api/catalogue/suggest", new URLSearchParams({ q }).toString());
    return (body.suggestions as Suggestion[]).map(({ text }) => text);
  };

  describe("other languages", () => {
    /** The name of a product, and a query that must find it. */
    const FORMS: Record<SearchLanguage, [name: string, query: string]> = {
      english: ["Desk lamps", "lamp"],
      danish: ["Hvide lamper", "lampe"],
      finnish: ["Lampussa", "lampun"],
      french: ["L'étagère et les bouilloires", "etagere bouilloire"],
      german: ["Kopfhörer und Lampen", "kopfhorer Lampe"],
      hungarian: ["Lámpák", "lampa"],
      italian: ["L'orologio e le lampade", "orologio lampada"],
      norwegian: ["Lamper", "lampe"],
      portuguese: ["Lâmpadas", "lampada"],
      romanian: ["Lămpi", "lampa"],
      russian: ["Лампы", "лампа"],
      spanish: ["Lámparas", "lampara"],
      swedish: ["Lampor", "lampa"],
      turkish: ["Lambalar", "lamba"],
    };

    it("find other forms of a word, and ignore their stop words", async function () {
      this.timeout(300_000);
      for (const language of SEARCH_LANGUAGES) {
        await startOver();
        const [name, q] = FORMS[language];
        const own = new ProductIndices(client, 0, toSearchText({ language }));
        const lamp = product("lamp", { name, brand: "Ohm", category: "7", description: "Ohm" });
        await createIndexer({ client, indices: own, deadLetters: letters, log: silent })(written(lamp));
        await client.indices.refresh({ index: "products" });
        const answer = createSearchApi({ client, region: "us-east-1", log: silent, language });
        const { body } = await answer(
          request("/api/catalogue/search", { query: new URLSearchParams({ q }).toString() }),
        );
        expect(JSON.parse(body!), `${language}: ${q}`).to.deep.include({ matching: "exact" });
        expect(ids(JSON.parse(body!)), `${language}: ${q}`).to.deep.equal(["lamp"]);
      }
    });
  });

  describe("before the first product", () => {
    before(() => startOver());

    it("finds nothing, and is healthy", async () => {
      expect(await search({ q: "kettle" })).to.deep.include({ products: [], total: { count: 0, orMore: false } });
      expect(await suggest("ket")).to.deep.equal([]);
      expect(await get("/api/catalogue/health")).to.deep.equal({
        status: 200,
        body: { status: "ok", region: "us-east-1" },
      });
    });
  });

  describe("searching", () => {
    before(() => startOver(...shop));

    it("finds products by name, brand, category and description", async () => {
      expect(ids(await search({ q: "kettle" }))).to.have.members(["kettle-black", "kettle-steel"]);
      expect(ids(await search({ q: "Sonarra" }))).to.have.members(["headphones", "speaker"]);
      expect(ids(await search({ q: "audio" }))).to.have.members(["headphones", "speaker"]);
      expect(ids(await search({ q: "descale" }))).to.deep.equal(["kettle-black"]);
    });

    it("finds other forms of a word", async () => {
      expect(ids(await search({ q: "kettles" }))).to.have.members(["kettle-black", "kettle-steel"]);
      expect(ids(await search({ q: "chefs knife" }))).to.deep.equal(["knife"]);
      expect(ids(await search({ q: "chef's knives" }))).to.deep.equal(["knife"]);
    });

    it("finds words without their accents", async () => {
      expect(ids(await search({ q: "creme brulee" }))).to.deep.equal(["torch"]);
    });

    it("puts a match in the name before one in the description", async () => {
      expect(ids(await search({ q: "steel" }))[0]).to.equal("kettle-steel");
    });

    it("puts matches of every word first, and reports where close matches begin", async () => {
      const answer = await search({ q: "black kettle" });
      expect(ids(answer)[0]).to.equal("kettle-black");
      expect(ids(answer)).to.have.members(["kettle-black", "kettle-steel", "shoes", "headphones"]);
      expect(answer).to.deep.include({ matching: "near", exactMatches: 1, unmatchedWords: [] });
    });

    it("reports the words that no product has", async () => {
      const answer = await search({ q: "purple kettle" });
      expect(ids(answer)).to.have.members(["kettle-black", "kettle-steel"]);
      expect(answer).to.deep.include({ matching: "near", exactMatches: 0, unmatchedWords: ["purple"] });
    });

    it("names the query that was probably meant, if a found product has the words", async () => {
      expect((await search({ q: "blakc ketle" })).didYouMean).to.equal("black kettle");
      expect((await search({ q: "purple kettle" })).didYouMean).to.equal(undefined);
    });

    it("asks for a query with more typos than are forgiven, and shows nothing for it", async () => {
      const answer = await search({ q: "katlle" });
      expect(answer).to.deep.include({ products: [], exactMatches: 0, didYouMean: "kettle" });
      expect((await search({ q: "elektrik katlle" })).didYouMean).to.equal(undefined);
      expect((await search({ q: "zzzzzz" })).didYouMean).to.equal(undefined);
      rules = { ...NO_RULES, hidden: ["kettle-black", "kettle-steel"] };
      const hidden = await search({ q: "katlle" });
      rules = NO_RULES;
      expect(hidden.didYouMean).to.equal(undefined);
    });

    it("keeps close matches away from exact ones in any order but relevance", async () => {
      const answer = await search({ q: "black kettle", sort: "price-desc" });
      expect(ids(answer)).to.deep.equal(["kettle-black"]);
      expect(answer.matching).to.equal("exact");
    });

    it("ignores stop words and emoji", async () => {
      expect(ids(await search({ q: "a kettle for the kitchen" })).slice(0, 2)).to.have.members([
        "kettle-black",
        "kettle-steel",
      ]);
      expect(await search({ q: "kettle 🫖" })).to.deep.include({
        matching: "exact",
        total: { count: 2, orMore: false },
      });
      expect(ids(await search({ q: "👩‍🍳" }))).to.deep.equal([]);
    });

    it("corrects typos, and reports it", async () => {
      for (const typo of ["ketle", "kettel", "kettke", "mettle", "ekttle", "ettle", "kkettle", "kettless"]) {
        const answer = await search({ q: typo });
        expect(answer.matching, typo).to.equal("near");
        expect(ids(answer), typo).to.include.members(["kettle-black", "kettle-steel"]);
      }
      expect((await search({ q: "kettle" })).matching).to.equal("exact");
      expect(ids(await search({ q: "hedphones wireles" }))[0]).to.equal("headphones");
      expect(ids(await search({ q: "black jeadphones" }))[0]).to.equal("headphones");
    });

    it("does not correct typos only because filters leave nothing", async () => {
      const answer = await search({ q: "kettle", category: "Audio" });
      expect(answer).to.deep.include({ products: [], matching: "exact" });
    });

    it("takes operators and wildcards as words", async () => {
      for (const q of ["*", "name:kettle OR 1=1", '"kettle', "kettle AND (", "../_all", "{}", "\\", "kettle~9 ^5"]) {
        const { status } = await get("/api/catalogue/search", new URLSearchParams({ q }).toString());
        expect(status, q).to.equal(200);
      }
      expect(ids(await search({ q: "*" }))).to.deep.equal([]);
    });

    it("returns products as stored, without the index's own fields", async () => {
      const [found] = (await search({ q: "headphones" })).products;
      expect(found).to.deep.equal(shop.find(({ productId }) => productId === "headphones"));
    });

    it("refuses what the document does not allow", async () => {
      for (const query of [
        "size=101",
        "size=0",
        "price=cheap",
        "sort=best",
        "attribute=colour",
        "availability=maybe",
        `q=${"x".repeat(201)}`,
      ]) {
        expect((await get("/api/catalogue/search", query)).status, query).to.equal(422);
      }
    });
  });

  describe("words with punctuation", () => {
    before(() =>
      startOver(
        product("donuts", { name: "gds:Donuts", category: "Bread:Italian/French" }),
        product("band", { name: "AC/DC Poster", category: "Music" }),
        product("cable", { name: "USB-C Cable", category: "Cables" }),
        product("plug", { name: "Usbc Plug", category: "Plugs" }),
        product("shirt", { name: "T-Shirt", category: "Clothing" }),
        product("book", { name: "Learning node.js 1.7", category: "Books" }),
      ),
    );

    const exact: [string, string[]][] = [
      ["donuts", ["donuts"]],
      ["gds donuts", ["donuts"]],
      ["gds:donuts", ["donuts"]],
      ["italian", ["donuts"]],
      ["french bread", ["donuts"]],
      ["AC/DC", ["band"]],
      ["ac dc", ["band"]],
      ["acdc", ["band"]],
      ["usb-c", ["cable", "plug"]],
      ["usb c", ["cable", "plug"]],
      ["usbc", ["cable", "plug"]],
      ["usb-c cable", ["cable"]],
      ["tshirt", ["shirt"]],
      ["t shirt", ["shirt"]],
      ["node", ["book"]],
      ["nodejs", ["book"]],
      ["1.7", ["book"]],
    ];
    for (const [q, expected] of exact) {
      it(`finds ${expected.join(" and ")} for ${q}`, async () => {
        const answer = await search({ q, sort: "name" });
        expect(answer.matching).to.equal("exact");
        expect(ids(answer)).to.have.members(expected);
      });
    }

    it("are suggested as well", async () => {
      expect(await suggest("don")).to.deep.equal(["gds:Donuts"]);
      expect(await suggest("usbc ca")).to.deep.equal(["USB-C Cable"]);
    });
  });

  describe("joined and split words", () => {
    before(() => startOver(...shop, product("lamp", { name: "Reach Desk Lamp, 24 cm" })));

    it("finds words that are joined in the query and split in the name, and the other way", async () => {
      expect(await search({ q: "desklamp" })).to.deep.include({ matching: "exact" });
      expect(ids(await search({ q: "desklamp" }))).to.deep.equal(["lamp"]);
      expect(ids(await search({ q: "24cm lamp" }))).to.deep.equal(["lamp"]);
      const split = await search({ q: "head phones" });
      expect(split).to.deep.include({ matching: "exact" });
      expect(ids(split)).to.deep.equal(["headphones"]);
    });
  });

  describe("facets and filters", () => {
    before(() => startOver(...shop));

    it("counts values of the whole result", async () => {
      const answer = await search({});
      expect(facet(answer, "category")).to.deep.equal({ Kitchen: 5, Audio: 2, Sport: 1 });
      expect(facet(answer, "availability")).to.deep.equal({ "in-stock": 7, "out-of-stock": 1 });
      expect(facet(answer, "price")).to.deep.equal({
        "1000-2500": 1,
        "2500-5000": 4,
        "5000-10000": 1,
        "10000-25000": 2,
      });
      expect(answer.facets!.attributes["colour"]).to.deep.include({ value: "black", count: 3 });
    });

    it("keeps a facet's other values when one is chosen, and narrows the other facets", async () => {
      const answer = await search({ category: "Audio" });
      expect(ids(answer)).to.have.members(["headphones", "speaker"]);
      expect(answer.total).to.deep.equal({ count: 2, orMore: false });
      expect(facet(answer, "category")).to.deep.equal({ Kitchen: 5, Audio: 2, Sport: 1 });
      expect(facet(answer, "brand")).to.deep.equal({ Sonarra: 2 });
    });

    it("counts and finds a sold-out product as out of stock", async () => {
      const [kettle] = shop.filter(({ productId }) => productId === "kettle-black");
      const sale = (stock: object) => ({
        index: "products-writes",
        id: kettle!.productId,
        body: { ...toDocument({ ...kettle!, counted: true }), stock },
        refresh: true,
      });
      await operator.index(sale({ soldOut: true }));
      const answer = await search({ availability: "out-of-stock" });
      expect(ids(answer)).to.include("kettle-black").and.have.length(2);
      expect(answer.products.find(({ productId }) => productId === "kettle-black")?.stock).to.deep.equal({
        soldOut: true,
      });
      expect(facet(answer, "availability")).to.deep.equal({ "in-stock": 6, "out-of-stock": 2 });
      expect(ids(await search({ availability: "in-stock" }))).not.to.include("kettle-black");
      await operator.index(sale({ soldOut: false, left: 2 }));
      expect(ids(await search({ availability: "in-stock" }))).to.include("kettle-black");
      await index(written(kettle!));
    });

    it("widens the result by a second value of a facet", async () => {
      expect((await search({ category: ["Audio", "Sport"] })).total?.count).to.equal(3);
    });

    it("filters by price ranges whose upper end is excluded", async () => {
      expect(ids(await search({ price: "3490-4900" }))).to.have.members(["kettle-black", "kettle-steel"]);
      expect(ids(await search({ price: ["-2500", "12900-"] }))).to.have.members(["mugs", "headphones"]);
    });

    it("filters by text, number and boolean attributes", async () => {
      expect(ids(await search({ attribute: "colour=steel" }))).to.deep.equal(["kettle-steel"]);
      expect(ids(await search({ attribute: "capacityLitres=1.7" }))).to.have.members(["kettle-black", "kettle-steel"]);
      expect(ids(await search({ attribute: ["wireless=true", "colour=black"] }))).to.deep.equal(["headphones"]);
      expect((await search({ attribute: ["colour=steel", "colour=black"] })).total?.count).to.equal(4);
    });

    it("shows the other values of a chosen attribute", async () => {
      const { facets } = await search({ category: "Kitchen", attribute: "colour=steel" });
      expect(facets!.attributes["colour"]).to.have.deep.members([
        { value: "black", count: 1 },
        { value: "steel", count: 1 },
        { value: "white", count: 1 },
      ]);
    });

    it("takes a filter's value literally", async () => {
      expect((await search({ brand: "*" })).total?.count).to.equal(0);
      expect((await search({ attribute: "colour=.*" })).total?.count).to.equal(0);
    });
  });

  describe("order and pages", () => {
    const many = Array.from({ length: 57 }, (_, number) =>
      product(`p${String(number).padStart(2, "0")}`, {
        name: number % 2 === 0 ? `Zinc Bucket ${number % 3}` : `aluminium bucket ${number % 3}`,
        price: { amount: 1_000 + (number % 4) * 100, currency: "USD" },
        updatedAt: `2026-11-0${1 + (number % 9)}T00:00:00.000Z`,
      }),
    );
    before(() => startOver(...many));

    it("sorts by price, name and date, whatever the case of letters", async () => {
      const prices = async (sort: string) =>
        (await search({ sort, size: "57" })).products.map(({ price }) => price.amount);
      expect(await prices("price-asc")).to.deep.equal(many.map(({ price }) => price.amount).sort((a, b) => a - b));
      expect(await prices("price-desc")).to.deep.equal(many.map(({ price }) => price.amount).sort((a, b) => b - a));
      const byName = (await search({ sort: "name", size: "57" })).products.map(({ name }) => name.toLowerCase());
      expect(byName).to.deep.equal([...byName].sort());
      const newest = (await search({ sort: "newest" })).products[0];
      expect(newest?.updatedAt).to.equal("2026-11-09T00:00:00.000Z");
    });

    for (const sort of ["relevance", "price-asc", "name", "newest"]) {
      it(`shows each product exactly once over the pages sorted by ${sort}, though many tie`, async () => {
        const seen: string[] = [];
        let cursor: string | undefined;
        let pages = 0;
        do {
          const page: SearchAnswer = await search({ q: "bucket", sort, size: "10", ...(cursor && { cursor }) });
          seen.push(...ids(page));
          cursor = page.cursor;
          pages++;
          expect(page.facets === undefined).to.equal(pages > 1);
        } while (cursor && pages < 20);
        expect(seen).to.have.length(57);
        expect(new Set(seen)).to.have.length(57);
      });
    }

    it("continues at the same product after an earlier one was removed and another added", async () => {
      const first = await search({ q: "bucket", sort: "name", size: "10" });
      await index(written(product(ids(first)[0]!, { version: 2, deletedAt: "2026-11-10T00:00:00.000Z" })));
      const second = await search({ q: "bucket", sort: "name", size: "10", cursor: first.cursor! });
      expect(ids(second)).not.to.include.members(ids(first));
      expect(second.products).to.have.length(10);
    });

    it("corrects typos on the following pages too", async () => {
      const first = await search({ q: "buckte", size: "10" });
      const second = await search({ q: "buckte", size: "10", cursor: first.cursor! });
      expect(second).to.deep.include({ matching: "near" });
      expect(second.products).to.have.length(10);
    });

    it("refuses a cursor of another search and one that it did not issue", async () => {
      const { cursor } = await search({ q: "bucket", size: "10" });
      for (const query of [`q=zinc&cursor=${cursor}`, "q=bucket&cursor=AAAA", "q=bucket&cursor=e30"]) {
        expect((await get("/api/catalogue/search", query)).status, query).to.equal(400);
      }
    });
  });

  describe("variants", () => {
    const bucket = (colour: string, size: string, amount: number, content: Partial<Product> = {}) =>
      product(`bucket-${size}-${colour}`, {
        name: `Zinc Bucket ${size}, ${colour}`,
        group: `bucket-${size}`,
        price: { amount, currency: "USD" },
        attributes: { colour, size },
        ...content,
      });
    const sizes = Array.from({ length: 12 }, (_, size) => String(size + 10));
    const many = sizes.flatMap((size) => [
      bucket("red", size, 1_500, { availability: "out-of-stock" }),
      bucket("blue", size, 1_200),
      bucket("green", size, 3_000, { brand: "Hollis" }),
    ]);
    before(() => startOver(...many, ...shop));

    it("are each a product of their own, unless one of each is asked for", async () => {
      const each = await search({ q: "zinc bucket 10" });
      expect(ids(each).slice(0, 3)).to.have.members(["bucket-10-red", "bucket-10-blue", "bucket-10-green"]);
      expect(each.products[0]).not.to.have.property("variants");
      const one = await search({ q: "zinc bucket 10", variants: "one" });
      expect(one.products[0]).to.deep.include({
        group: "bucket-10",
        variants: {
          count: 3,
          offered: 2,
          name: "Zinc Bucket 10",
          lowest: { amount: 1_200, currency: "USD" },
          highest: { amount: 3_000, currency: "USD" },
        },
      });
      expect(new Set(one.products.map(({ group }) => group)).size).to.equal(one.products.length);
    });

    it("show the one that the words or the order ask for", async () => {
      expect(ids(await search({ q: "green bucket 12", variants: "one" }))[0]).to.equal("bucket-12-green");
      expect(ids(await search({ variants: "one", sort: "price-asc" }))[0]).to.match(/-blue$/);
      const dear = await search({ variants: "one", sort: "price-desc", brand: "Hollis", size: "1" });
      expect(dear.products[0]?.variants).to.deep.include({ count: 3 });
    });

    it("count as one product in total and facets, under filters too", async () => {
      const one = await search({ variants: "one" });
      expect(one.total).to.deep.equal({ count: 12 + shop.length, orMore: false });
      expect(facet(one, "category")).to.deep.equal({ Kitchen: 12 + 5, Audio: 2, Sport: 1 });
      expect(facet(one, "availability")).to.deep.equal({ "in-stock": 12 + 7, "out-of-stock": 12 + 1 });
      expect(one.facets?.attributes["colour"]).to.deep.include.members([{ value: "green", count: 12 }]);
      const filtered = await search({ variants: "one", brand: "Hollis", q: "bucket" });
      expect(filtered.total).to.deep.equal({ count: 12, orMore: false });
      expect(facet(filtered, "brand")).to.deep.equal({ Arden: 12, Hollis: 12 });
      expect((await search({ q: "bucket", brand: "Arden" })).total?.count).to.equal(24);
    });

    it("fill the pages of any order with each product once", async () => {
      for (const sort of ["relevance", "price-desc", "name"]) {
        const seen: (string | undefined)[] = [];
        let cursor: string | undefined;
        do {
          const query = { q: "bucket", sort, variants: "one", size: "5" };
          const page: SearchAnswer = await search({ ...query, ...(cursor && { cursor }) });
          seen.push(...page.products.map(({ group }) => group));
          cursor = page.cursor;
        } while (cursor && seen.length < 30);
        expect(seen, sort).to.have.members(sizes.map((size) => `bucket-${size}`));
      }
    });

    it("refuse a position in the results of each variant", async () => {
      const { cursor } = await search({ q: "bucket", sort: "name", size: "5" });
      const query = `q=bucket&sort=name&size=5&variants=one&cursor=${cursor}`;
      expect((await get("/api/catalogue/search", query)).status).to.equal(400);
    });

    it("are found by their group, without hidden ones", async () => {
      expect(ids(await search({ group: "bucket-14" }))).to.have.members([
        "bucket-14-red",
        "bucket-14-blue",
        "bucket-14-green",
      ]);
      rules = { ...NO_RULES, hidden: ["bucket-14-green"] };
      const [tile] = (await search({ q: "bucket 14", variants: "one" })).products;
      rules = NO_RULES;
      expect(tile?.variants).to.deep.include({ count: 2, highest: { amount: 1_500, currency: "USD" } });
    });

    it("are suggested as one product, unless a variant is typed", async () => {
      expect(await suggest("buck 14")).to.deep.equal(["Zinc Bucket 14"]);
      expect(await suggest("bucket 14 blu")).to.deep.equal(["Zinc Bucket 14, blue"]);
    });

    it("are found one by one in an index that has no groups yet", async () => {
      const { body } = await client.indices.getAlias({ name: "products" });
      const [present] = Object.keys(body);
      const former = {
        _meta: {},
        dynamic: false,
        properties: { live: { type: "boolean" }, sortName: { type: "keyword" }, productId: { type: "keyword" } },
      };
      await client.indices.delete({ index: present! });
      await client.indices.create({
        index: "products-former",
        body: { mappings: former, aliases: { products: {}, "products-writes": {} } } as Record<string, unknown>,
      });
      await index(written(...many.slice(0, 3)));
      const answer = await search({ variants: "one" });
      expect(answer.products).to.have.length(3);
      expect(answer.total).to.deep.equal({ count: 3, orMore: false });
    });
  });

  describe("suggestions", () => {
    before(() => startOver(...shop));

    it("completes the words of a name, brand or category", async () => {
      expect(await suggest("ket")).to.have.members(["Arden Electric Kettle, black", "Arden Electric Kettle, steel"]);
      expect(await suggest("arden kettle bl")).to.deep.equal(["Arden Electric Kettle, black"]);
      expect(await suggest("son")).to.have.members(["Sonarra Wireless Headphones", "Sonarra Speaker"]);
    });

    it("corrects a typo in a whole word", async () => {
      expect(await suggest("hedphones")).to.deep.equal(["Sonarra Wireless Headphones"]);
      expect(await suggest("jeadphones")).to.deep.equal(["Sonarra Wireless Headphones"]);
      expect(await suggest("sonara headphones")).to.deep.equal(["Sonarra Wireless Headphones"]);
    });

    it("corrects a typo in the beginning of a word", async () => {
      const kettles = ["Arden Electric Kettle, black", "Arden Electric Kettle, steel"];
      for (const typed of ["ektt", "kwett", "arden ktet"]) expect(await suggest(typed), typed).to.have.members(kettles);
    });

    it("ignores emoji", async () => {
      expect(await suggest("speak 🔊")).to.deep.equal(["Sonarra Speaker"]);
    });

    it("suggests nothing for an empty text", async () => {
      expect(await suggest("zzzz")).to.deep.equal([]);
      expect(await suggest(" ")).to.deep.equal([]);
    });
  });

  describe("rules of merchandisers", () => {
    before(() => startOver(...shop));
    afterEach(() => {
      rules = NO_RULES;
    });

    it("shows pinned products first, in their order, though they do not match", async () => {
      const others = ids(await search({ q: "kettle" }));
      rules = { ...NO_RULES, pins: [{ query: "Kettle", productIds: ["torch", "knife"] }] };
      const found = await search({ q: "kettle" });
      expect(ids(found)).to.deep.equal(["torch", "knife", ...others]);
      expect(found).to.deep.include({ matching: "exact", total: { count: others.length + 2, orMore: false } });
      expect(ids(await search({ q: "kettle", size: "1" }))).to.deep.equal(["torch"]);
      expect(ids(await search({ q: "kettle", brand: "Arden" }))).to.deep.equal(others);
      expect(ids(await search({ q: "electric kettle" }))).not.to.include("torch");
    });

    it("moves boosted products up among those that match", async () => {
      const [first, ...rest] = ids(await search({ q: "kettle" }));
      expect(rest).to.have.length(1);
      rules = { ...NO_RULES, boosts: [{ field: "productId", value: rest[0]!, weight: 5 }] };
      expect(ids(await search({ q: "kettle" }))).to.deep.equal([...rest, first]);
    });

    it("hides products from results, facets and suggestions", async () => {
      rules = { ...NO_RULES, hidden: ["kettle-black"] };
      const found = await search({ q: "kettle" });
      expect(ids(found)).to.deep.equal(["kettle-steel"]);
      expect(found.facets?.attributes["colour"]).to.deep.equal([{ value: "steel", count: 1 }]);
      expect(ids(await search({}))).not.to.include("kettle-black");
      expect(await suggest("kett")).to.deep.equal(["Arden Electric Kettle, steel"]);
    });

    it("finds products by synonyms at once", async () => {
      expect(ids(await search({ q: "boiler jug" }))).to.deep.equal([]);
      rules = { ...NO_RULES, synonyms: ["boiler jug => kettle"] };
      expect(ids(await search({ q: "Boiler Jug" })).sort()).to.deep.equal(["kettle-black", "kettle-steel"]);
      expect(ids(await search({ q: "steel boiler jug" }))[0]).to.equal("kettle-steel");
    });
  });

  describe("indexing", () => {
    beforeEach(() => startOver());

    it("shows the table's final product when both Regions created it at the same moment", async () => {
      // One version with two contents: the later write wins, and its stream record comes last.
      await index(written(product("tie", { name: "Pewter Lantern" })));
      await index(written(product("tie", { name: "Brass Lantern", homeRegion: "us-west-2" })));
      expect(ids(await search({ q: "brass" }))).to.deep.equal(["tie"]);
    });

    it("keeps the newest version in any order of records", async () => {
      const at = (version: number) => product("a", { version, name: `Lantern v${version}` });
      await index(written(at(2)));
      await index(written(at(1)));
      await index(written(at(3), at(2)));
      await index(written(at(3)));
      expect((await search({ q: "lantern" })).products.map(({ name }) => name)).to.deep.equal(["Lantern v3"]);
    });

    it("never restores a deleted product", async () => {
      await index(written(product("a", { name: "Lantern" })));
      await index(written(product("a", { name: "Lantern", version: 2, deletedAt: "2026-11-02T00:00:00.000Z" })));
      await index(written(product("a", { name: "Lantern", version: 1 })));
      expect(ids(await search({ q: "lantern" }))).to.deep.equal([]);
      await index(written(product("a", { name: "Lantern", version: 3 })));
      expect(ids(await search({ q: "lantern" }))).to.deep.equal(["a"]);
    });

    it("removes an item that was deleted from the table by hand", async () => {
      await index(written(product("a", { name: "Lantern" })));
      await index({ Records: [record("REMOVE", { ...product("a", { name: "Lantern" }) })] });
      expect(ids(await search({ q: "lantern" }))).to.deep.equal([]);
    });

    it("indexes the rest of a batch with a poison record, and keeps that record with its reason", async () => {
      const poison = { ...product("bad"), price: { amount: "a lot", currency: "USD" } };
      const event = {
        Records: [
          record("INSERT", { ...product("a", { name: "Lantern a" }) }),
          record("INSERT", poison),
          record("INSERT", { productId: "worse" }),
          record("INSERT", { ...product("b", { name: "Lantern b" }) }),
        ],
      };
      expect(await index(event)).to.deep.equal({ batchItemFailures: [] });
      expect(ids(await search({ q: "lantern" }))).to.have.members(["a", "b"]);
      expect(letters.letters.map(({ productId }) => productId)).to.deep.equal(["bad", "worse"]);
      expect(letters.letters[0]?.reason).to.equal("price.amount must be integer");
    });

    it("does not grow its mapping by attributes", async () => {
      const attributes = Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`fact${number}`, number]));
      await index(written(product("a", { attributes })));
      const { body } = await client.indices.getMapping({ index: "products" });
      expect(JSON.stringify(body)).not.to.include("fact1");
      expect(ids(await search({ attribute: "fact7=7" }))).to.deep.equal(["a"]);
    });
  });

  describe("rebuilding", () => {
    beforeEach(() => startOver());

    /** A table that is read page by page; `afterPage` runs between two pages. */
    const rebuildOf = (items: Map<string, Product | Record<string, unknown>>, afterPage = async () => {}) => {
      const send = async ({ input }: { input: { ExclusiveStartKey?: { productId: string } } }) => {
        const keys = [...items.keys()].sort();
        const begin = input.ExclusiveStartKey ? keys.findIndex((key) => key > input.ExclusiveStartKey!.productId) : 0;
        const page = begin === -1 ? [] : keys.slice(begin, begin + 4);
        const answer = {
          Items: page.map((key) => items.get(key)),
          LastEvaluatedKey: page.length === 4 ? { productId: page.at(-1) } : undefined,
        };
        await afterPage();
        return answer;
      };
      const table = { name: "products", client: { send } as unknown as DynamoDBDocumentClient };
      return createRebuild({ client, indices, table, deadLetters: letters, log: silent, fillForMs: 0 });
    };
    const run = async (rebuild: ReturnType<typeof rebuildOf>, id: string): Promise<RebuildProgress> => {
      let progress = await rebuild({ step: "begin", id });
      while (!progress.filled) progress = await rebuild({ step: "fill", progress });
      progress = await rebuild({ step: "swap", progress });
      return rebuild({ step: "clean", progress });
    };
    const indexNames = async () => Object.keys((await operator.indices.get({ index: "products-*" })).body);

    it("fills a new index from the table, and removes the old one", async () => {
      await index(written(product("stale", { name: "Lantern" })));
      const items = new Map(
        Array.from({ length: 10 }, (_, n) => [`p${n}`, product(`p${n}`, { name: `Lantern ${n}` })]),
      );
      const progress = await run(rebuildOf(items), "20261101T000000");
      expect(progress).to.deep.include({ read: 10, skipped: 0, replaced: ["products-first"] });
      expect(ids(await search({ q: "lantern", size: "50" })).sort()).to.deep.equal([...items.keys()]);
      expect(await indexNames()).to.deep.equal(["products-20261101t000000"]);
    });

    it("serves searches from the new index while it fills when there was none before", async () => {
      const items = new Map(
        Array.from({ length: 10 }, (_, n) => [`p${n}`, product(`p${n}`, { name: `Lantern ${n}` })]),
      );
      const progress = await run(rebuildOf(items), "20261101T000000");
      expect(progress.replaced).to.deep.equal([]);
      expect((await search({ q: "lantern" })).total?.count).to.equal(10);
    });

    it("loses no change and no search meanwhile", async () => {
      const items = new Map<string, Product>();
      const put = async (item: Product) => {
        items.set(item.productId, item);
        await index(written(item));
      };
      for (let n = 0; n < 20; n++) await put(product(`p${String(n).padStart(2, "0")}`, { name: `Lantern ${n}` }));

      let round = 0;
      const answers: number[] = [];
      const meanwhile = async () => {
        round++;
        const changed = items.get(`p${String(round % 20).padStart(2, "0")}`)!;
        await put({ ...changed, version: changed.version + 1, name: `Lantern changed ${round}` });
        await put(product(`a${round}`, { name: `Lantern new ${round}` }));
        await put(product(`z${round}`, { name: `Lantern new ${round}` }));
        answers.push((await search({ q: "lantern", size: "100" })).total!.count);
      };
      const progress = await run(rebuildOf(items, meanwhile), "20261101T000001");
      await meanwhile();

      expect(round).to.be.greaterThan(4);
      expect(Math.min(...answers)).to.be.at.least(20);
      const found = (await search({ q: "lantern", size: "100" })).products;
      expect(found.map(({ productId }) => productId).sort()).to.deep.equal([...items.keys()].sort());
      for (const { productId, version } of found) expect(version, productId).to.equal(items.get(productId)!.version);
      expect(await indexNames()).to.deep.equal([progress.index]);
    });

    it("continues in the index that an interrupted rebuild left", async () => {
      const items = new Map(Array.from({ length: 6 }, (_, n) => [`p${n}`, product(`p${n}`, { name: `Lantern ${n}` })]));
      await index(written(...items.values()));
      const interrupted = await rebuildOf(items)({ step: "begin", id: "20261101T000002" });
      const progress = await run(rebuildOf(items), "20261101T000003");
      expect(progress.index).to.equal(interrupted.index);
      expect((await search({ q: "lantern" })).total?.count).to.equal(6);
      expect(await indexNames()).to.deep.equal([interrupted.index]);
    });

    it("tolerates repeated steps", async () => {
      const items = new Map(Array.from({ length: 3 }, (_, n) => [`p${n}`, product(`p${n}`, { name: `Lantern ${n}` })]));
      const rebuild = rebuildOf(items);
      await rebuild({ step: "begin", id: "20261101T000004" });
      let progress = await rebuild({ step: "begin", id: "20261101T000004" });
      await rebuild({ step: "fill", progress });
      progress = await rebuild({ step: "fill", progress });
      const swapped = await rebuild({ step: "swap", progress });
      const again = await rebuild({ step: "swap", progress });
      await rebuild({ step: "clean", progress: swapped });
      await rebuild({ step: "clean", progress: again });
      expect((await search({ q: "lantern" })).total?.count).to.equal(3);
    });

    it("skips an item that can't be indexed, and keeps it with its reason", async () => {
      const items = new Map<string, Product | Record<string, unknown>>([
        ["a", product("a", { name: "Lantern" })],
        ["b", { productId: "b", version: 1 }],
        ["#search-rules", { productId: "#search-rules", version: 1, hidden: [] }],
      ]);
      expect(await run(rebuildOf(items), "20261101T000005")).to.deep.include({ read: 2, skipped: 1 });
      expect(letters.letters).to.have.length(1);
      expect(letters.letters[0]).to.deep.include({ productId: "b", source: { rebuild: "products-20261101t000005" } });
      expect(ids(await search({ q: "lantern" }))).to.deep.equal(["a"]);
    });

    it("keeps the index in use when the new one has too few products", async () => {
      await index(written(product("a", { name: "Lantern" })));
      const items = new Map([["a", product("a", { name: "Lantern" })]]);
      const rebuild = rebuildOf(items);
      const progress = await rebuild({ step: "begin", id: "20261101T000006" });
      const refusal = await rebuild({ step: "swap", progress: { ...progress, read: 5, filled: true } }).catch(String);
      expect(refusal).to.include("has 0 of 5 products");
      expect(ids(await search({ q: "lantern" }))).to.deep.equal(["a"]);
    });
  });

  // With the local run's own treatment of an index's synonyms.
  describe("synonyms of an index", () => {
    it("finds what a synonym names, the store's own or the shop's", async function () {
      this.timeout(300_000);
      await startOver();
      const synonyms = new IndexSynonyms();
      // The search gateway of the local run does the same with requests to osmem.
      const proxy = createServer(async (request, response) => {
        const { method = "GET", url = "/" } = request;
        const sent = await buffer(request);
        const body = kind === "osmem" ? synonyms.pass(method, url, sent) : sent;
        const answer = await fetch(`${engine.url}${url}`, {
          method,
          headers: { "content-type": request.headers["content-type"] ?? "application/json" },
          ...(body.length > 0 && { body: new Uint8Array(body) }),
        });
        response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "application/json" });
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
      try {
        const endpoint = await listen(proxy, 0, "search gateway of the test");
        const client = openSearchClient({ endpoint, region: "us-east-1", requestTimeoutMs: 20_000 });
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
        // A rebuild makes another index, which is read once the alias leads to it.
        const rebuilt = new ProductIndices(client, 0, toSearchText({ synonyms: ["torch, lantern"] }));
        const next = await rebuilt.beginRebuild("products-next");
        expect(await find("bruleur"), "before the swap").to.deep.equal(["torch"]);
        await createIndexer({ client, indices: rebuilt, deadLetters: new KeptLetters(), log: silent })(
          written(...shop),
        );
        await rebuilt.swapTo(next);
        expect(await find("lantern")).to.deep.equal(["torch"]);
      } finally {
        await closeServer(proxy);
      }
    });
  });

  return () => engine;
}
