import { expect } from "chai";
import {
  type CheckApiDeps,
  type ConfigApiDeps,
  createCheckApi,
  createConfigApi,
} from "../../../../components/regionalFailover/handlers/answers";
import { drainEntry, type RegionItem, toRegionRecords, type Verdict } from "../../../../domain/region";

const cognito = (region: string) => ({
  kind: "cognito" as const,
  path: `/auth/${region}/` as const,
  region,
  userPoolId: `${region}_pool`,
  clientId: "client",
});

const KEY = "k".repeat(43);

/** The failover APIs of us-east-1. */
function api(changes: Partial<CheckApiDeps & ConfigApiDeps> & { items?: RegionItem[]; verdict?: Verdict } = {}) {
  const { items = [], verdict = "works", ...rest } = changes;
  const seen = { probes: 0, reads: 0, counted: [] as string[], logged: [] as unknown[] };
  const clock = { now: Date.parse("2026-11-22T12:00:00.000Z") };
  const answering: CheckApiDeps & ConfigApiDeps = {
    region: "us-east-1",
    peerRegions: ["us-west-2"],
    store: {
      readRecords: async (region) => {
        seen.reads += 1;
        return toRegionRecords(items.filter(({ subject }) => subject === region));
      },
    },
    checkFunctions: { orders: "arn:aws:lambda:us-east-1:123456789012:function:orders-check" },
    check: async () => {
      seen.probes += 1;
      return { verdict, said: verdict };
    },
    settings: { currency: "EUR", card: { keyId: "mrk-1" }, auth: cognito("us-east-1") },
    count: (values) => seen.counted.push(...Object.keys(values)),
    log: {
      error: (...said: unknown[]) => void seen.logged.push(said),
      warn: (...said: unknown[]) => void seen.logged.push(said),
    },
    now: () => clock.now,
    ...rest,
  };
  const [checks, config] = [createCheckApi(answering), createConfigApi(answering)];
  const get = async (routeKey: string, pathParameters?: Record<string, string>) => {
    const { statusCode, body, headers } = await (routeKey === "GET /api/config" ? config : checks)({
      routeKey: routeKey.replace("GET /regions", `GET /${KEY}/regions`),
      pathParameters,
      requestContext: { requestId: "request-1" },
    });
    return { status: statusCode, body: JSON.parse(body ?? "{}"), headers: headers ?? {} };
  };
  return { get, seen, clock };
}

const drain = (subject: string, drained: boolean, at: string, writer = "us-west-2"): RegionItem => ({
  subject,
  entry: drainEntry(writer),
  schema: 1,
  drained,
  at,
  by: "Ada",
});

const broken = {
  readRecords: async () => {
    throw new Error("no answer");
  },
};

describe("GET /regions/health", () => {
  it("answers 200 while the services work and the Region is not drained", async () => {
    const { status, body, headers } = await api().get("GET /regions/health");
    expect(status).to.equal(200);
    expect(body).to.deep.include({ status: "ok", region: "us-east-1", services: { orders: "ok" } });
    expect(headers["cache-control"]).to.equal("no-store");
  });

  it("answers 503 when a service fails, and counts it", async () => {
    const { get, seen } = api({ verdict: "fails" });
    const { status, body } = await get("GET /regions/health");
    expect([status, body.status, body.services.orders]).to.deep.equal([503, "failing", "failing"]);
    expect(seen.counted).to.deep.equal(["HealthFailing"]);
  });

  it("answers 200 when a service could not be checked, such as a check that Lambda has throttled", async () => {
    const { get, seen } = api({ verdict: "nothing" });
    const { status, body } = await get("GET /regions/health");
    expect([status, body.status, body.services.orders]).to.deep.equal([200, "ok", "unknown"]);
    expect(seen.counted).to.deep.equal([]);
  });

  it("keeps the check key out of answers and logs", async () => {
    for (const changes of [{ store: broken }, { check: () => Promise.reject(new Error("broken")) }]) {
      const { get, seen } = api(changes);
      const { body } = await get("GET /regions/health");
      expect(seen.logged).to.not.deep.equal([]);
      expect(JSON.stringify([body, seen.logged])).not.to.contain(KEY);
    }
  });

  it("answers 503 without an alarm when an operator has drained the Region, in either Region's table", async () => {
    const { get, seen } = api({ items: [drain("us-east-1", true, "2026-11-22T11:00:00.000Z")] });
    const { status, body } = await get("GET /regions/health");
    expect([status, body.status]).to.deep.equal([503, "drained"]);
    expect(seen.counted).to.deep.equal([]);
  });

  it("answers 200 again after a newer item of another writer", async () => {
    const items = [
      drain("us-east-1", true, "2026-11-22T11:00:00.000Z", "us-west-2"),
      drain("us-east-1", false, "2026-11-22T11:05:00.000Z", "us-east-1"),
    ];
    expect((await api({ items }).get("GET /regions/health")).status).to.equal(200);
  });

  it("answers 503 when the table of Regions does not respond", async () => {
    expect((await api({ store: broken }).get("GET /regions/health")).status).to.equal(503);
  });

  it("checks once for all requests within two seconds, and again after that", async () => {
    const { get, seen, clock } = api();
    await Promise.all([get("GET /regions/health"), get("GET /regions/health")]);
    expect(seen.probes).to.equal(1);
    clock.now += 2_000;
    await get("GET /regions/health");
    expect(seen.probes).to.equal(2);
  });
});

describe("GET /regions/{region}/drained", () => {
  const route = "GET /regions/{region}/drained";

  it("answers 200 for a Region that the table has as drained, and 404 for any other", async () => {
    const { get } = api({ items: [drain("us-west-2", true, "2026-11-22T11:00:00.000Z", "us-east-1")] });
    expect((await get(route, { region: "us-west-2" })).status).to.equal(200);
    expect((await get(route, { region: "us-east-1" })).status).to.equal(404);
    expect((await get(route, { region: "nowhere" })).status).to.equal(404);
  });

  it("does not report the other Region as drained when its own table does not respond", async () => {
    expect((await api({ store: broken }).get(route, { region: "us-west-2" })).status).to.equal(404);
  });
});

describe("GET /api/config", () => {
  const issuer: RegionItem = {
    subject: "us-west-2",
    entry: "issuer",
    schema: 1,
    settings: cognito("us-west-2"),
    trusted: {},
    jwks: '{"keys":[]}',
    at: "2026-11-22T11:00:00.000Z",
  };

  it("returns how each Region signs customers in, this one first", async () => {
    const { status, body, headers } = await api({ items: [issuer] }).get("GET /api/config");
    expect(status).to.equal(200);
    expect(body).to.deep.equal({
      region: "us-east-1",
      currency: "EUR",
      card: { keyId: "mrk-1" },
      auth: cognito("us-east-1"),
      regions: [
        { region: "us-east-1", auth: cognito("us-east-1"), here: true },
        { region: "us-west-2", auth: cognito("us-west-2"), here: false },
      ],
      storeRegions: ["us-east-1", "us-west-2"],
    });
    expect(headers["cache-control"]).to.equal("public, max-age=30");
  });

  it("returns only its own Region when no other has joined or the table does not respond", async () => {
    for (const changes of [{}, { store: broken }]) {
      const { status, body } = await api(changes).get("GET /api/config");
      expect(status).to.equal(200);
      expect(body.regions.map(({ region }: { region: string }) => region)).to.deep.equal(["us-east-1"]);
    }
  });
});
