import type { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { SignInSettings } from "../../../domain/auth";
import { internalError, json, problem } from "../../../domain/http/problem";
import { isDrained, type RegionRecords } from "../../../domain/region";
import type { Count } from "./metrics";
import type { Probe } from "./probe";
import type { StateStore } from "./stateStore";

export type Answer = APIGatewayProxyStructuredResultV2;

/** The parts of a request that the answers depend on. */
export type Request = Pick<APIGatewayProxyEventV2, "routeKey" | "pathParameters"> & {
  requestContext: Pick<APIGatewayProxyEventV2["requestContext"], "requestId">;
};

/** `GET /api/config`: what a storefront must know. Nothing in it is secret. */
export interface StoreConfig {
  /** The Region that answers. */
  region: string;
  currency: string;
  /** What cards are encrypted with; the same key in every Region. */
  card: object;
  /** How this Region signs customers in. */
  auth: SignInSettings;
  /** Every Region whose sign-in the store accepts, this one first. */
  regions: { region: string; auth: SignInSettings; here: boolean }[];
}

export interface ConfigApiDeps {
  region: string;
  peerRegion?: string;
  store: Pick<StateStore, "book">;
  settings: Pick<StoreConfig, "currency" | "card" | "auth">;
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

/** Route 53 waits for two seconds after the connection stands; the answer needs some of them itself. */
export const SERVICE_HEALTH_LIMIT_MS = 1_500;

/** Checkers from many places come several times a second, and cost one look. Milliseconds. */
const HEALTH_KEPT_MS = 2_000;

/** A peer's sign-in hardly ever changes. Milliseconds. */
const CONFIG_KEPT_MS = 30_000;

/** Answers the public route `GET /api/config`. */
export function createConfigApi(answering: ConfigApiDeps): (request: Request) => Promise<Answer> {
  const config = kept(CONFIG_KEPT_MS, answering.now, () => configOf(answering));
  return guarded(answering.log, "GET /api/config", () => config());
}

/** Answers the routes that checkers alone know: health, and whether another Region is drained. */
export function createCheckApi(answering: CheckApiDeps): (request: Request) => Promise<Answer> {
  const health = kept(HEALTH_KEPT_MS, answering.now, () => healthOf(answering));
  return async (request) => {
    // The route key begins with the check key, which is not for logs.
    const isHealth = request.routeKey.endsWith(HEALTH_PATH);
    return await guarded(answering.log, isHealth ? "health" : "drained", () =>
      isHealth ? health() : drainedAnswer(answering, request.pathParameters?.["region"] ?? ""),
    )(request);
  };
}

/** A 500 with the request's id in place of an error. */
function guarded(log: ConfigApiDeps["log"], route: string, answer: () => Promise<Answer>) {
  return async (request: Request): Promise<Answer> => {
    try {
      return await answer();
    } catch (error) {
      log.error("A request failed", { route, error: error as Error });
      return internalError(request.requestContext.requestId);
    }
  };
}

/**
 * 503 while an operator has drained this Region, or a service of it does not work; both are said. A check that says nothing, such as
 * one that Lambda has throttled, leaves the service `unknown` and the Region healthy.
 */
async function healthOf({ region, store, checkFunctions, check, count, log, now }: CheckApiDeps): Promise<Answer> {
  const checkedAt = new Date(now()).toISOString();
  const asked = Object.entries(checkFunctions).map(async ([service, functionArn]) => {
    const { verdict, said } = await check(functionArn, SERVICE_HEALTH_LIMIT_MS);
    if (verdict === "fails") log.warn("A service does not work in this Region", { failing: service, said });
    if (verdict === "nothing") log.warn("A service could not be checked", { unchecked: service, said });
    return [service, STATUS_BY_VERDICT[verdict]] as const;
  });
  const [drained, ...services] = await Promise.all([isOut(store, region, log), ...asked]);
  const failing = drained === undefined || services.some(([, status]) => status === "failing");
  if (failing) count({ HealthFailing: 1 });
  const status = failing ? "failing" : drained ? "drained" : "ok";
  return json(status === "ok" ? 200 : 503, { status, region, services: Object.fromEntries(services), checkedAt });
}

const STATUS_BY_VERDICT = { works: "ok", fails: "failing", nothing: "unknown" } as const;

/** Whether the Region is drained; `undefined` if its table does not answer. */
async function isOut(
  store: ConfigApiDeps["store"],
  region: string,
  log: ConfigApiDeps["log"],
): Promise<boolean | undefined> {
  try {
    return isDrained((await store.book(region)).drains);
  } catch (error) {
    log.error("The table of Regions does not answer", { error: error as Error });
    return undefined;
  }
}

/**
 * Whether this Region knows that another one is drained: 200 if so, 404 if not. A health check turns it round, so that
 * no answer at all (this Region is dead) says nothing against the other.
 */
async function drainedAnswer({ store, log }: CheckApiDeps, region: string): Promise<Answer> {
  const drained = await isOut(store, region, log);
  if (drained) return json(200, { region, drained: true });
  return problem(404, { title: "Not drained", detail: `Nobody has drained ${region}, as far as is known here.` });
}

async function configOf({ region, peerRegion, store, settings, log }: ConfigApiDeps): Promise<Answer> {
  const peer = peerRegion === undefined ? undefined : await peerBook(store, peerRegion, log);
  const regions: StoreConfig["regions"] = [{ region, auth: settings.auth, here: true }];
  if (peerRegion !== undefined && peer?.issuer) {
    regions.push({ region: peerRegion, auth: peer.issuer.settings, here: false });
  }
  const config: StoreConfig = { region, ...settings, regions };
  return json(200, config, { "cache-control": "public, max-age=30" });
}

/** A page can sign customers in here without knowing the other Region. */
async function peerBook(
  store: ConfigApiDeps["store"],
  peerRegion: string,
  log: ConfigApiDeps["log"],
): Promise<RegionRecords | undefined> {
  try {
    return await store.book(peerRegion);
  } catch (error) {
    log.error("The table of Regions does not answer; the other Region is left out", { error: error as Error });
    return undefined;
  }
}

/** Keeps an answer for a while; callers in the meantime share the one that is being made. */
function kept(forMs: number, now: () => number, make: () => Promise<Answer>): () => Promise<Answer> {
  let last: { answer: Promise<Answer>; until: number } | undefined;
  return () => {
    if (!last || now() >= last.until) last = { answer: make(), until: now() + forMs };
    return last.answer;
  };
}
