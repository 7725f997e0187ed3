import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type Edge, startEdge } from "../../../../local/aws/edge";
import { Names } from "../../../../local/aws/edge/dns/names";
import { domain, type FakeRegion, fakeRegion, type PolicyOf, resource } from "./twoRegions";

const eastName = "us-east-1";
const westName = "us-west-2";
const orders = `orders.${domain}`;
/** Ten seconds take 25 ms; time limits of health checks stay at two seconds. */
const timeScale = 400;

async function until(what: string, isTrue: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Not in time: ${what}.`);
    await sleep(10);
  }
}

describe("the store's names", function () {
  this.timeout(300_000);
  let east: FakeRegion;
  let west: FakeRegion;
  let names: Names | undefined;

  const start = async (policy?: PolicyOf, nearRegion?: string) => {
    east = await fakeRegion("us-east-1", "us-west-2", policy);
    west = await fakeRegion("us-west-2", "us-east-1", policy);
    names = new Names([east.deployment, west.deployment], { timeScale, nearRegion, log: () => undefined });
    return names;
  };
  const answering = (of: Names) => of.state().names.find(({ name }) => name === orders)?.answeredBy;
  const answers = (of: Names, regions: string[]) =>
    until(`${orders} answered by ${regions.join(" and ")}`, () => String(answering(of)) === String(regions));
  afterEach(async () => {
    names?.stop();
    await Promise.all([east.stop(), west.stop()]);
  });

  describe("with failover records", () => {
    it("resolve to the primary, to the secondary while the primary is dead, and to the primary again when it responds", async () => {
      const dns = await start();
      await until("asked", () => east.heard.length > 3 && west.heard.length > 3);
      expect(answering(dns)).to.deep.equal([eastName]);

      await east.kill();
      await answers(dns, [westName]);
      await until("the address", () => dns.addressOf(orders)?.url === west.deployment.endpoint);
      expect(dns.addressOf(orders)?.hostHeader).to.equal(orders);

      await east.comeBack();
      await answers(dns, [eastName]);
    });

    it("fail over from a Region that accepts connections without responding", async () => {
      const dns = await start();
      east.freeze();
      await answers(dns, [westName]);
      expect(dns.state().checks.find(({ id }) => id === "own-us-east-1")?.about).to.contain("no answer in time");
      east.thaw();
      await answers(dns, [eastName]);
    });

    it("fail over from a Region that the peer reports as drained", async () => {
      const dns = await start();
      west.statuses["/regions/us-east-1/drained"] = 200;
      await answers(dns, [westName]);
      const check = dns.state().checks.find(({ id }) => id === "both-us-east-1");
      expect(check).to.include({ healthy: false, about: "1 of 2 healthy, 2 needed" });
    });

    it("resolve to the primary when no Region is healthy", async () => {
      const dns = await start();
      east.statuses["/health"] = 503;
      west.statuses["/health"] = 503;
      await until("both unhealthy", () => dns.state().checks.filter(({ healthy }) => !healthy).length === 4);

      expect(answering(dns)).to.deep.equal([eastName]);
    });

    it("do not fail over after one bad response", async () => {
      const dns = await start();
      await until("asked", () => east.heard.length > 0);
      const heard = () => east.heard.filter((line) => line.endsWith("/health")).length;
      east.statuses["/health"] = 500;
      const before = heard();
      await until("one bad answer", () => heard() > before);
      delete east.statuses["/health"];
      const after = heard();
      await until("good answers", () => heard() > after + 2);

      expect(answering(dns)).to.deep.equal([eastName]);
    });

    it("are checked under the Region's own name", async () => {
      await start();
      await until("asked", () => east.heard.length > 1 && west.heard.length > 1);

      expect(east.heard).to.include.members([
        `GET us-east-1.${domain}/health`,
        `GET us-east-1.${domain}/regions/us-west-2/drained`,
      ]);
    });
  });

  it("with latency records resolve to the nearest healthy Region", async () => {
    const dns = await start((region) => ({ latencyRoutingPolicies: [{ region }] }), "us-west-2");
    expect(answering(dns)).to.deep.equal([westName]);
    west.statuses["/health"] = 503;
    await answers(dns, [eastName]);
    east.statuses["/health"] = 503;
    await answers(dns, [westName]);
  });

  it("with weighted records resolve to every healthy Region with a weight", async () => {
    const dns = await start((region) => ({ weightedRoutingPolicies: [{ weight: region === "us-east-1" ? 255 : 0 }] }));
    expect(answering(dns)).to.deep.equal([eastName]);
    east.statuses["/health"] = 503;
    await answers(dns, [westName]);
  });

  it("are cached for a minute, even after the loss of the Region", async () => {
    await start();
    names?.stop();
    const slow = new Names([east.deployment, west.deployment], { timeScale: 20, log: () => undefined });
    names = slow;
    // An inverted check is unhealthy until it has enough data.
    await until("both healthy", () => slow.state().checks.every(({ healthy }) => healthy));
    expect(slow.addressOf(orders)?.url).to.equal(east.deployment.endpoint);
    const drained = {
      ...east.deployment,
      resources: east.deployment.resources.map((one) =>
        one.id === "orders-us-east-1" ? { ...one, inputs: { ...one.inputs, healthCheckId: "never" } } : one,
      ),
    };
    const never = resource("aws:route53/healthCheck:HealthCheck", "never", {
      type: "CALCULATED",
      childHealthchecks: [],
      childHealthThreshold: 1,
    });
    slow.update([{ ...drained, resources: [...drained.resources, never] }, west.deployment]);

    expect(slow.regionOf(orders)).to.equal(westName);
    expect(slow.addressOf(orders)?.url).to.equal(east.deployment.endpoint);
  });

  it("do not resolve when the Region's API lacks the name", async () => {
    await start();
    const without = (region: FakeRegion) => ({
      ...region.deployment,
      resources: region.deployment.resources.filter(({ type }) => !type.includes("domainName")),
    });
    names?.update([without(east), without(west)]);

    expect(names?.addressOf(orders)).to.equal(undefined);
  });

  it("with another routing policy are refused with the record's name", async () => {
    await start();
    const policy: PolicyOf = () => ({ geolocationRoutingPolicies: [{ country: "*" }] });
    const other = await fakeRegion("us-east-1", "us-west-2", policy);
    await other.stop();

    expect(() => new Names([other.deployment], { log: () => undefined })).to.throw(
      'Record "orders-us-east-1": `geolocationRoutingPolicies` is not emulated by the local run.',
    );
  });
});

describe("the edge in front of two Regions", function () {
  this.timeout(300_000);
  let east: FakeRegion;
  let west: FakeRegion;
  let edge: Edge;

  before(async () => {
    east = await fakeRegion("us-east-1", "us-west-2");
    west = await fakeRegion("us-west-2", "us-east-1");
    east.deployment.resources.push(distribution());
    edge = await startEdge([east.deployment, west.deployment], { log: () => undefined, timeScale });
  });
  after(async () => {
    await edge.stop();
    await Promise.all([east.stop(), west.stop()]);
  });

  const ask = async (path: string, method = "GET") => {
    const response = await fetch(`${edge.url}${path}`, { method, body: method === "POST" ? "{}" : undefined });
    return { status: response.status, text: await response.text() };
  };
  const servedBy = async (region: string) =>
    await until(`served by ${region}`, async () => (await ask("/api/orders")).text.includes(region));

  it("sends writes too to the Region that the name resolves to", async () => {
    expect((await ask("/api/orders", "POST")).text).to.contain(eastName);
    await east.kill();
    expect((await ask("/api/orders", "POST")).status).to.be.oneOf([200, 502]);
    await servedBy(westName);
    expect((await ask("/api/orders", "POST")).text).to.contain(westName);
    expect(edge.regionOf(orders)).to.equal(westName);

    await east.comeBack();
    await servedBy(eastName);
  });

  it("fails over to the second origin of a group when the first is dead or answers with a listed status, for reads only", async () => {
    east.statuses["/group"] = 503;
    expect(await ask("/group")).to.deep.equal({ status: 200, text: '{"region":"us-west-2"}' });
    east.statuses["/group"] = 404;
    expect((await ask("/group")).status).to.equal(404);
    await east.kill();
    expect(await ask("/group")).to.deep.equal({ status: 200, text: '{"region":"us-west-2"}' });
    await east.comeBack();
  });

  it("answers 504 for an origin that does not respond, and fails over in a group", async () => {
    east.freeze();
    expect((await ask("/single")).status).to.equal(504);
    expect(await ask("/group")).to.deep.equal({ status: 200, text: '{"region":"us-west-2"}' });
    east.thaw();
  });

  it("answers 502 for an origin that refuses connections", async () => {
    await east.kill();
    expect((await ask("/single")).status).to.equal(502);
    await east.comeBack();
  });

  it("sends sign-in to the Region of its path", async () => {
    expect((await ask("/auth/us-west-2/", "POST")).text).to.contain(westName);
    expect((await ask("/auth/us-east-1/", "POST")).text).to.contain(eastName);
  });

  it("serves a deployment that was created again elsewhere", async () => {
    const moved = await fakeRegion("us-east-1", "us-west-2");
    moved.deployment.resources.push(distribution());
    await east.kill();
    edge.update([moved.deployment, west.deployment]);
    await until("served again", async () => (await ask("/single")).status === 200);

    expect(moved.heard.join()).to.contain("/single");
    await moved.stop();
  });
});

function distribution() {
  const web = { httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] };
  const origin = (originId: string, domainName: string) => ({
    originId,
    domainName,
    connectionAttempts: 1,
    customOriginConfig: web,
  });
  const behavior = {
    viewerProtocolPolicy: "https-only",
    allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  };
  const read = { ...behavior, allowedMethods: ["GET", "HEAD"] };
  return resource(
    "aws:cloudfront/distribution:Distribution",
    "shop",
    {
      enabled: true,
      origins: [
        origin("orders", orders),
        origin("east", `us-east-1.${domain}`),
        origin("west", `us-west-2.${domain}`),
        origin("sign-in-us-east-1", "cognito-idp.us-east-1.amazonaws.com"),
        origin("sign-in-us-west-2", "cognito-idp.us-west-2.amazonaws.com"),
      ],
      originGroups: [
        {
          originId: "group",
          failoverCriteria: { statusCodes: [500, 503] },
          members: [{ originId: "east" }, { originId: "west" }],
        },
      ],
      orderedCacheBehaviors: [
        { ...read, pathPattern: "/group", targetOriginId: "group" },
        { ...read, pathPattern: "/single", targetOriginId: "east" },
        { ...behavior, pathPattern: "/auth/us-east-1/*", targetOriginId: "sign-in-us-east-1" },
        { ...behavior, pathPattern: "/auth/us-west-2/*", targetOriginId: "sign-in-us-west-2" },
      ],
      defaultCacheBehavior: { ...behavior, targetOriginId: "orders" },
    },
    { arn: "arn:aws:cloudfront::000000000000:distribution/E1", domainName: "d1.cloudfront.net" },
  );
}
