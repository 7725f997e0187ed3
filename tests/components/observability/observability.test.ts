import { expect } from "chai";
import { Observability } from "../../../components/observability";
import { matches } from "../../kit/eventPatterns";
import { mocked, observe, primary, type Registered, requestOf, usual } from "../../kit/observabilityStand";
import { expectRefusal } from "../../kit/refusals";

interface Query {
  id: string;
  expression?: string;
  metric?: { metricName: string; period: number; stat: string };
  returnData?: boolean;
}
interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

const widgetsOf = ({ inputs }: Registered) =>
  (JSON.parse(String(inputs["dashboardBody"])) as { widgets: Widget[] }).widgets;
const namesIn = (rule: unknown) => [...String(rule).matchAll(/ALARM\("([^"]+)"\)/g)].map((match) => match[1]!);

describe("Observability", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observe(primary);
  });

  it("gives actions only to composites, and includes each alarm in one of them", () => {
    const single = all.of("MetricAlarm");
    expect(single.length).to.be.at.least(40);
    expect(single.filter(({ inputs }) => ((inputs["alarmActions"] as unknown[]) ?? []).length > 0)).to.deep.equal([]);
    const watched = new Set(all.of("CompositeAlarm").flatMap(({ inputs }) => namesIn(inputs["alarmRule"])));
    expect(single.map(({ name }) => `${name}-1a2b3c4`).filter((name) => !watched.has(name))).to.deep.equal([]);
  });

  it("pages once per failure: a lost Region silences the alarms it causes, customers' alarms silence those on causes", () => {
    const suppressor = (suffix: string) =>
      (all.one("CompositeAlarm", `observability-${suffix}`)["actionsSuppressor"] as { alarm: string } | undefined)
        ?.alarm;
    const arn = (suffix: string) => `arn:aws:test:us-east-1:123456789012:observability-${suffix}`;
    expect(suppressor("region")).to.equal(undefined);
    for (const symptom of ["orders", "search"]) expect(suppressor(symptom)).to.equal(arn("region"));
    for (const cause of ["work", "causes"]) expect(suppressor(cause)).to.equal(arn("customers"));
    expect(namesIn(all.one("CompositeAlarm", "observability-customers")["alarmRule"])).to.have.members([
      "store-prod-east-observability-region",
      "store-prod-east-observability-orders",
      "store-prod-east-observability-search",
    ]);
    expect(all.one("CompositeAlarm", "observability-customers")["alarmActions"]).to.deep.equal([]);
  });

  it("pages for fast and slow burn in both windows, and opens a ticket for creeping burn", () => {
    const rule = String(all.one("CompositeAlarm", "observability-orders")["alarmRule"]);
    for (const rate of ["fast", "slow"]) {
      expect(rule).to.include(
        `(ALARM("observability-orders-burn-${rate}-long-1a2b3c4") AND ALARM("observability-orders-burn-${rate}-short-1a2b3c4"))`,
      );
    }
    expect(rule).not.to.include("creeping");
    expect(String(all.one("CompositeAlarm", "observability-tickets")["alarmRule"])).to.include(
      "orders-burn-creeping-long",
    );
  });

  it("raises the fast burn alarm at 14.4 times the budget over an hour and five minutes", () => {
    const alarm = all.one("MetricAlarm", "observability-orders-burn-fast-long");
    expect(alarm["threshold"]).to.equal(0.0144);
    const queries = alarm["metricQueries"] as Query[];
    expect(queries.map(({ metric }) => metric?.period)).to.deep.equal([undefined, 3_600, 3_600]);
    const short = all.one("MetricAlarm", "observability-orders-burn-fast-short")["metricQueries"] as Query[];
    expect(short[1]?.metric?.period).to.equal(300);
  });

  it("stays within CloudWatch's limits for alarms", () => {
    for (const { name, inputs } of all.of("MetricAlarm")) {
      const queries = (inputs["metricQueries"] as Query[] | undefined) ?? [];
      expect(queries.filter(({ metric }) => metric).length, name).to.be.at.most(10);
      if (queries.length > 0) expect(queries.filter(({ returnData }) => returnData).length, name).to.equal(1);
      for (const { id, expression } of queries) {
        expect(id, name).to.match(/^[a-z][A-Za-z0-9_]*$/);
        if (!expression) continue;
        // Every name in the expression that is no function is a query of the alarm.
        const named = expression.match(/\b[a-z][A-Za-z0-9_]*\b/g) ?? [];
        expect(queries.map((query) => query.id)).to.include.members(named);
      }
      const period = Number(inputs["period"] ?? queries.find(({ metric }) => metric)?.metric?.period);
      const window = period * Number(inputs["evaluationPeriods"]);
      expect(window, `${name}: a day, or a week from periods of an hour on`).to.be.at.most(
        period >= 3_600 ? 7 * 86_400 : 86_400,
      );
      expect(inputs["datapointsToAlarm"] ?? 1, name).to.be.at.most(Number(inputs["evaluationPeriods"]));
    }
    for (const { name, inputs } of all.of("CompositeAlarm")) {
      expect(String(inputs["alarmRule"]).length, name).to.be.at.most(10_240);
      expect(namesIn(inputs["alarmRule"]).length, name).to.be.within(1, 100);
      expect(String(inputs["alarmDescription"]).length, name).to.be.at.most(1_024);
    }
  });

  it("watches any number of functions of a service", () => {
    const queries = all
      .of("MetricAlarm")
      .filter(({ name }) => name.startsWith("observability-orders-function-errors"))
      .flatMap(({ inputs }) => inputs["metricQueries"] as Query[]);
    expect(queries.filter(({ metric }) => metric)).to.have.length(13);
  });

  it("counts faults and throttled requests from the access logs, but not the callers' errors", () => {
    const faults = all.one("LogMetricFilter", "observability-OrderFaults");
    expect(faults["pattern"]).to.equal('{ $.route = "POST /api/orders" && ($.status = "5*" || $.status = "429") }');
    expect(faults["metricTransformation"]).to.deep.include({
      namespace: "store/prod-east",
      value: "1",
      defaultValue: "0",
    });
    expect(all.of("LogMetricFilter")).to.have.length(4);
  });

  it("shows the age of both streams' records", () => {
    const dashboard = all.of("Dashboard").find(({ name }) => name === "observability")!;
    expect(String(dashboard.inputs["dashboardBody"]))
      .to.include('"IteratorAge","FunctionName","store-orders-dispatcher"')
      .and.include('"IteratorAge","FunctionName","store-search-indexer"');
  });

  it("shows what WAF blocks by rule, and raises an alarm on its share of all requests", () => {
    const dashboard = all.of("Dashboard").find(({ name }) => name === "observability")!;
    expect(String(dashboard.inputs["dashboardBody"])).to.include(
      '"AWS/WAFV2","BlockedRequests","WebACL","store-site-waf","Rule","rate-orders"',
    );
    const alarm = all.of("MetricAlarm").find(({ name }) => name === "observability-requests-blocked")!;
    const queries = alarm.inputs["metricQueries"] as { metric?: { metricName: string; dimensions: object } }[];
    const metrics = queries.flatMap(({ metric }) => (metric ? [metric] : []));
    expect(metrics.map(({ metricName }) => metricName)).to.deep.equal(["BlockedRequests", "AllowedRequests"]);
    for (const { dimensions } of metrics) expect(dimensions).to.deep.equal({ WebACL: "store-site-waf", Rule: "ALL" });
  });

  describe("signs of an attack", () => {
    const pattern = (sign: string) => JSON.parse(String(all.one("EventRule", `observability-${sign}`)["eventPattern"]));
    const arn = "arn:aws:kms:us-east-1:123456789012:key/mrk-cards";
    const call = (source: string, eventName: string, detail: object = {}) => ({
      source: `aws.${source}`,
      "detail-type": "AWS API Call via CloudTrail",
      detail: { eventSource: `${source}.amazonaws.com`, eventName, userIdentity: { type: "AssumedRole" }, ...detail },
    });
    const root = (more: object = {}, detail: object = {}) =>
      call("iam", "ListUsers", { userIdentity: { type: "Root", ...more }, eventType: "AwsApiCall", ...detail });
    const key = (eventName: string, detail: object = {}) =>
      call("kms", eventName, { resources: [{ ARN: arn }], ...detail });
    const finding = (label: string, status = "NEW") => ({
      source: "aws.securityhub",
      "detail-type": "Security Hub Findings - Imported",
      detail: { findings: [{ Severity: { Label: label }, Workflow: { Status: status }, RecordState: "ACTIVE" }] },
    });
    const guardDuty = (severity: number) => ({
      source: "aws.guardduty",
      "detail-type": "GuardDuty Finding",
      detail: { severity },
    });

    const SIGNS: [sign: string, shown: object[], not: object[]][] = [
      [
        "decryption-refused",
        [
          call("kms", "Decrypt", { errorCode: "AccessDenied", errorMessage: "is not authorized" }),
          call("kms", "ReEncrypt", { errorCode: "AccessDeniedException" }),
        ],
        [call("kms", "Decrypt"), call("kms", "Decrypt", { errorCode: "ThrottlingException" })],
      ],
      [
        "root-used",
        [
          root(),
          {
            source: "aws.signin",
            "detail-type": "AWS Console Sign In via CloudTrail",
            detail: { eventName: "ConsoleLogin", eventType: "AwsConsoleSignIn", userIdentity: { type: "Root" } },
          },
        ],
        [
          root({ invokedBy: "support.amazonaws.com" }),
          root({}, { eventType: "AwsServiceEvent" }),
          call("iam", "ListUsers", { eventType: "AwsApiCall" }),
        ],
      ],
      [
        "key-changed",
        [key("PutKeyPolicy"), key("ScheduleKeyDeletion"), key("DisableKey"), key("ReplicateKey"), key("CreateGrant")],
        [
          key("Decrypt"),
          key("CreateGrant", { userIdentity: { type: "AssumedRole", invokedBy: "dynamodb.amazonaws.com" } }),
          call("kms", "PutKeyPolicy", { resources: [{ ARN: `${arn}-of-another` }] }),
        ],
      ],
      [
        "trail-changed",
        [
          call("cloudtrail", "StopLogging"),
          call("cloudtrail", "PutEventSelectors"),
          call("s3", "PutBucketPolicy", { requestParameters: { bucketName: "store-audit" } }),
          call("monitoring", "DisableAlarmActions"),
          call("events", "DisableRule", { requestParameters: { name: "store-prod-east-observability-root-used" } }),
          call("events", "RemoveTargets", {
            requestParameters: { rule: "store-prod-east-observability-trail-changed" },
          }),
          call("guardduty", "DeleteDetector"),
          call("securityhub", "DisableSecurityHub"),
        ],
        [
          call("monitoring", "PutMetricAlarm"),
          call("events", "DisableRule", { requestParameters: { name: "another" } }),
          call("guardduty", "GetDetector"),
          call("cloudtrail", "GetTrail"),
          call("s3", "PutBucketPolicy", { requestParameters: { bucketName: "another" } }),
        ],
      ],
      [
        "threat-found",
        [guardDuty(4), guardDuty(8.5), finding("HIGH"), finding("CRITICAL")],
        [guardDuty(3.9), finding("LOW"), finding("HIGH", "SUPPRESSED")],
      ],
    ];

    for (const [sign, shown, not] of SIGNS) {
      it(`raise ${sign}, by its events alone`, () => {
        const { state, name } = all.one("EventRule", `observability-${sign}`);
        expect(state).to.equal("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
        expect(shown.filter((event) => !matches(pattern(sign), event))).to.deep.equal([]);
        expect(not.filter((event) => matches(pattern(sign), event))).to.deep.equal([]);
        const alarm = all.one("MetricAlarm", `observability-${sign}`);
        expect(alarm).to.include({ namespace: "AWS/Events", metricName: "Invocations", threshold: 0 });
        expect(alarm["dimensions"]).to.deep.equal({ RuleName: name });
      });
    }

    it("page at once, silenced by no other alarm, and are on the dashboard", () => {
      const composite = all.one("CompositeAlarm", "observability-security");
      expect(namesIn(composite["alarmRule"])).to.have.members(SIGNS.map(([sign]) => `observability-${sign}-1a2b3c4`));
      expect(composite["actionsSuppressor"]).to.equal(undefined);
      expect(composite["alarmActions"]).to.have.length(1);
      const dashboard = all.of("Dashboard").find(({ name }) => name === "observability")!;
      for (const [sign] of SIGNS)
        expect(String(dashboard.inputs["dashboardBody"])).to.include(
          `"Invocations","RuleName","store-prod-east-observability-${sign}"`,
        );
    });

    it("are kept as events in a log that EventBridge alone may write, on behalf of these rules", () => {
      const group = "arn:aws:test:us-east-1:123456789012:observability-security-events";
      const targets = all.of("EventTarget").map(({ inputs }) => inputs["arn"]);
      expect(targets).to.deep.equal(SIGNS.map(() => group));
      const policy = JSON.parse(
        String(all.one("LogResourcePolicy", "observability-security-events")["policyDocument"]),
      );
      const [stream, events] = policy.Statement;
      expect([stream.Resource, events.Resource]).to.deep.equal([`${group}:*`, `${group}:*:*`]);
      expect(events.Condition.ArnEquals["aws:SourceArn"]).to.have.length(SIGNS.length);
    });

    it("are not watched without being asked for", async () => {
      const { security: _none, ...others } = primary;
      const { of } = await observe(others);
      expect(of("EventRule")).to.deep.equal([]);
      expect(of("CompositeAlarm").map(({ name }) => name)).not.to.include("observability-security");
    });
  });

  it("builds valid dashboards: on the grid, without overlap, dimensions in pairs", () => {
    expect(all.of("Dashboard").map(({ inputs }) => inputs["dashboardName"])).to.have.members([
      "store-prod-east-observability",
      "store-prod-east-observability-all-regions",
    ]);
    for (const dashboard of all.of("Dashboard")) {
      const widgets = widgetsOf(dashboard);
      expect(widgets.length).to.be.within(8, 500);
      const cells = new Set<string>();
      for (const { type, x, y, width, height, properties } of widgets) {
        expect(type).to.be.oneOf(["metric", "text", "alarm"]);
        expect(x + width).to.be.at.most(24);
        for (let column = x; column < x + width; column++) {
          for (let row = y; row < y + height; row++) {
            expect(cells.has(`${column},${row}`), `overlap at ${column},${row}`).to.equal(false);
            cells.add(`${column},${row}`);
          }
        }
        if (type !== "metric") continue;
        expect(properties["region"]).to.match(/^us-(east-1|west-2)$/);
        for (const metric of properties["metrics"] as (string | object)[][]) {
          const names = metric.filter((part) => typeof part === "string");
          if (names.length > 0) expect(names.length % 2, JSON.stringify(metric)).to.equal(0);
          else expect(metric[0]).to.have.property("expression");
        }
      }
    }
  });

  it("shows the customers' experience first", () => {
    const titles = widgetsOf(all.of("Dashboard").find(({ name }) => name === "observability")!)
      .filter(({ type }) => type === "metric")
      .map(({ properties }) => properties["title"]);
    expect(titles.slice(0, 3)).to.deep.equal(["Orders accepted", "Searches answered", "Time to payment"]);
  });

  it("includes the failover's alarms of its own Region only", async () => {
    const rules = (of: typeof all.of) => of("CompositeAlarm").flatMap(({ inputs }) => namesIn(inputs["alarmRule"]));
    expect(rules(all.of)).to.include("failover-health-check-1a2b3c4");
    const west = await observe({ region: "us-west-2", peerRegions: ["us-east-1"] });
    expect(west.one("MetricAlarm", "failover-health-check")["region"]).to.equal("us-east-1");
    expect(rules(west.of)).to.include("failover-peer-lost-1a2b3c4").and.not.include("failover-health-check-1a2b3c4");
  });

  it("does not page for a certificate that expires in a month", () => {
    expect(String(all.one("CompositeAlarm", "observability-tickets")["alarmRule"])).to.include(
      "apis-certificate-expires",
    );
    expect(String(all.one("CompositeAlarm", "observability-region")["alarmRule"])).not.to.include("certificate");
  });

  it("allows only CloudWatch and Cost Anomaly Detection of this account to publish to its topic", () => {
    const policy = JSON.parse(String(all.one("TopicPolicy", "observability-alarms")["policy"]));
    const [allowed, ...others] = policy.Statement;
    expect(others.map(({ Effect }: { Effect: string }) => Effect)).to.deep.equal(["Deny"]);
    expect(allowed.Condition).to.deep.equal({ StringEquals: { "aws:SourceAccount": "123456789012" } });
    expect(all.one("AnomalySubscription", "observability-costs")["subscribers"]).to.deep.equal([
      { type: "SNS", address: "arn:aws:test:us-east-1:123456789012:observability-alarms" },
    ]);
  });

  it("subscribes to cost anomalies after the topic's policy, which AWS checks at once", async () => {
    let dependencies: string[] = [];
    await mocked([], async () => {
      const subscription = requestOf("aws:costexplorer/anomalySubscription:AnomalySubscription");
      new Observability("observability", { ...usual, costAnomaly: { aboveUsd: 50 } });
      dependencies = (await subscription).getDependenciesList();
    });
    expect(dependencies.map((urn) => urn.split("$").at(-1))).to.include(
      "aws:sns/topicPolicy:TopicPolicy::observability-alarms",
    );
  });

  it("uses existing topics", async () => {
    const { of, one } = await observe({ alarmTopicArns: ["arn:page"], ticketTopicArns: ["arn:ticket"] });
    expect(of("Topic")).to.have.length(0);
    expect(one("CompositeAlarm", "observability-orders")["alarmActions"]).to.deep.equal(["arn:page"]);
    expect(one("CompositeAlarm", "observability-tickets")["alarmActions"]).to.deep.equal(["arn:ticket"]);
  });

  it("creates nothing for peer Regions without a peer", async () => {
    const { of, releaseAlarms } = await observe({ failover: undefined });
    expect(of("CompositeAlarm").map(({ name }) => name)).not.to.include("observability-region");
    expect(of("Dashboard")).to.have.length(1);
    expect(releaseAlarms).to.deep.equal([
      "store-prod-east-observability-orders",
      "store-prod-east-observability-search",
    ]);
    expect(of("MetricAlarm").filter(({ name }) => /^observability-.*replication/.test(name))).to.deep.equal([]);
  });

  it("uses at most fifty log groups in a saved query", () => {
    for (const { inputs } of all.of("QueryDefinition")) {
      expect((inputs["logGroupNames"] as string[]).length).to.be.within(1, 50);
      expect(inputs["name"]).to.match(/^store-prod-east-observability\/[a-z]+\/[a-z-]+$/);
    }
    expect(all.of("QueryDefinition").length).to.be.at.least(7);
  });

  it("queries fields of Lambda's report lines that exist in JSON", () => {
    const texts = all.of("QueryDefinition").map(({ inputs }) => String(inputs["queryString"]));
    expect(texts.filter((text) => text.includes('type = "platform.report"'))).to.have.length(4);
    // Found in lines of plain text alone.
    const ofText = /@(type|requestId|duration|initDuration|billedDuration|maxMemoryUsed|memorySize|xrayTraceId)\b/;
    expect(texts.filter((text) => ofText.test(text))).to.deep.equal([]);
  });

  for (const [what, changes, sentence] of [
    [
      "an objective that can't burn",
      { objectives: { ordersAccepted: 0.5 } },
      /`objectives\.ordersAccepted` is 0\.5; it must be between 0\.95 and 0\.9999/,
    ],
    [
      "mails beside topics",
      { alarmTopicArns: ["arn:x"], mails: ["a@example.com"] },
      /`alarmTopicArns` and `mails` are given/,
    ],
    ["no topic at all", { alarmTopicArns: [] }, /`alarmTopicArns` is empty; .* notify no one/],
    ["itself as peer", { peerRegions: ["us-east-1"] }, /`peerRegions` has this Region/],
    ["a dashboard of all where one is", { allRegions: true }, /`allRegions` is true; it must be left out/],
    [
      "indexes of no table",
      { orders: { ...usual.orders, indexes: { parcels: ["open"] } } },
      /`orders\.indexes\.parcels` is given; it must have a table/,
    ],
    ["an objective that is misspelt", { objectives: { orderLatency: 1 } }, /`objectives` has the unknown field/],
    [
      "a distribution elsewhere",
      { region: "eu-central-1", distributionId: "E1" },
      /`distributionId` is given in eu-central-1; it must be given in us-east-1/,
    ],
    [
      "a web ACL elsewhere",
      { region: "eu-central-1", webAcl: { metricName: "waf", rules: [] } },
      /`webAcl` is given in eu-central-1; it must be given in us-east-1/,
    ],
  ] as const) {
    it(`refuses ${what} with a sentence`, () =>
      expectRefusal(
        "Observability",
        () => new Observability("observability", { ...usual, ...(changes as object) }),
        sentence,
      ));
  }
});
