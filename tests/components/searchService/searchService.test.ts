import "../../../disablePromiseTraces";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { SearchService, type SearchServiceArgs } from "../../../components/searchService";
import { expectRefusal } from "../../kit/refusals";
import { renderAddress } from "../../kit/renderFake";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const auth = { authorizer: { name: "check", invokeArn: "arn:invoke:check" } };

/** @param slow a type of resource that is created last, after the functions and the resources that depend on them. */
async function withMocks(registered: Registered[] = [], slow?: string): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        if (slow && type.endsWith(`:${slow}`)) {
          const functions = () => registered.filter((resource) => resource.type.endsWith(":Function"));
          while (functions().length < 5) await pause(10);
          await pause(300);
        }
        registered.push({ type, name, inputs });
        const arn = `arn:aws:test:us-east-1:000000000000:${name}`;
        const computed = {
          arn,
          streamArn: `${arn}/stream`,
          endpoint: "search.us-east-1.es.amazonaws.com",
          invokeArn: `${arn}/invoke`,
          url: `https://sqs.example/${name}`,
          name: `${name}-physical`,
          apiEndpoint: "https://api.example",
          executionArn: arn,
        };
        return { id: `${name}-id`, state: { ...computed, ...inputs } };
      },
      call: () => ({}),
    },
    "stayopen",
    "dev",
    false,
  );
}

/** Tests without arguments share one service, because building five functions takes time. */
let plain: ReturnType<typeof register> | undefined;
function registerPlain() {
  plain ??= register();
  return plain;
}

/** Registers a SearchService with mocked outputs. */
async function register(args: Partial<SearchServiceArgs> = {}, slow?: string) {
  const resources: Registered[] = [];
  await withMocks(resources, slow);
  const service = new SearchService("catalogue", { auth, ...args });
  const outputs = await new Promise<Record<string, unknown>>((resolve) =>
    pulumi
      .all([service.url, service.products, service.rebuild, service.deadLetters, service.alarms.map(({ urn }) => urn)])
      .apply(([url, products, rebuild, deadLetters]) => resolve({ url, products, rebuild, deadLetters })),
  );
  const { functions } = service;
  const bundles = await Promise.all(
    Object.entries(functions).map(async ([name, { bundle }]) => {
      const { file } = await new Promise<{ file: string }>((resolve) => bundle.apply(resolve));
      return { name, zippedBytes: gzipSync(readFileSync(file)).length };
    }),
  );
  await pulumi.runtime.disconnect();
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));
  const one = (type: string) => {
    expect(of(type), type).to.have.length(1);
    return of(type)[0]!.inputs;
  };
  return { resources, outputs, bundles, of, one };
}

describe("SearchService", function () {
  this.timeout(120_000);

  it("creates a protected table whose stream has old and new images", async () => {
    const { one, outputs } = await registerPlain();
    expect(one("Table")).to.deep.include({
      hashKey: "productId",
      attributes: [{ name: "productId", type: "S" }],
      billingMode: "PAY_PER_REQUEST",
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
    });
    expect(outputs["products"]).to.deep.equal({
      tableName: "catalogue-products-physical",
      tableArn: "arn:aws:test:us-east-1:000000000000:catalogue-products",
    });
    expect(outputs["url"]).to.equal("https://api.example");
  });

  it("creates an encrypted domain that accepts signed requests of its three functions only", async () => {
    const { one, of } = await registerPlain();
    expect(one("Domain")).to.deep.include({
      domainName: "catalogue-dev",
      engineVersion: "OpenSearch_2.19",
      encryptAtRest: { enabled: true },
      nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07" },
    });
    const policy = JSON.parse(String(one("DomainPolicy")["accessPolicies"]));
    expect(policy.Statement.map(({ Principal }: { Principal: object }) => Principal)).to.deep.equal(
      ["search", "indexer", "rebuilder"].map((name) => ({
        AWS: `arn:aws:test:us-east-1:000000000000:catalogue-${name}-role`,
      })),
    );
    expect(of("Role")).to.have.length(6);
  });

  it("grants each function the same by the domain's policy as by its own, either of which suffices", async () => {
    const { one, resources } = await registerPlain();
    const { Statement: admitted } = JSON.parse(String(one("DomainPolicy")["accessPolicies"]));
    const own = ["search", "indexer", "rebuilder"].map((name) => {
      const grants = resources.find((resource) => resource.name === `catalogue-${name}-grants`)!;
      const { Statement: statements } = JSON.parse(String(grants.inputs["policy"]));
      return statements.find(({ Action }: { Action: string[] }) => Action[0]?.startsWith("es:"));
    });
    const rights = ({ Action, Resource }: { Action: string[]; Resource: string[] }) => ({ Action, Resource });
    expect(admitted.map(rights)).to.deep.equal(own.map(rights));
    const domain = "arn:aws:test:us-east-1:000000000000:catalogue";
    expect(rights(admitted[0])).to.deep.equal({
      Action: ["es:ESHttpPost"],
      Resource: [`${domain}/products/_search`],
    });
  });

  it("starts indexing after the domain's policy is in effect", async () => {
    const { resources } = await register({}, "DomainPolicy");
    const types = resources.map(({ type }) => type.split(":").at(-1));
    for (const later of ["EventSourceMapping", "StateMachine"]) {
      expect(types.indexOf("DomainPolicy"), later).to.be.below(types.indexOf(later)).and.above(0);
    }
  });

  it("spreads nodes over zones and replicates the index accordingly", async () => {
    const environmentOf = (resources: Registered[]) =>
      resources.find(({ name }) => name === "catalogue-indexer-function")!.inputs["environment"] as {
        variables: Record<string, string>;
      };
    for (const [instanceCount, zones, replicas] of [
      [2, 2, "1"],
      [6, 3, "2"],
    ] as const) {
      const { one, resources } = await register({ domain: { instanceCount } });
      const cluster = one("Domain")["clusterConfig"] as Record<string, unknown>;
      expect(cluster["zoneAwarenessEnabled"]).to.equal(true);
      expect(cluster["zoneAwarenessConfig"]).to.deep.equal({ availabilityZoneCount: zones });
      expect(environmentOf(resources).variables["INDEX_REPLICAS"]).to.equal(replicas);
    }
  });

  it("uses an existing domain and leaves its policy", async () => {
    const existingDomain = { endpoint: "https://search.example", arn: "arn:aws:es:us-east-1:000000000000:domain/ours" };
    const { of, resources } = await register({ existingDomain });
    expect(of("Domain")).to.have.length(0);
    expect(of("DomainPolicy")).to.have.length(0);
    const search = resources.find(({ name }) => name === "catalogue-search-grants")!;
    expect(String(search.inputs["policy"])).to.include(`${existingDomain.arn}/products/_search`);
  });

  it("grants each function what it needs and no more", async () => {
    const { resources } = await registerPlain();
    const actions = (name: string) =>
      JSON.parse(String(resources.find((resource) => resource.name === `catalogue-${name}-grants`)!.inputs["policy"]))
        .Statement.slice(2)
        .flatMap((statement: { Action: string[] }) => statement.Action);
    expect(actions("search")).to.deep.equal(["es:ESHttpPost", "dynamodb:GetItem"]);
    expect(actions("read")).to.deep.equal(["dynamodb:GetItem"]);
    expect(actions("write")).to.have.members(["dynamodb:GetItem", "dynamodb:PutItem"]);
    expect(actions("indexer")).not.to.include("es:ESHttpDelete");
    expect(actions("rebuilder")).to.include("dynamodb:Scan").and.not.include("dynamodb:PutItem");
  });

  it("gives language and synonyms to the functions that create indices or search them", async () => {
    const { of } = await register({ language: "german", synonyms: ["sofa, kanapee"] });
    const codeOf = async (name: string) => {
      const { inputs } = of("Function").find((one) => one.name === `catalogue-${name}-function`)!;
      const { "index.js": code } = await (inputs["code"] as pulumi.asset.AssetArchive).assets;
      return readFileSync(await (code as pulumi.asset.FileAsset).path, "utf8");
    };
    for (const name of ["indexer", "rebuilder"]) {
      expect(await codeOf(name))
        .to.match(/language\s*=\s*"german"/)
        .and.contain("sofa, kanapee");
    }
    expect(await codeOf("search"))
      .to.contain('"german"')
      .and.not.contain("sofa, kanapee");
  });

  it("reads the stock of counted products, and its stream, only if there is any", async () => {
    const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/stock";
    const { of, resources } = await register({
      stock: { name: "stock", arn, streamArn: `${arn}/stream/1` },
      fewLeft: 3,
    });
    const statements = (name: string): { Action: string[]; Resource: unknown }[] =>
      JSON.parse(String(resources.find((resource) => resource.name === `catalogue-${name}-grants`)!.inputs["policy"]))
        .Statement;
    for (const name of ["read", "indexer", "rebuilder"])
      expect(statements(name)).to.deep.include({ Effect: "Allow", Action: ["dynamodb:Query"], Resource: [arn] });
    for (const name of ["search", "write"]) expect(JSON.stringify(statements(name))).not.to.include(arn);
    const settings = of("Function").find(({ name }) => name === "catalogue-read-function")!.inputs["environment"];
    expect(settings).to.have.nested.include({ "variables.STOCK_TABLE": "stock", "variables.FEW_LEFT": "3" });
    const stream = of("EventSourceMapping").find(({ name }) => name === "catalogue-stock-indexer")!.inputs;
    expect(stream).to.include({ eventSourceArn: `${arn}/stream/1`, maximumRetryAttempts: -1 });
    expect(JSON.stringify((await registerPlain()).resources)).not.to.include("STOCK_TABLE");
  });

  it("serves search without a token, and requires one to change products", async () => {
    const { of } = await registerPlain();
    const authorization = Object.fromEntries(
      of("Route").map(({ inputs }) => [inputs["routeKey"], inputs["authorizationType"]]),
    );
    expect(authorization).to.deep.equal({
      "GET /api/catalogue/search": "NONE",
      "GET /api/catalogue/suggest": "NONE",
      "GET /api/catalogue/health": "NONE",
      "GET /api/catalogue/openapi.json": "NONE",
      $default: "NONE",
      "GET /api/catalogue/products/{productId}": "NONE",
      "PUT /api/catalogue/products/{productId}": "CUSTOM",
      "DELETE /api/catalogue/products/{productId}": "CUSTOM",
      "GET /api/catalogue/rules": "CUSTOM",
      "PUT /api/catalogue/rules": "CUSTOM",
    });
  });

  it("renders pages by a function that may only search and read products, updated after the storefront's files", async () => {
    const { of, one, resources } = await register({ pages: { render: renderAddress, build: "build-1" } });
    const settings = of("Function").find(({ name }) => name === "catalogue-pages-function")!.inputs["environment"];
    expect(settings).to.have.nested.include({ "variables.SITE_BUILD": "build-1" });
    const { Statement: admitted } = JSON.parse(String(one("DomainPolicy")["accessPolicies"]));
    const [search, pages] = ["search", "pages"].map((name) =>
      admitted.find(({ Principal }: { Principal: { AWS: string } }) =>
        Principal.AWS.endsWith(`catalogue-${name}-role`),
      ),
    );
    expect(pages).to.deep.include({ Action: search.Action, Resource: search.Resource });
    const grants = (name: string) => {
      const found = resources.find((resource) => resource.name === `catalogue-${name}-grants`)!;
      return JSON.parse(String(found.inputs["policy"])).Statement;
    };
    const ownLog = JSON.parse(JSON.stringify(grants("pages")).replace("catalogue-pages-log", "catalogue-search-log"));
    expect(ownLog).to.deep.equal(grants("search"));
    const open = of("Route").filter(({ inputs }) => inputs["authorizationType"] === "NONE");
    expect(open.map(({ inputs }) => inputs["routeKey"])).to.include.members([
      "GET /index.html",
      "HEAD /index.html",
      "GET /sitemap.xml",
      "HEAD /sitemap.xml",
    ]);
  });

  it("reads the stream from its beginning, with partial failures, a maximum age and a dead-letter queue", async () => {
    const { one } = await register({ indexingPatienceHours: 2 });
    expect(one("EventSourceMapping")).to.deep.include({
      eventSourceArn: "arn:aws:test:us-east-1:000000000000:catalogue-products/stream",
      startingPosition: "TRIM_HORIZON",
      functionResponseTypes: ["ReportBatchItemFailures"],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: 7_200,
      destinationConfig: {
        onFailure: { destinationArn: "arn:aws:test:us-east-1:000000000000:catalogue-dead-letters" },
      },
    });
    expect(one("Queue")).to.deep.include({ messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true });
  });

  it("creates alarms for the given topics", async () => {
    const topic = "arn:aws:sns:us-east-1:000000000000:alarms";
    const { of } = await register({ alarmTopicArns: [topic] });
    expect(of("MetricAlarm").map(({ inputs }) => inputs["metricName"])).to.have.members([
      "IteratorAge",
      "Errors",
      "ApproximateNumberOfMessagesVisible",
      "ExecutionsFailed",
    ]);
    for (const { inputs } of of("MetricAlarm")) expect(inputs["alarmActions"]).to.deep.equal([topic]);
  });

  it("applies overrides to the underlying resources", async () => {
    const { one } = await register({
      protectData: false,
      transform: {
        table: { tableClass: "STANDARD_INFREQUENT_ACCESS" },
        domain: (domain) => ({ ...domain, tags: { team: "shop" } }),
      },
    });
    expect(one("Table")).to.deep.include({
      tableClass: "STANDARD_INFREQUENT_ACCESS",
      deletionProtectionEnabled: false,
    });
    expect(one("Domain")).to.deep.include({ tags: { team: "shop" }, domainName: "catalogue-dev" });
  });

  it("bundles each function into less than 300 KB zipped", async () => {
    const { bundles } = await registerPlain();
    expect(bundles).to.have.length(5);
    for (const { name, zippedBytes } of bundles) expect(zippedBytes, name).to.be.lessThan(300 * 1024);
  });

  describe("in two Regions", () => {
    const regions = {
      tableName: pulumi.output("state"),
      tableArn: pulumi.output("arn:aws:dynamodb:us-east-1:0:table/state"),
    };

    it("replicates the table with protection and backups as the primary", async () => {
      const { one } = await register({ replicaRegions: ["us-west-2"], regions });
      expect(one("Table")["replicas"]).to.deep.equal([
        {
          regionName: "us-west-2",
          consistencyMode: "EVENTUAL",
          deletionProtectionEnabled: true,
          pointInTimeRecovery: true,
          propagateTags: true,
        },
      ]);
    });

    it("uses the replica and its stream as the secondary", async () => {
      const arn = "arn:aws:dynamodb:us-west-2:0:table/products";
      const existingTable = { name: "products", arn, streamArn: `${arn}/stream/1` };
      const { of, one, outputs, resources } = await register({ existingTable, regions });
      expect(of("Table")).to.deep.equal([]);
      expect(outputs["products"]).to.deep.equal({ tableName: "products", tableArn: arn });
      expect(one("EventSourceMapping")["eventSourceArn"]).to.equal(`${arn}/stream/1`);
      const grants = resources
        .filter(({ name }) => name.endsWith("-grants"))
        .map(({ inputs }) => String(inputs["policy"]));
      expect(grants.filter((policy) => policy.includes(arn))).to.have.length(5);
    });

    it("lets only the function that changes products read the Regions' table", async () => {
      const { resources } = await register({ regions });
      const knowing = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("table/state"));
      expect(knowing.map(({ name }) => name)).to.deep.equal(["catalogue-write-grants"]);
      const { Statement } = JSON.parse(String(knowing[0]!.inputs["policy"])) as {
        Statement: { Resource: unknown; Action: unknown }[];
      };
      const granted = Statement.find(({ Resource }) => JSON.stringify(Resource).includes("table/state"));
      expect(granted?.Action).to.deep.equal(["dynamodb:GetItem"]);
    });
  });

  describe("refuses", () => {
    const existingDomain = { endpoint: "search.example", arn: "arn:aws:es:us-east-1:000000000000:domain/ours" };
    const refused: [string, Partial<SearchServiceArgs>, RegExp][] = [
      ["two domains", { domain: {}, existingDomain }, /`domain` and `existingDomain` are given; give at most one/],
      [
        "nodes that can't be spread evenly",
        { domain: { instanceCount: 5 } },
        /`domain\.instanceCount` is 5; it must be 1, even or a multiple of 3/,
      ],
      ["no nodes", { domain: { instanceCount: 0 } }, /`domain\.instanceCount` is 0; it must be a whole number/],
      ["an unknown language", { language: "klingon" as "german" }, /`language` is "klingon"; it must be "english", /],
      [
        "a synonym of nothing",
        { synonyms: ["sofa, couch", "tv"] },
        /`synonyms\[1\]` is "tv" and has one term; it must/,
      ],
      ["a volume smaller than gp3 allows", { domain: { volumeGiB: 0 } }, /`domain\.volumeGiB` is 0/],
      [
        "a domain name that AWS does not take",
        { domain: { name: "The Catalogue" } },
        /`domain\.name` is "The Catalogue"; it must be 3 to 28 lower-case letters/,
      ],
      [
        "a table that exists and replicas of it",
        { existingTable: { name: "t", arn: "a", streamArn: "s" }, replicaRegions: ["us-west-2"] },
        /`existingTable` and `replicaRegions` are given; give at most one/,
      ],
      [
        "patience beyond the stream's memory",
        { indexingPatienceHours: 48 },
        /`indexingPatienceHours` is 48; it must be between 1 and 24, because a stream keeps its records for a day/,
      ],
    ];
    for (const [what, args, sentence] of refused) {
      it(what, () => expectRefusal("SearchService", () => new SearchService("catalogue", { auth, ...args }), sentence));
    }
  });
});
