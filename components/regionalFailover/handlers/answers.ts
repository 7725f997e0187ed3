import type { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { SignInSettings } from "../../../domain/auth";
import { internalError, json, problem } from "../../../domain/http/problem";
import type { PaymentElement } from "../../../domain/order";
import { isDrained, type RegionRecords } from "../../../domain/region";
import type { Count } from "./metrics";
import type { Probe } from "./probe";
import type { StateStore } from "./stateStore";

export type Answer = APIGatewayProxyStructuredResultV2;

/** Parts of a request that the handlers read. */
export type Request = Pick<APIGatewayProxyEventV2, "routeKey" | "pathParameters"> & {
  requestContext: Pick<APIGatewayProxyEventV2["requestContext"], "requestId">;
};

/** Configuration of the storefront, served by `GET /api/config`. Nothing in it is secret. */
export interface StoreConfig {
  /** Region that serves the request. */
  region: string;
  currency: string;
  /** Key that cards are encrypted with; the same in every Region. */
  card: object;
  /** The payment provider's own card fields. Absent: the page encrypts cards. */
  paymentElement?: PaymentElement;
  /** The page asks for quotes. Absent: totals are the sum of the lines. */
  quotes?: boolean;
  /** Sign-in settings of this Region. */
  auth: SignInSettings;
  /** Regions whose tokens the store accepts, this one first. */
  regions: { region: string; auth: SignInSettings; here: boolean }[];
  /** All Regions of the store, this one first: the page calls another one when this one fails. */
  storeRegions: string[];
}

export interface ConfigApiDeps {
  region: string;
  peerRegions: readonly string[];
  store: Pick<StateStore, "readRecords">;
  settings: Pick<StoreConfig, "currency" | "card" | "paymentElement" | "quotes" | "auth">;
  log: Pick<Logger, "error" | "warn">;
  now: () => number;
}

export interface CheckApiDeps extends Pick<ConfigApiDeps, "region" | "store" | "log" | "now"> {
  /** ARNs of the services' check functions, by service. */
  checkFunctions: Record<string, string>;
  /** Calls a check function once. */
  check: (functionArn: string, timeoutMs: number) => Promise<Probe>;
  count: Count;
}

/** Path of the health route, behind the check key. */
export const HEALTH_PATH = "/regions/health";

/** Time limit of a check function. Route 53 waits two seconds for a response once connected, which includes our own time. Milliseconds. */
const SERVICE_HEALTH_LIMIT_MS = 1_500;

/** Route 53's checkers send several requests a second; one check serves them all. Milliseconds. */
const HEALTH_CACHE_MS = 2_000;

/** The peer's sign-in settings rarely change. Milliseconds. */
const CONFIG_CACHE_MS = 30_000;

/** Creates the handler of the public route `GET /api/config`. */
export function createConfigApi(deps: ConfigApiDeps): (request: Request) => Promise<Answer> {
  const config = cached(CONFIG_CACHE_MS, deps.now, () => readStoreConfig(deps));
  return withErrorResponse(deps.log, "GET /api/config", () => config());
}

/** Creates the handler of the routes behind the check key: health of this Region, and the drain state of a Region. */
export function createCheckApi(deps: CheckApiDeps): (request: Request) => Promise<Answer> {
  const health = cached(HEALTH_CACHE_MS, deps.now, () => checkHealth(deps));
  return async (request) => {
    // The route key begins with the check key, which must not be logged.
    const isHealth = request.routeKey.endsWith(HEALTH_PATH);
    return await withErrorResponse(deps.log, isHealth ? "health" : "drained", () =>
      isHealth ? health() : readDrainState(deps, request.pathParameters?.["region"] ?? ""),
    )(request);
  };
}

/** Turns an error into a 500 response with the request id. */
function withErrorResponse(log: ConfigApiDeps["log"], route: string, answer: () => Promise<Answer>) {
  return async (request: Request): Promise<Answer> => {
    try {
      return await answer();
    } catch (error) {
      log.error("Request failed", { route, error: error as Error });
      return internalError(request.requestContext.requestId);
    }
  };
}

/**
 * Responds 503 while an operator has drained this Region or one of its services fails; the body names both. An inconclusive
 * check, such as one that Lambda has throttled, leaves the service `unknown` and the Region healthy.
 */
async function checkHealth({ region, store, checkFunctions, check, count, log, now }: CheckApiDeps): Promise<Answer> {
  const checkedAt = new Date(now()).toISOString();
  const checks = Object.entries(checkFunctions).map(async ([service, functionArn]) => {
    const { verdict, said } = await check(functionArn, SERVICE_HEALTH_LIMIT_MS);
    if (verdict === "fails") log.warn("Service check failed", { failing: service, said });
    if (verdict === "nothing") log.warn("Service check was inconclusive", { unchecked: service, said });
    return [service, STATUS_BY_VERDICT[verdict]] as const;
  });
  const [drained, ...services] = await Promise.all([readDrained(store, region, log), ...checks]);
  const failing = drained === undefined || services.some(([, status]) => status === "failing");
  if (failing) count({ HealthFailing: 1 });
  const status = failing ? "failing" : drained ? "drained" : "ok";
  return json(status === "ok" ? 200 : 503, { status, region, services: Object.fromEntries(services), checkedAt });
}

const STATUS_BY_VERDICT = { works: "ok", fails: "failing", nothing: "unknown" } as const;

/** Reads whether the Region is drained; `undefined` if the table of Regions is unreachable. */
async function readDrained(
  store: ConfigApiDeps["store"],
  region: string,
  log: ConfigApiDeps["log"],
): Promise<boolean | undefined> {
  try {
    return isDrained((await store.readRecords(region)).drains);
  } catch (error) {
    log.error("Reading the table of Regions failed", { error: error as Error });
    return undefined;
  }
}

/**
 * Responds 200 if a Region is drained according to this Region's replica, else 404. The health check is inverted, so that
 * no response (this Region is down) does not count against the other Region.
 */
async function readDrainState({ store, log }: CheckApiDeps, region: string): Promise<Answer> {
  const drained = await readDrained(store, region, log);
  if (drained) return json(200, { region, drained: true });
  return problem(404, { title: "Not drained", detail: `${region} is not drained, according to this Region.` });
}

async function readStoreConfig({ region, peerRegions, store, settings, log }: ConfigApiDeps): Promise<Answer> {
  const regions: StoreConfig["regions"] = [{ region, auth: settings.auth, here: true }];
  for (const [index, peer] of (
    await Promise.all(peerRegions.map((peerRegion) => readPeerRecords(store, peerRegion, log)))
  ).entries()) {
    if (peer?.issuer) regions.push({ region: peerRegions[index]!, auth: peer.issuer.settings, here: false });
  }
  const config: StoreConfig = { region, ...settings, regions, storeRegions: [region, ...peerRegions] };
  return json(200, config, { "cache-control": "public, max-age=30" });
}

/** Reads the peer's records. Without them the storefront still signs customers in to this Region. */
async function readPeerRecords(
  store: ConfigApiDeps["store"],
  peerRegion: string,
  log: ConfigApiDeps["log"],
): Promise<RegionRecords | undefined> {
  try {
    return await store.readRecords(peerRegion);
  } catch (error) {
    log.error("Reading the peer Region's records failed", { peerRegion, error: error as Error });
    return undefined;
  }
}

/** Caches a response for a while. Concurrent callers share the response that is being made. */
function cached(ttlMs: number, now: () => number, make: () => Promise<Answer>): () => Promise<Answer> {
  let last: { answer: Promise<Answer>; until: number } | undefined;
  return () => {
    if (!last || now() >= last.until) last = { answer: make(), until: now() + ttlMs };
    return last.answer;
  };
}
