/**
 * `npm run bench:relevance`: searches a judged set of queries with the service's own code and with a plain
 * `multi_match` on the same engine, and prints how well each ranks, with and without typos in the queries.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readRows } from "../../catalogue/rows";
import { createSearchApi } from "../../components/searchService/handlers/api/searchApi";
import { indexDocuments } from "../../components/searchService/handlers/index/bulk";
import { openSearchClient, type SearchClient } from "../../components/searchService/handlers/index/indexClient";
import { ProductIndices } from "../../components/searchService/handlers/index/productIndices";
import type { Product } from "../../domain/catalogue/product";
import { toDocument } from "../../domain/catalogue/search/searchIndex";
import { startSearchEngine } from "../../local/aws/search/engine";
import { request, silent } from "../../tests/kit/searchFakes";
import { emptyFolder } from "../folder";
import { machine, mean, run, table } from "../table";
import { type Grades, ndcgAt10, precisionAt10 } from "./measures";
import { readKinds, readRatings } from "./ratings";
import { TYPO_KINDS, withTypo } from "./typos";

const usage = `Usage: npm run bench:relevance -- [options]

  --products FILE   .csv or .jsonl as the import takes it; default catalogue/sample.jsonl
  --ratings FILE    CSV: query, product id, grade from 0 to 3, and optionally the kind of query; default bench/relevance/sampleRatings.csv
  --engine KIND     opensearch (default) or osmem
  --each            print every query's nDCG@10 as well
`;

/** Searches for product ids, best first. */
type Find = (query: string) => Promise<string[]>;

const PLAIN_INDEX = "plain";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      products: { type: "string", default: join(__dirname, "..", "..", "catalogue", "sample.jsonl") },
      ratings: { type: "string", default: join(__dirname, "sampleRatings.csv") },
      engine: { type: "string", default: "opensearch" },
      each: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const { engine: kind } = values;
  if (kind !== "osmem" && kind !== "opensearch")
    throw new RangeError(`"${kind}" is no search engine; use osmem or opensearch.`);
  const products = await readProducts(values.products);
  const ratings = readRatings(
    values.ratings,
    products.map(({ productId }) => productId),
  );
  const heading = machine();
  const directory = emptyFolder("relevance");
  const engine = await startSearchEngine(kind, { dataDir: directory });
  try {
    const client = openSearchClient({ endpoint: engine.url, region: "us-east-1", requestTimeoutMs: 60_000 });
    await index(client, products);
    const finders: [string, Find][] = [
      ["plain multi_match", plain(client)],
      ["this service", service(client)],
    ];
    const groups = new Map(products.map(({ productId, group }) => [productId, group ?? productId]));
    const tiles: [string, Find][] = [
      ["plain multi_match", byGroup(plain(client, 100), groups)],
      ["this service", byGroup(service(client, "one"), groups)],
    ];
    console.log(`${ratings.size} queries, ${products.length} products, ${kind}; ${heading}\n`);
    const head = ["queries", "nDCG@10", "precision@10", "no result"];
    const rows: string[][] = [];
    const kinds = readKinds(values.ratings);
    for (const [group, variant] of queryGroups(kinds)) {
      for (const [name, find] of finders) rows.push([`${group}: ${name}`, ...(await measure(ratings, variant, find))]);
    }
    const tileRatings = new Map([...ratings].map(([query, grades]) => [query, gradeGroups(grades, groups)]));
    for (const [name, find] of tiles) {
      rows.push([`one tile per product: ${name}`, ...(await measure(tileRatings, (query) => [query], find))]);
    }
    console.log(`${table(["", ...head], rows)}\n`);
    if (values.each) await printEach(ratings, finders);
  } finally {
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function readProducts(file: string): Promise<Product[]> {
  const products: Product[] = [];
  for await (const row of readRows(file)) {
    if (!row.ok) throw new RangeError(`Line ${row.line} of ${file} is no valid product: ${row.reasons.join("; ")}.`);
    const updatedAt = "2026-01-01T00:00:00.000Z";
    products.push({ ...row.content, productId: row.productId, version: 1, homeRegion: "us-east-1", updatedAt });
  }
  return products;
}

async function index(client: SearchClient, products: Product[]): Promise<void> {
  const targets = await new ProductIndices(client, 0).writeTargets();
  for (let from = 0; from < products.length; from += 500) {
    const batch = products.slice(from, from + 500);
    const failures = await indexDocuments(client, targets, batch.map(toDocument));
    for (const [id, { reason }] of failures) throw new RangeError(`Product ${id} cannot be indexed: ${reason}`);
    const bulkBody = batch.flatMap(({ productId, name, description }) => [
      { index: { _index: PLAIN_INDEX, _id: productId } },
      { name, description },
    ]);
    const answer = await client.transport.request({ method: "POST", path: "/_bulk", bulkBody });
    if (answer.body.errors) throw new Error("The plain index refused products.");
  }
  await client.indices.refresh({ index: [...targets, PLAIN_INDEX] });
}

/** Names the group of each product found, once. */
function byGroup(find: Find, groups: ReadonlyMap<string, string>): Find {
  return async (query) => [...new Set((await find(query)).map((id) => groups.get(id) ?? id))];
}

/** A product's grade is that of its best variant. */
function gradeGroups(grades: Grades, groups: ReadonlyMap<string, string>): Grades {
  const best = new Map<string, number>();
  for (const [id, grade] of grades) {
    const group = groups.get(id) ?? id;
    best.set(group, Math.max(best.get(group) ?? 0, grade));
  }
  return best;
}

function plain(client: SearchClient, size = 10): Find {
  return async (query) => {
    const body = { size, query: { multi_match: { query, fields: ["name^4", "description"] } } };
    const answer = await client.search({ index: PLAIN_INDEX, body });
    return answer.body.hits.hits.map(({ _id }) => String(_id));
  };
}

function service(client: SearchClient, variants = "each"): Find {
  const answer = createSearchApi({ client, region: "us-east-1", log: silent });
  return async (q) => {
    const query = new URLSearchParams({ q, size: "10", variants }).toString();
    const { statusCode, body = "" } = await answer(request("/api/catalogue/search", { query }));
    if (statusCode !== 200) throw new Error(`The search for "${q}" returned ${statusCode}: ${body}`);
    return JSON.parse(body).products.map(({ productId }: Product) => productId);
  };
}

/** All queries, those of each kind, and all with a typo made by code. */
function queryGroups(kinds: ReadonlyMap<string, string>): [string, (query: string) => string[]][] {
  const isTypo = (query: string) => kinds.get(query)?.startsWith("typo") === true;
  const typos = (where: "first" | "middle") => (query: string) =>
    isTypo(query) ? [] : TYPO_KINDS.map((kind) => withTypo(query, kind, where)).filter((one) => one !== undefined);
  const names = [...new Set(kinds.values())];
  const ofKinds = names.map((name): [string, (query: string) => string[]] => [
    name,
    (query) => (kinds.get(query) === name ? [query] : []),
  ]);
  return [
    ["as judged", (query) => [query]],
    ...(names.length > 1 ? ofKinds : []),
    ["typo in the first letter", typos("first")],
    ["typo in the middle", typos("middle")],
  ];
}

async function measure(
  ratings: Map<string, Grades>,
  variants: (query: string) => string[],
  find: Find,
): Promise<string[]> {
  const results: { ndcg: number; precision: number; empty: number }[] = [];
  for (const [query, grades] of ratings) {
    for (const variant of variants(query)) {
      const found = await find(variant);
      const empty = found.length === 0 ? 1 : 0;
      results.push({ ndcg: ndcgAt10(found, grades), precision: precisionAt10(found, grades), empty });
    }
  }
  const share = (of: "ndcg" | "precision" | "empty") => mean(results.map((result) => result[of]));
  return [
    String(results.length),
    share("ndcg").toFixed(3),
    share("precision").toFixed(3),
    `${(share("empty") * 100).toFixed(1)} %`,
  ];
}

async function printEach(ratings: Map<string, Grades>, finders: [string, Find][]): Promise<void> {
  const rows: string[][] = [];
  for (const [query, grades] of ratings) {
    const scores = await Promise.all(finders.map(async ([, find]) => ndcgAt10(await find(query), grades).toFixed(3)));
    rows.push([query, ...scores]);
  }
  console.log(table(["nDCG@10 of", ...finders.map(([name]) => name)], rows));
}

run(main);
