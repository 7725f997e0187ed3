import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { Client } from "@opensearch-project/opensearch";
import { AwsSigv4Signer } from "@opensearch-project/opensearch/aws-v3";
import { expect } from "chai";
import { type AwsHosts, startAwsHosts } from "../../../../local/aws/network/awsHosts";
import { type Certificates, localCertificates } from "../../../../local/aws/network/certificates";
import { isAllowed } from "../../../../local/aws/network/policyEvaluation";
import { type SearchGateway, startSearchGateway } from "../../../../local/aws/network/searchGateway";
import type { DeployedResource, Deployment } from "../../../../local/deployment/deployment";
import { closeServer, listen } from "../../../../local/servers/listen";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function resource(type: string, name: string, outputs: Record<string, unknown>): DeployedResource {
  return { urn: name, type, name, id: name, inputs: outputs, outputs };
}

describe("The local network", () => {
  let folder: string;
  let certificates: Certificates;
  let behind: Server;
  let behindUrl: string;
  const seen: { host?: string; url?: string; method?: string; body: string }[] = [];

  before(async () => {
    folder = temporaryFolder("stayopen-network");
    certificates = await localCertificates(folder, ["us-east-1", "us-west-2"], ["*.api.stayopen.test"]);
    behind = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      seen.push({
        host: request.headers.host,
        url: request.url,
        method: request.method,
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(200, { "content-type": "application/json" }).end('{"hits":{"total":{"value":0}}}');
    });
    await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
    behindUrl = `http://127.0.0.1:${(behind.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen.length = 0;
  });
  after(async () => {
    behind.closeAllConnections();
    await new Promise((resolve) => behind.close(resolve));
  });

  it("keeps its certificate until the Regions change", async () => {
    const again = await localCertificates(folder, ["us-east-1", "us-west-2"], ["*.api.stayopen.test"]);
    expect(again.cert).to.equal(certificates.cert);
    const other = temporaryFolder("stayopen-network");
    const one = await localCertificates(other, ["us-east-1"]);
    expect((await localCertificates(other, ["us-east-1", "us-west-2"])).cert).not.to.equal(one.cert);
  });

  describe("as a function's proxy", () => {
    let hosts: AwsHosts;
    const refused: string[] = [];

    before(async () => {
      hosts = await startAwsHosts({
        certificates,
        endpointOf: (region) => (region === "us-east-1" ? behindUrl : undefined),
        log: (line) => refused.push(line),
      });
    });
    after(async () => await hosts.stop());

    async function fetchAsFunction(url: string): Promise<string> {
      const code = `fetch(${JSON.stringify(url)}).then(async (r) => console.log(r.status, await r.text()), (e) => console.log("failed", e.cause?.message))`;
      const env = { PATH: process.env["PATH"], ...hosts.functionEnvironment };
      return (await promisify(execFile)("node", ["-e", code], { env, timeout: 15_000 })).stdout.trim();
    }

    it("forwards AWS's host names, over TLS, to the Region's emulator", async () => {
      expect(
        await fetchAsFunction("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_x/.well-known/jwks.json"),
      ).to.match(/^200 /);
      expect(await fetchAsFunction("https://a1b2.execute-api.us-east-1.amazonaws.com/api/orders/health")).to.match(
        /^200 /,
      );

      expect(seen.map(({ host, url }) => `${host}${url}`)).to.deep.equal([
        "cognito-idp.us-east-1.amazonaws.com/us-east-1_x/.well-known/jwks.json",
        `a1b2.execute-api.localhost:${new URL(behindUrl).port}/api/orders/health`,
      ]);
    });

    it("refuses other Regions and other hosts", async () => {
      expect(await fetchAsFunction("https://cognito-idp.eu-west-1.amazonaws.com/")).to.match(/^failed/);
      expect(await fetchAsFunction("https://example.com/")).to.match(/^failed/);

      expect(seen).to.deep.equal([]);
      expect(refused.join("\n")).to.contain("example.com:443");
    });

    it("is bypassed for a process of this machine", async () => {
      expect(await fetchAsFunction(`${behindUrl}/payments`)).to.match(/^200 /);
    });
  });

  describe("between two Regions", () => {
    let hosts: AwsHosts;
    let west: Server;
    let westUrl: string;
    let answering: string;
    let isCut: boolean;
    const names = { "us-west-2.api.stayopen.test": "us-west-2", "us-east-1.api.stayopen.test": "us-east-1" };

    before(async () => {
      west = createServer((request, response) => response.end(`west ${request.headers.host}${request.url}`));
      westUrl = await listen(west, 0, "other Region", { isOwnHost: () => true });
      hosts = await startAwsHosts({
        certificates,
        endpointOf: (region) => (region === "us-east-1" ? behindUrl : westUrl),
        regionOf: (name) => (name === "orders.api.stayopen.test" ? answering : (names as Record<string, string>)[name]),
        reaches: (region) => region === "us-east-1" || !isCut,
        log: () => undefined,
      });
    });
    beforeEach(() => {
      isCut = false;
      answering = "us-east-1";
    });
    after(async () => {
      await hosts.stop();
      if (west.listening) await closeServer(west);
    });

    const asFunction = async (code: string) => {
      const env = { PATH: process.env["PATH"], ...hosts.functionEnvironment };
      return (await promisify(execFile)("node", ["-e", code], { env, timeout: 15_000 })).stdout.trim();
    };
    const fetched = (url: string) =>
      `await fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(1500) }).then(async (r) => console.log(r.status, await r.text()), (e) => console.log(e.name === "TimeoutError" ? "nothing" : "refused"));`;
    const ask = async (url: string) => await asFunction(`(async () => { ${fetched(url)} process.exit(); })();`);

    it("lets a function reach the peer by the store's own names, and by the name that fails over", async () => {
      expect(await ask("https://us-west-2.api.stayopen.test/health")).to.equal(
        "200 west us-west-2.api.stayopen.test/health",
      );
      answering = "us-west-2";
      expect(await ask("https://orders.api.stayopen.test/api/orders")).to.equal(
        "200 west orders.api.stayopen.test/api/orders",
      );
      expect(await ask("https://shop.example.com/")).to.equal("refused");
    });

    it("delivers nothing while the link is cut, not even on an open connection", async () => {
      const control = createServer((_, response) => {
        isCut = true;
        response.end();
      });
      const cut = await listen(control, 0, "switch");
      const other = "https://us-west-2.api.stayopen.test/health";
      const heard = await asFunction(
        `(async () => { ${fetched(other)} await fetch(${JSON.stringify(cut)}); ${fetched(other)} ${fetched("https://us-east-1.api.stayopen.test/health")} process.exit(); })();`,
      );
      await closeServer(control);

      expect(heard.split("\n")).to.deep.equal([
        "200 west us-west-2.api.stayopen.test/health",
        "nothing",
        '200 {"hits":{"total":{"value":0}}}',
      ]);
      expect(await ask(other)).to.equal("nothing");
    });

    it("refuses connections to a dead Region, and accepts them again on the same port", async () => {
      const other = "https://us-west-2.api.stayopen.test/health";
      await closeServer(west);
      expect(await ask(other)).to.equal("refused");
      west = createServer((_, response) => response.end("back"));
      await listen(west, Number(new URL(westUrl).port), "other Region", { isOwnHost: () => true });

      expect(await ask(other)).to.equal("200 back");
    });
  });

  describe("at the search domain", () => {
    let gateway: SearchGateway;
    const roleArn = "arn:aws:iam::000000000000:role/search";
    const domainArn = "arn:aws:es:us-east-1:000000000000:domain/catalogue";
    const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:search";

    before(async () => {
      gateway = await startSearchGateway({
        certificates,
        region: "us-east-1",
        engineUrl: behindUrl,
        log: () => undefined,
      });
    });
    after(async () => await gateway.stop());

    function deployment(statement: object | undefined, accessPolicies?: string): Deployment {
      const policy = JSON.stringify({ Version: "2012-10-17", Statement: statement ? [statement] : [] });
      return {
        stack: "dev",
        region: "us-east-1",
        endpoint: behindUrl,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
        outputs: {},
        notEmulated: [],
        resources: [
          resource("aws:opensearch/domain:Domain", "catalogue", { arn: domainArn, domainName: "catalogue" }),
          resource("aws:lambda/function:Function", "search", {
            arn: functionArn,
            qualifiedArn: `${functionArn}:$LATEST`,
            role: roleArn,
            name: "search",
          }),
          resource("aws:iam/rolePolicy:RolePolicy", "search", { role: "search", policy }),
          ...(accessPolicies
            ? [resource("aws:opensearch/domainPolicy:DomainPolicy", "p", { domainName: "catalogue", accessPolicies })]
            : []),
        ],
      };
    }

    /** The client that the components use, with the credentials that the emulator gives the function. */
    function client(change: { secretAccessKey?: string; region?: string } = {}): Client {
      const digest = sha256(`${functionArn}:${roleArn}`);
      return new Client({
        ...AwsSigv4Signer({
          region: change.region ?? "us-east-1",
          service: "es",
          getCredentials: async () => ({
            accessKeyId: `ASIA${digest.slice(0, 16).toUpperCase()}`,
            secretAccessKey: change.secretAccessKey ?? sha256(`secret:${digest}`),
            sessionToken: sha256(`token:${digest}`),
          }),
        }),
        node: `https://${gateway.endpoint}`,
        ssl: { ca: readFileSync(certificates.authorityFile, "utf8") },
        maxRetries: 0,
      });
    }

    const search = (with_ = client()) =>
      with_.search({ index: "products", q: "lamp & chair (oak)*", size: 2, body: { query: { match_all: {} } } }).then(
        ({ statusCode }) => statusCode,
        (error: { statusCode?: number; message: string }) => error.statusCode ?? error.message,
      );
    const may = (Action: string, Resource = `${domainArn}/*`) => ({ Effect: "Allow", Action, Resource });

    it("accepts a function whose role's policy allows the request", async () => {
      gateway.serve(deployment(may("es:ESHttp*")));

      expect(await search()).to.equal(200);
      expect(seen[0]).to.include({ method: "POST", body: '{"query":{"match_all":{}}}' });
    });

    it("accepts a function whose role the domain's policy names", async () => {
      const statement = {
        Effect: "Allow",
        Principal: { AWS: [roleArn] },
        Action: "es:ESHttp*",
        Resource: `${domainArn}/*`,
      };
      gateway.serve(deployment(undefined, JSON.stringify({ Version: "2012-10-17", Statement: [statement] })));

      expect(await search()).to.equal(200);
    });

    const refusals: [string, object | undefined][] = [
      ["another method than its policy allows", may("es:ESHttpGet")],
      ["another index than its policy allows", may("es:ESHttp*", `${domainArn}/orders/*`)],
      ["anything without a policy", undefined],
    ];
    for (const [what, statement] of refusals) {
      it(`refuses ${what}`, async () => {
        gateway.serve(deployment(statement));

        expect(await search()).to.equal(403);
        expect(seen).to.deep.equal([]);
      });
    }

    it("refuses requests with a wrong key, for another Region, or unsigned", async () => {
      gateway.serve(deployment(may("es:ESHttp*")));

      expect(await search(client({ secretAccessKey: "wrong" }))).to.equal(403);
      expect(await search(client({ region: "us-west-2" }))).to.equal(403);
      const unsigned = new Client({
        node: `https://${gateway.endpoint}`,
        ssl: { ca: readFileSync(certificates.authorityFile, "utf8") },
        maxRetries: 0,
      });
      expect(await search(unsigned)).to.equal(403);
      expect(seen).to.deep.equal([]);
    });
  });
});

describe("A policy's evaluation", () => {
  const request = {
    principal: "arn:aws:iam::000000000000:role/r",
    action: "es:ESHttpGet",
    resource: "arn:aws:es:::domain/d/products/_search",
  };
  const policy = (...Statement: object[]) => JSON.stringify({ Statement });
  const allow = { Effect: "Allow", Action: "es:ESHttp*", Resource: "arn:aws:es:::domain/d/*" };

  it("denies by default, and denies before it allows", () => {
    expect(isAllowed(request, [], [])).to.equal(false);
    expect(isAllowed(request, [policy(allow)], [])).to.equal(true);
    expect(isAllowed(request, [policy(allow, { ...allow, Effect: "Deny", Action: "es:ESHttpGet" })], [])).to.equal(
      false,
    );
  });

  it("applies a resource's policy only to the roles it names", () => {
    const named = (AWS: string) => [policy({ ...allow, Principal: { AWS } })];

    expect(isAllowed(request, [], named(request.principal))).to.equal(true);
    expect(isAllowed(request, [], named("arn:aws:iam::000000000000:role/other"))).to.equal(false);
  });

  it("evaluates NotAction", () => {
    expect(isAllowed(request, [policy({ ...allow, Action: undefined, NotAction: "es:ESHttpPut" })], [])).to.equal(true);
    expect(isAllowed(request, [policy({ ...allow, Action: undefined, NotAction: "es:ESHttpG?t" })], [])).to.equal(
      false,
    );
  });
});
