import { createSearchApi } from "../../components/searchService/handlers/api/searchApi";
import { openSearchClient } from "../../components/searchService/handlers/index/indexClient";
import { request, silent } from "../../tests/kit/searchFakes";
import { secondsOf } from "../processes";
import { type Sample, shareOf } from "./share";

/** Searches before anything is measured, so that code is compiled and the engine's caches are as warm as a busy store's. */
const WARM_UP = 30;

/** Measures each search through the service's own code: the time that a shopper waits, without Lambda and network. */
export async function searches(engine: { url: string; pid: number }, rounds: number): Promise<string[][]> {
  const client = openSearchClient({ endpoint: engine.url, region: "us-east-1", requestTimeoutMs: 60_000 });
  let tookMs = 0;
  const search = client.search.bind(client) as (...args: unknown[]) => Promise<{ body: { took: number } }>;
  let requests = 0;
  // The engine's own time; a search makes one request or two.
  (client as { search: unknown }).search = async (...args: unknown[]) => {
    const answer = await search(...args);
    tookMs += answer.body.took;
    requests += 1;
    return answer;
  };
  const answer = createSearchApi({ client, region: "us-east-1", log: silent });
  const rows: string[][] = [];
  for (const [name, url] of await cases(answer)) {
    const [path, query = ""] = url.split("?");
    const event = request(path!, { query: query.replaceAll(" ", "%20") });
    for (let warmUp = 0; warmUp < WARM_UP; warmUp++) await answer(event);
    const samples: Sample[] = [];
    requests = 0;
    const engineBefore = secondsOf(engine.pid);
    const ownBefore = process.cpuUsage();
    for (let round = 0; round < rounds; round++) {
      tookMs = 0;
      const start = performance.now();
      const { statusCode, body } = await answer(event);
      samples.push({ ms: performance.now() - start, tookMs });
      if (statusCode !== 200) throw new Error(`${name} returned ${statusCode}: ${body}`);
    }
    const { user, system } = process.cpuUsage(ownBefore);
    const share = shareOf(samples, {
      closure: (user + system) / 1_000,
      engine: (secondsOf(engine.pid) - engineBefore) * 1_000,
    });
    rows.push([
      name,
      (requests / rounds).toFixed(0),
      share.p50Ms.toFixed(1),
      share.p95Ms.toFixed(1),
      share.tookMs.toFixed(1),
      share.besidesMs.toFixed(1),
      share.engineCpuMs.toFixed(1),
      share.closureCpuMs.toFixed(1),
      `${(share.closureCpuMs / share.engineCpuMs).toFixed(2)} ×`,
    ]);
  }
  return rows;
}

async function cases(answer: ReturnType<typeof createSearchApi>): Promise<[string, string][]> {
  const cursor = await cursorAfter(answer, 20);
  return [
    ["health: the cheapest there is", "/api/catalogue/health"],
    ["one word, facets", "/api/catalogue/search?q=kettle"],
    ["three words, facets", "/api/catalogue/search?q=black wireless headphones"],
    ["typo, facets", "/api/catalogue/search?q=wireles hedphones"],
    ["filters, facets", "/api/catalogue/search?q=lamp&category=Lighting&price=2500-10000&attribute=colour=black"],
    ["everything by price, facets", "/api/catalogue/search?sort=price-asc"],
    ...(cursor
      ? [["21st page by price", `/api/catalogue/search?sort=price-asc&cursor=${cursor}`] satisfies [string, string]]
      : []),
    ["suggestions", "/api/catalogue/suggest?q=wir"],
    ["suggestions, typo", "/api/catalogue/suggest?q=kettel"],
  ];
}

/** The cursor behind so many pages, or `undefined` if there are fewer. */
async function cursorAfter(answer: ReturnType<typeof createSearchApi>, pages: number): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < pages; page++) {
    const query = `sort=price-asc${cursor ? `&cursor=${cursor}` : ""}`;
    cursor = JSON.parse((await answer(request("/api/catalogue/search", { query }))).body!).cursor;
    if (cursor === undefined) return undefined;
  }
  return cursor;
}
