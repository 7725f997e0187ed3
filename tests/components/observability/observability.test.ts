import { expect } from "chai";
import { Observability } from "../../../components/observability";
import { namesIn, type Query } from "../../kit/dashboardWidgets";
import { type observe, observePrimary, usual } from "../../kit/observabilityStand";
import { expectRefusal } from "../../kit/refusals";

describe("Observability", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
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
