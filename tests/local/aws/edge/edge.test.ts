import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { pageFallback } from "../../../../components/staticSite/functions/edgeFunctions";
import { noSuchRoute } from "../../../../domain/http";
import { type Edge, startEdge } from "../../../../local/aws/edge";
import { type MiniStack, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import type { DeployedResource, Deployment } from "../../../../local/deployment/deployment";
import { closeServer, listen } from "../../../../local/servers/listen";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const [optimized, disabled] = ["658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"];
const allButHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
const arn = "arn:aws:cloudfront::000000000000:distribution/E1";
const bucket = "edge-assets";
const s3Domain = `${bucket}.s3.us-east-1.amazonaws.com`;

describe("the edge", function () {
  this.timeout(300_000);
  let folder: string;
  let miniStack: MiniStack;
  let s3: S3Client;
  let api: Server;
  let apiUrl: string;
  let second: Server;
  let secondUrl: string;
  const heard: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = [];
  const running: Edge[] = [];
  const logged: string[] = [];
  let deployed: Deployment | undefined;
  const page = `<!doctype html><title>shop</title>${"<p>hello</p>".repeat(200)}`;

  before(async () => {
    folder = temporaryFolder("edge");
    miniStack = await startMiniStack({ region, dataDir: join(folder, "ministack") });
    s3 = new S3Client({ region, endpoint: miniStack.endpoint, credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const put = (Key: string, Body: string, ContentType: string, CacheControl?: string) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType, CacheControl }));
    await put("site/index.html", page, "text/html; charset=utf-8", "no-cache");
    await put("site/assets/app.123.js", "x".repeat(5_000), "text/javascript", "max-age=31536000, immutable");
    await put("site/a b+ü.txt", "found", "text/plain");
    await put("site/sorry.html", "sorry", "text/html");
    await put("secret.txt", "secret", "text/plain");
    await allow(["s3:GetObject"], true);

    api = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        heard.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        if (url.startsWith("/api/slow")) return;
        const status = Number(/status=(\d+)/.exec(url)?.[1] ?? 200);
        response.writeHead(status, { "content-type": "application/json", "x-powered-by": "lambda" });
        response.end(JSON.stringify({ from: "first", status }));
      });
    });
    second = createServer((_, response) => response.end("from second"));
    apiUrl = await listen(api, 0, "test api", { isOwnHost: () => true });
    secondUrl = await listen(second, 0, "second test api", { isOwnHost: () => true });
  });
  afterEach(async () => {
    heard.length = 0;
    await Promise.all(running.splice(0).map((edge) => edge.stop()));
  });
  after(async () => {
    s3?.destroy();
    await miniStack?.kill();
    await Promise.all([closeServer(api), closeServer(second)]);
  });

  const allow = (actions: string[], list: boolean, source = arn) =>
    s3.send(
      new PutBucketPolicyCommand({
        Bucket: bucket,
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            [actions, `arn:aws:s3:::${bucket}/site/*`] as const,
            ...(list ? [["s3:ListBucket", `arn:aws:s3:::${bucket}`] as const] : []),
          ].map(([Action, Resource]) => ({
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action,
            Resource,
            Condition: { StringEquals: { "AWS:SourceArn": source } },
          })),
        }),
      }),
    );

  const resource = (type: string, name: string, inputs: Record<string, unknown>, outputs = {}): DeployedResource => ({
    urn: `urn:${name}`,
    type,
    name,
    id: name,
    inputs,
    outputs,
  });
  const pages = `function handler(event) {
    var r = event.request;
    if (r.uri === "/teapot") return { statusCode: 418, statusDescription: "Teapot", headers: { "x-tea": { value: "green" } } };
    if (r.uri === "/fails") throw new Error("no");
    if (r.uri.indexOf(".") < 0) r.uri = "/index.html";
    return r;
  }`;
  const web = { httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] };
  const read = {
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
  };
  const every = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
  const apiBehavior = {
    pathPattern: "/api/*",
    targetOriginId: "api",
    viewerProtocolPolicy: "https-only",
    allowedMethods: every,
    cachePolicyId: disabled,
    originRequestPolicyId: allButHost,
    responseHeadersPolicyId: "headers",
    compress: true,
  };

  const start = async (changes: Record<string, unknown> = {}, originTimeoutSeconds = 30) => {
    const inputs = {
      enabled: true,
      defaultRootObject: "index.html",
      origins: [
        { originId: "site", domainName: s3Domain, originPath: "/site", originAccessControlId: "oac" },
        { originId: "open", domainName: s3Domain, originPath: "/site" },
        {
          originId: "api",
          domainName: "api.test",
          customOriginConfig: { ...web, originReadTimeout: originTimeoutSeconds },
          customHeaders: [{ name: "X-Origin", value: "edge" }],
        },
        { originId: "second", domainName: "second.test", customOriginConfig: web },
        { originId: "dead", domainName: "dead.test", customOriginConfig: web, connectionAttempts: 1 },
      ],
      originGroups: [
        {
          originId: "pair",
          failoverCriteria: { statusCodes: [500, 502, 503, 504] },
          members: [{ originId: "api" }, { originId: "second" }],
        },
        {
          originId: "dead-pair",
          failoverCriteria: { statusCodes: [502] },
          members: [{ originId: "dead" }, { originId: "second" }],
        },
      ],
      defaultCacheBehavior: {
        ...read,
        targetOriginId: "site",
        cachePolicyId: optimized,
        compress: true,
        functionAssociations: [{ eventType: "viewer-request", functionArn: "arn:pages" }],
        responseHeadersPolicyId: "headers",
      },
      orderedCacheBehaviors: [
        apiBehavior,
        {
          ...apiBehavior,
          pathPattern: "/bare/*",
          originRequestPolicyId: undefined,
          responseHeadersPolicyId: undefined,
        },
        { ...apiBehavior, pathPattern: "/pair/*", targetOriginId: "pair" },
        { ...apiBehavior, pathPattern: "/dead-pair/*", targetOriginId: "dead-pair" },
        { ...apiBehavior, pathPattern: "/dead/*", targetOriginId: "dead" },
        { ...read, pathPattern: "/open/*", targetOriginId: "open", cachePolicyId: optimized },
      ],
      ...changes,
    };
    const headers = {
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'", override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: 60, includeSubdomains: true, override: true },
        frameOptions: { frameOption: "DENY", override: true },
      },
      customHeadersConfig: { items: [{ header: "X-Custom", value: "yes", override: false }] },
      removeHeadersConfig: { items: [{ header: "X-Powered-By" }] },
    };
    const deployment: Deployment = {
      stack: "test",
      region,
      endpoint: miniStack.endpoint,
      credentials,
      outputs: {},
      notEmulated: [],
      resources: [
        resource("aws:s3/bucket:Bucket", "assets", {}, { bucket }),
        resource(
          "aws:cloudfront/function:Function",
          "pages",
          { code: pages, runtime: "cloudfront-js-2.0" },
          { arn: "arn:pages" },
        ),
        resource(
          "aws:cloudfront/function:Function",
          "store-pages",
          { code: pageFallback(["assets"]), runtime: "cloudfront-js-2.0" },
          { arn: "arn:store-pages" },
        ),
        resource("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "headers", headers),
        resource("aws:cloudfront/distribution:Distribution", "E1", inputs, { arn, domainName: "d1.cloudfront.net" }),
        resource("aws:cloudwatch/logDeliverySource:LogDeliverySource", "access", { name: "access", resourceArn: arn }),
        resource("aws:cloudwatch/logDelivery:LogDelivery", "access", {
          deliverySourceName: "access",
          recordFields: ["c-ip", "cs-method", "cs-uri-stem", "sc-status", "cs(User-Agent)", "ssl-protocol"],
        }),
      ],
    };
    const addresses: Record<string, string> = {
      "api.test": apiUrl,
      "second.test": secondUrl,
      "dead.test": "http://127.0.0.1:9",
    };
    deployed = deployment;
    const edge = await startEdge(deployment, {
      log: () => undefined,
      accessLog: (line) => logged.push(line),
      originOf: (name) => (addresses[name] ? { url: addresses[name] } : undefined),
    });
    running.push(edge);
    return edge;
  };
  const get = (edge: Edge, path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(`${edge.url}${path}`, { method, headers, redirect: "manual" });

  describe("before a bucket", () => {
    it("serves the same page for the root object and each page's path, with the policy's headers", async () => {
      const edge = await start();
      for (const path of ["/", "/products/p-1"]) {
        const response = await get(edge, path);
        expect(await response.text()).to.equal(page);
        expect(response.headers.get("content-type")).to.equal("text/html; charset=utf-8");
        expect(response.headers.get("cache-control")).to.equal("no-cache");
        expect(response.headers.get("content-security-policy")).to.equal("default-src 'none'");
        expect(response.headers.get("strict-transport-security")).to.equal("max-age=60; includeSubDomains");
        expect(response.headers.get("x-custom")).to.equal("yes");
        expect(response.headers.get("x-cache")).to.equal("Miss from cloudfront");
      }
    });

    it("compresses as the cache policy says, weakens the tag, and accepts the weakened tag", async () => {
      const edge = await start();
      const { promise, resolve } = Promise.withResolvers<{ headers: Record<string, unknown>; body: Buffer }>();
      httpRequest(`${edge.url}/assets/app.123.js`, { headers: { "accept-encoding": "gzip, br" } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      }).end();
      const { headers, body } = await promise;
      expect(headers).to.include({ "content-encoding": "br", vary: "Accept-Encoding" });
      expect(brotliDecompressSync(body).toString()).to.equal("x".repeat(5_000));
      expect(body.length).to.be.lessThan(200);
      expect(headers["etag"]).to.match(/^W\/"/);
      const again = await get(edge, "/assets/app.123.js", { "if-none-match": String(headers["etag"]) });
      expect(again.status).to.equal(304);
    });

    it("answers HEAD without a body and ranges with a part", async () => {
      const edge = await start();
      const head = await get(edge, "/assets/app.123.js", { "accept-encoding": "identity" }, "HEAD");
      expect([head.status, head.headers.get("content-length"), await head.text()]).to.deep.equal([200, "5000", ""]);
      const part = await get(edge, "/assets/app.123.js", { range: "bytes=0-9", "accept-encoding": "identity" });
      expect([part.status, part.headers.get("content-range"), (await part.text()).length]).to.deep.equal([
        206,
        "bytes 0-9/5000",
        10,
      ]);
    });

    it("finds keys with spaces and non-ASCII letters", async () => {
      const edge = await start();
      expect(await (await get(edge, "/a%20b%2B%C3%BC.txt")).text()).to.equal("found");
      expect((await get(edge, "/%zz.txt")).status).to.equal(403);
    });

    it("answers 404 for a missing key if the policy allows listing, else 403, and nothing outside the origin's path", async () => {
      const edge = await start();
      expect((await get(edge, "/missing.txt")).status).to.equal(404);
      expect((await get(edge, "/../secret.txt")).status).to.equal(404);
      expect((await get(edge, "/..%2Fsecret.txt")).status).to.be.oneOf([403, 404]);
      await allow(["s3:GetObject"], false);
      try {
        expect((await get(await start(), "/missing.txt")).status).to.equal(403);
      } finally {
        await allow(["s3:GetObject"], true);
      }
    });

    it("refuses objects that the bucket's policy does not let this distribution read", async () => {
      expect((await get(await start(), "/open/x.txt")).status, "without access control").to.equal(403);
      await allow(["s3:GetObject"], true, `${arn}-other`);
      try {
        expect((await get(await start(), "/")).status, "another distribution's policy").to.equal(403);
      } finally {
        await allow(["s3:GetObject"], true);
      }
    });

    it("shows the distribution's page for an error, with its status", async () => {
      const errors = [{ errorCode: 404, responseCode: 410, responsePagePath: "/sorry.html" }];
      const edge = await start({ customErrorResponses: errors });
      const response = await get(edge, "/missing.txt");
      expect([response.status, await response.text()]).to.deep.equal([410, "sorry"]);
    });

    it("returns a function's response, and 503 when the function fails", async () => {
      const edge = await start();
      const teapot = await get(edge, "/teapot");
      expect([teapot.status, teapot.headers.get("x-tea")]).to.deep.equal([418, "green"]);
      expect((await get(edge, "/fails")).status).to.equal(503);
    });

    it("answers unknown paths below a reserved one with a problem document, without a request to an origin", async () => {
      const associated = [{ eventType: "viewer-request", functionArn: "arn:store-pages" }];
      const orderedCacheBehaviors = [
        { ...apiBehavior, pathPattern: "/api/orders*" },
        { ...apiBehavior, targetOriginId: "site", functionAssociations: associated },
      ];
      const edge = await start({ orderedCacheBehaviors });
      for (const method of ["GET", "POST", "DELETE"]) {
        const response = await get(edge, "/api/nothing?a=1", {}, method);
        expect([response.status, await response.text()]).to.deep.equal([404, noSuchRoute().body]);
        expect(response.headers.get("content-type")).to.equal("application/problem+json");
        expect(response.headers.get("cache-control")).to.equal("no-store");
      }
      const head = await get(edge, "/api/nothing", {}, "HEAD");
      expect([head.status, await head.text()]).to.deep.equal([404, ""]);
      expect(heard).to.deep.equal([]);
      expect((await get(edge, "/api/orders")).status).to.equal(200);
    });

    it("refuses methods that the behaviour does not allow", async () => {
      const response = await get(await start(), "/", {}, "POST");
      expect([response.status, await response.text()].join()).to.match(
        /^403,[\s\S]*not configured to allow the HTTP request method/,
      );
    });
  });

  describe("before an API", () => {
    it("forwards method, path, query, headers and body unchanged, and returns the API's errors unchanged", async () => {
      const edge = await start();
      const response = await fetch(`${edge.url}/api/orders?status=409&a=%20b`, {
        method: "POST",
        headers: { authorization: "Bearer x", "content-type": "application/json", "idempotency-key": "k" },
        body: '{"a":1}',
      });
      expect([response.status, await response.json()]).to.deep.equal([409, { from: "first", status: 409 }]);
      expect(response.headers.get("x-powered-by")).to.equal(null);
      const [request] = heard;
      expect(request).to.include({ method: "POST", url: "/api/orders?status=409&a=%20b", body: '{"a":1}' });
      expect(request?.headers).to.include({
        host: "api.test",
        authorization: "Bearer x",
        "idempotency-key": "k",
        "x-origin": "edge",
        "x-forwarded-proto": "https",
      });
    });

    it("forwards nothing without a policy for it", async () => {
      await get(await start(), "/bare/x?q=1", { authorization: "Bearer x", cookie: "a=1" });
      expect(heard[0]?.url).to.equal("/bare/x");
      expect(heard[0]?.headers).not.to.have.any.keys("authorization", "cookie");
    });

    it("answers 502 when the API can't be reached, and 504 when it does not respond in time", async () => {
      const edge = await start({}, 1);
      expect((await get(edge, "/dead/x")).status).to.equal(502);
      const slow = await get(edge, "/api/slow");
      expect([slow.status, await slow.text()].join()).to.match(/^504,[\s\S]*did not respond in time/);
    });

    it("retries when the origin closes a reused connection, but sends no POST twice", async () => {
      const edge = await start();
      const [answer] = api.listeners("request") as ((request: IncomingMessage, response: ServerResponse) => void)[];
      const statusAfterDrop = async (method: string) => {
        await (await get(edge, "/api/x")).text();
        api.removeAllListeners("request");
        api.once("request", (request: IncomingMessage) => {
          if (answer) api.on("request", answer);
          request.socket.destroy();
        });
        return (await get(edge, "/api/x", {}, method)).status;
      };
      expect(await statusAfterDrop("GET")).to.equal(200);
      expect(await statusAfterDrop("POST")).to.equal(502);
    });

    it("fails over to the second origin of a group for reads only", async () => {
      const edge = await start();
      expect(await (await get(edge, "/pair/x")).json()).to.include({ from: "first" });
      expect(await (await get(edge, "/pair/x?status=503")).text()).to.equal("from second");
      expect((await get(edge, "/pair/x?status=404")).status).to.equal(404);
      expect((await get(edge, "/pair/x?status=503", {}, "POST")).status).to.equal(503);
      expect(await (await get(edge, "/dead-pair/x")).text()).to.equal("from second");
      expect((await get(edge, "/dead-pair/x", {}, "POST")).status).to.equal(502);
    });

    it("refuses bodies and URLs that are too large", async () => {
      const edge = await start();
      const huge = await fetch(`${edge.url}/api/x`, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) }).then(
        (response) => response.status,
        () => "cut off",
      );
      expect(huge).to.be.oneOf([413, "cut off"]);
      expect((await get(edge, `/api/x?${"q".repeat(9_000)}`)).status).to.equal(414);
      expect(heard).to.deep.equal([]);
    });
  });

  it("logs the fields of the distribution's delivery for each request, refused ones included, and nothing without one", async () => {
    const edge = await start();
    logged.length = 0;
    const headers = { "user-agent": "probe" };
    await fetch(`${edge.url}/api/x?token=secret`, { headers });
    await fetch(`${edge.url}/teapot`, { method: "DELETE", headers });
    await fetch(`${edge.url}/api/x?${"q".repeat(9_000)}`, { headers });
    const same = { "c-ip": "127.0.0.1", "cs(User-Agent)": "probe", "ssl-protocol": "-" };
    expect(logged.map((line) => JSON.parse(line))).to.deep.equal([
      { ...same, "cs-method": "GET", "cs-uri-stem": "/api/x", "sc-status": "200" },
      { ...same, "cs-method": "DELETE", "cs-uri-stem": "/teapot", "sc-status": "403" },
      { ...same, "cs-method": "GET", "cs-uri-stem": "/api/x", "sc-status": "414" },
    ]);
    const { resources } = deployed!;
    edge.update([{ ...deployed!, resources: resources.filter(({ type }) => !type.includes("logDelivery")) }]);
    await fetch(`${edge.url}/teapot`, { headers });
    expect(logged).to.have.length(3);
  });

  it("reports in one sentence a distribution that it cannot serve", async () => {
    const refusal = (changes: Record<string, unknown>) =>
      start(changes).then(
        () => "nothing",
        (error: Error) => error.message,
      );
    const behavior = { ...read, targetOriginId: "nowhere", cachePolicyId: optimized };
    expect(await refusal({ defaultCacheBehavior: behavior })).to.equal(
      'Distribution "E1": "*" targets the unknown origin "nowhere".',
    );
    const signed = { ...behavior, targetOriginId: "site", trustedKeyGroups: ["k"] };
    expect(await refusal({ defaultCacheBehavior: signed })).to.equal(
      'Distribution "E1": `trustedKeyGroups` is not emulated.',
    );
  });
});
