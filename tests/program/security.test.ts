import { expect } from "chai";
import { ARN_OF, DOMAIN, evaluate, evaluated, type Registration, replicasOf, tablesIn } from "../kit/evaluatedProgram";

describe("Keys, logs and alarms of two Regions", function () {
  this.timeout(120_000);
  let east: Registration[];
  let west: Registration[];

  before(async () => {
    east = (await evaluated("prod-east")).registrations;
    west = (await evaluated("prod-west")).registrations;
  });

  it("keep no backup of a card in either Region", () => {
    const cards = tablesIn(east).find(({ name }) => name.endsWith("-cards"))!;
    expect(cards.inputs["pointInTimeRecovery"]).to.deep.equal({ enabled: false });
    expect(replicasOf(cards).map(({ pointInTimeRecovery }) => pointInTimeRecovery)).to.deep.equal([false]);
  });

  it("notify of every alarm: by a composite alarm of its Region, or by a topic of that Region", async () => {
    const primary = await evaluate("prod-east", {}, DOMAIN);
    const secondary = await evaluate("prod-west", { "prod-east": primary.outputs }, DOMAIN);
    for (const [region, { registrations }] of Object.entries({ "us-east-1": primary, "us-west-2": secondary })) {
      const of = (type: string) => registrations.filter((one) => one.type === `aws:cloudwatch/${type}`);
      const rules = of("compositeAlarm:CompositeAlarm").map(({ inputs }) => String(inputs["alarmRule"]));
      const alarms = of("metricAlarm:MetricAlarm");
      expect(alarms.map(({ name }) => name)).to.include("failover-health-check");
      const isHeard = ({ name, inputs }: Registration) =>
        (inputs["region"] ?? region) === region
          ? rules.some((rule) => rule.includes(`ALARM("${name}")`))
          : (inputs["alarmActions"] as string[]).length > 0;
      expect(
        alarms.filter((alarm) => !isHeard(alarm)).map(({ name }) => name),
        region,
      ).to.deep.equal([]);
    }
    const health = secondary.registrations.find(({ name }) => name === "failover-health-check");
    expect(health?.inputs["region"]).to.equal("us-east-1");
    expect(health?.inputs["alarmActions"]).to.deep.equal([primary.outputs["alarmTopic"]]);
  });

  it("encrypt orders, cards, stock and customers with keys of the account, one in each Region", async () => {
    const keyed = tablesIn(east).filter(
      ({ inputs }) => (inputs["serverSideEncryption"] as { kmsKeyArn?: string })?.kmsKeyArn,
    );
    expect(keyed.map(({ name }) => name)).to.have.members([
      "auth-directory",
      "orders-orders",
      "orders-cards",
      "orders-stock",
    ]);
    const keys = east.filter(({ type, name }) => type === "aws:kms/key:Key" && name.startsWith("data"));
    expect(keys.map(({ name, inputs }) => [name, inputs["region"]])).to.deep.equal([
      ["data", undefined],
      ["data-us-west-2", "us-west-2"],
    ]);
    for (const table of keyed) {
      expect(table.inputs["serverSideEncryption"], table.name).to.deep.equal({
        enabled: true,
        kmsKeyArn: ARN_OF("data"),
      });
      expect(replicasOf(table).map(({ kmsKeyArn }) => kmsKeyArn)).to.deep.equal([
        ARN_OF("data-us-west-2", "us-west-2"),
      ]);
    }
    const uses = (registrations: Registration[], name: string) =>
      String(
        registrations.find((one) => one.type === "aws:iam/rolePolicy:RolePolicy" && one.name === name)!.inputs[
          "policy"
        ],
      );
    for (const role of ["backups-backup", "backups-restore"]) {
      expect(uses(east, role)).to.include(`"${ARN_OF("data")}"`);
      expect(uses(west, role)).to.include(`"${ARN_OF("data-us-west-2", "us-west-2")}"`);
    }
    expect(west.filter(({ type, name }) => type === "aws:kms/key:Key" && name.startsWith("data"))).to.deep.equal([]);
    const development = (await evaluated("dev")).registrations;
    expect(development.filter(({ type, name }) => type === "aws:kms/key:Key" && name.startsWith("data"))).to.deep.equal(
      [],
    );
  });

  it("watch keys, root user, trail and findings in production", async () => {
    const rulesOf = (registrations: Registration[]) =>
      new Map(
        registrations
          .filter(({ type }) => type === "aws:cloudwatch/eventRule:EventRule")
          .map(({ name, inputs }) => [name.replace("observability-", ""), String(inputs["eventPattern"])]),
      );
    const trails = (registrations: Registration[]) =>
      registrations.filter(({ type }) => type === "aws:cloudtrail/trail:Trail");
    for (const registrations of [east, west]) {
      const rules = rulesOf(registrations);
      expect([...rules.keys()]).to.have.members([
        "decryption-refused",
        "root-used",
        "key-changed",
        "trail-changed",
        "threat-found",
      ]);
      for (const key of ["card-key", "auth-addresses", "backups-vault", ":data"])
        expect(rules.get("key-changed")).to.include(key);
    }
    expect(rulesOf(east).get("trail-changed")).to.include("stayopen-prod-east-audit-123456789012");
    expect(trails(west)).to.deep.equal([]);
    const [trail, ...others] = trails(east);
    expect(others).to.deep.equal([]);
    const watched = JSON.stringify(trail!.inputs["advancedEventSelectors"]);
    for (const region of ["us-east-1", "us-west-2"])
      for (const table of ["orders-orders", "orders-cards", "auth-directory"])
        expect(watched).to.include(`:${region}:123456789012:${table}`);
    const selectors = trail!.inputs["advancedEventSelectors"] as { name: string }[];
    const objects = (name: string) => JSON.stringify(selectors.find((selector) => selector.name === name));
    expect(objects("objects"))
      .to.include(`${ARN_OF("orders-invoices")}/`)
      .and.include(":::stayopen-prod-east-invoices-123456789012-us-west-2-an/");
    expect(objects("written-objects")).to.include(":::stayopen-prod-east-assets-123456789012-us-west-2-an/");
    for (const [registrations, region] of [
      [east, "us-east-1"],
      [west, "us-west-2"],
    ] as const) {
      const buckets = registrations.filter(({ type }) => type === "aws:s3/bucket:Bucket");
      expect(buckets.map(({ inputs }) => inputs["bucket"])).to.include.members([
        `stayopen-prod-east-invoices-123456789012-${region}-an`,
        `stayopen-prod-east-assets-123456789012-${region}-an`,
      ]);
    }
    const development = (await evaluated("dev")).registrations;
    expect([...rulesOf(development).keys(), ...trails(development)]).to.deep.equal([]);
  });

  it("log requests with viewers' addresses at CloudFront and the connected address at each API, without query strings", async () => {
    const deliveries = (registrations: Registration[]) =>
      registrations.filter(({ type }) => type === "aws:cloudwatch/logDelivery:LogDelivery");
    const [delivery, ...others] = deliveries(east);
    expect(others).to.deep.equal([]);
    expect(delivery!.inputs["recordFields"]).to.include.members(["c-ip", "cs-method", "cs-uri-stem", "sc-status"]);
    expect(deliveries(west)).to.deep.equal([]);
    expect(deliveries((await evaluated("dev")).registrations)).to.deep.equal([]);
    const formats = [...east, ...west]
      .filter(({ type }) => type === "aws:apigatewayv2/stage:Stage")
      .map(({ inputs }) => (inputs["accessLogSettings"] as { format: string }).format);
    expect(formats.length).to.be.above(8);
    for (const format of formats) {
      expect(JSON.parse(format)).to.include({ sourceIp: "$context.identity.sourceIp" });
      expect(format).not.to.match(/path|query|header/i);
    }
  });
});
