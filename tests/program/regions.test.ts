import { expect } from "chai";
import { STORE_PREFIXES } from "../../components/deliveryPipeline/names";
import {
  DOMAIN,
  type Evaluated,
  evaluate,
  evaluated,
  type Registration,
  replicasOf,
  tablesIn,
} from "../kit/evaluatedProgram";

describe("Two Regions", function () {
  this.timeout(120_000);
  let east: Registration[];
  let west: Registration[];

  before(async () => {
    east = (await evaluated("prod-east")).registrations;
    west = (await evaluated("prod-west")).registrations;
  });

  it("have the shared tables and their replicas in the primary's stack only", () => {
    const shared = tablesIn(east).filter((table) => replicasOf(table).length > 0);
    expect(shared.map(({ name }) => name)).to.include.members([
      "orders-orders",
      "orders-cards",
      "orders-stock",
      "catalogue-products",
    ]);
    expect(shared).to.have.length(6);
    for (const table of shared) {
      expect(
        replicasOf(table).map(({ regionName }) => regionName),
        table.name,
      ).to.deep.equal(["us-west-2"]);
      expect(table.inputs, table.name).to.include({ streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" });
    }
    const own = tablesIn(west);
    expect(own.flatMap(replicasOf)).to.deep.equal([]);
    expect(own.filter(({ name }) => shared.some((table) => table.name === name))).to.deep.equal([]);
  });

  it("can be destroyed once protectData is false: nothing is protected, and buckets are deleted with their objects", async () => {
    const unprotected = { "stayopen:protectData": "false" };
    const primary = await evaluate("prod-east", {}, unprotected);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, unprotected);
    for (const { registrations } of [primary, secondary]) {
      const of = (type: string) => registrations.filter((one) => one.type === `aws:${type}`);
      for (const { name, inputs } of of("dynamodb/table:Table")) {
        const replicas = (inputs["replicas"] ?? []) as { deletionProtectionEnabled?: boolean }[];
        const protection = [inputs, ...replicas].map(({ deletionProtectionEnabled: on }) => on ?? false);
        expect(new Set(protection), name).to.deep.equal(new Set([false]));
      }
      for (const { inputs } of of("cognito/userPool:UserPool"))
        expect(inputs["deletionProtection"]).to.equal("INACTIVE");
      for (const { name, inputs } of of("s3/bucket:Bucket")) expect(inputs["forceDestroy"], name).to.equal(true);
      // Hashed files are deleted with their bucket, the policy with its key.
      const staying = new Set(registrations.filter(({ retainOnDelete }) => retainOnDelete).map(({ type }) => type));
      const expected = ["aws:s3/bucketObjectv2:BucketObjectv2", "aws:kms/keyPolicy:KeyPolicy"];
      expect([...staying].filter((type) => !expected.includes(type))).to.deep.equal([]);
    }
  });

  it("leave everything with data in AWS that a protected stack no longer has", () => {
    const types = ["dynamodb/table:Table", "s3/bucket:Bucket", "cognito/userPool:UserPool", "opensearch/domain:Domain"];
    for (const registrations of [east, west]) {
      const data = registrations.filter(({ type }) => types.some((one) => type === `aws:${one}`));
      expect(new Set(data.map(({ type }) => type)).size).to.equal(types.length);
      const deleted = data.filter(({ retainOnDelete }) => !retainOnDelete).map(({ name }) => name);
      // Codes expire after minutes.
      expect(deleted).to.deep.equal(["auth-codes"]);
    }
  });

  it("back up each Region's own replicas, except the cards", () => {
    for (const [region, registrations] of Object.entries({ east, west })) {
      const selections = registrations.filter(({ type }) => type === "aws:backup/selection:Selection");
      expect(selections, region).to.have.length(1);
      const resources = selections[0]!.inputs["resources"] as string[];
      expect(resources, region).to.have.length(5);
      for (const table of ["orders-orders", "orders-stock", "catalogue-products", "auth-directory"]) {
        expect(resources.join(" "), region).to.include(table);
      }
      expect(
        resources.filter((arn) => /cards/.test(arn)),
        region,
      ).to.deep.equal([]);
      const rights = registrations.filter(
        ({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && name.startsWith("backups-"),
      );
      expect(rights, region).to.have.length(2);
      expect(JSON.stringify(rights.map(({ inputs }) => inputs["policy"])), region).not.to.include("cards");
    }
  });

  it("use only names that the pipeline's roles may manage", () => {
    const named = [...east, ...west].filter(({ type }) => ["aws:iam/role:Role", "aws:s3/bucket:Bucket"].includes(type));
    expect(named.length).to.be.above(40);
    const physical = named.map(({ name, inputs }) => String(inputs["name"] ?? inputs["bucket"] ?? name));
    expect(physical.filter((name) => !STORE_PREFIXES.some((prefix) => name.startsWith(prefix)))).to.deep.equal([]);
  });

  it("use different global names in each stack", () => {
    // Physical names that are unique in an account or worldwide.
    const named = (registrations: Registration[]) =>
      registrations.flatMap(({ type, inputs }) => {
        if (type === "aws:s3/bucket:Bucket") return [String(inputs["bucket"])];
        return type === "aws:iam/role:Role" && inputs["name"] !== undefined ? [String(inputs["name"])] : [];
      });
    const both = [...named(east), ...named(west)].filter((name) => name !== "undefined");
    expect(both).to.have.length.above(20);
    expect(new Set(both)).to.have.property("size", both.length);
  });

  it("share no unique name with a development stack in the same account and Region", async () => {
    const ids = ({ type, inputs }: Registration) => {
      // Unique within an API or a user pool, whose ids on AWS differ between the stacks.
      if (/:(Stage|UserGroup)$/.test(type)) return [];
      const names = [
        inputs["name"],
        inputs["bucket"],
        inputs["emailIdentity"],
        inputs["alarmName"],
        inputs["domainName"],
      ];
      return names
        .filter((name) => typeof name === "string" && !name.startsWith("/aws/vendedlogs/apigateway/"))
        .map((name) => `${type} ${name}`);
    };
    // A bucket's settings refer to its name, and do not take it.
    const taking = ({ type }: Registration) => /^aws:/.test(type) && !/:Bucket.+$/.test(type);
    const names = async (stack: string) => (await evaluated(stack)).registrations.filter(taking).flatMap(ids);
    const development = new Set(await names("dev"));
    expect(development.size).to.be.above(50);
    expect((await names("prod-east")).filter((name) => development.has(name))).to.deep.equal([]);
  });

  it("fail over under the store's own names, each stack with its own records", async () => {
    const primary = await evaluate("prod-east", {}, DOMAIN);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
    const records = ({ registrations }: Evaluated) =>
      registrations
        .filter(({ type }) => type === "aws:route53/record:Record")
        .map(({ inputs }) => ({
          name: String(inputs["name"]),
          role: (inputs["failoverRoutingPolicies"] as { type: string }[] | undefined)?.[0]?.type,
        }));
    const failingOver = (result: Evaluated, role: string) =>
      records(result).flatMap((record) => (record.role === role ? [record.name] : []));
    const names = ["auth", "catalogue", "config", "orders"].map((service) => `${service}.api.example.com`);
    expect(failingOver(primary, "PRIMARY").sort()).to.deep.equal(names);
    expect(failingOver(secondary, "SECONDARY").sort()).to.deep.equal(names);
    expect(records(primary).map(({ name }) => name)).to.include.members([
      "www.example.com",
      "us-east-1.api.example.com",
    ]);
    expect(records(secondary).filter(({ role }) => role === undefined)).to.have.deep.members([
      { name: "us-west-2.api.example.com", role: undefined },
      ...names
        .map((name) => name.split(".")[0])
        .map((service) => ({
          name: `${service}-us-west-2.api.example.com`,
          role: undefined,
        })),
    ]);
    expect(primary.outputs["url"]).to.equal("https://www.example.com");
    expect(secondary.outputs["url"]).to.equal("https://www.example.com");
    expect(secondary.outputs["ordersUrl"]).to.equal("https://orders-us-west-2.api.example.com");
  });
});
