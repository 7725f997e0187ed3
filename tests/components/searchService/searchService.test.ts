import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { SearchService, type SearchServiceArgs } from "../../../components/searchService";
import { expectRefusal } from "../../kit/refusals";
import { auth, register, registerPlain } from "../../kit/searchServiceStand";

describe("SearchService", function () {
  this.timeout(120_000);

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
