import { expect } from "chai";
import { AlarmMaker, createAlarm, groupsOf, nameRunbook } from "../../../components/infrastructure/alarm";
import { registerResources } from "../../kit/registeredResources";

const metric = { namespace: "AWS/Lambda", metricName: "Errors", dimensions: { FunctionName: "submit" } };
const limit = { period: 300, datapoints: 2, of: 3 };

describe("createAlarm", () => {
  it("names its runbook, and goes off at any datapoint above 0 by default", async () => {
    const { only } = await registerResources((parent) => {
      const args = { ...metric, description: "It fails.", page: "failures", topics: ["arn:topic"] };
      createAlarm("failures", { ...args, runbooks: "https://docs/" }, parent);
    });
    expect(only("MetricAlarm")).to.deep.include({
      alarmDescription: "It fails. Runbook: https://docs/docs/runbooks/failures.md",
      alarmActions: ["arn:topic"],
      okActions: ["arn:topic"],
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      period: 60,
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
    });
  });
});

describe("AlarmMaker", () => {
  const make = (use: (alarms: AlarmMaker) => void) =>
    registerResources((parent) => use(new AlarmMaker("observability", parent)));

  it("compares a statistic with a limit", async () => {
    const { of } = await make((alarms) =>
      alarms.on("few", "page", "Few.", { ...metric, statistic: "Sum" }, { ...limit, below: 5, missing: "breaching" }),
    );
    expect(of("MetricAlarm")[0]).to.include({ name: "observability-few" });
    expect(of("MetricAlarm")[0]!.inputs).to.include({
      statistic: "Sum",
      comparisonOperator: "LessThanThreshold",
      threshold: 5,
      period: 300,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: "breaching",
    });
  });

  it("ignores percentiles of few samples", async () => {
    const { only } = await make((alarms) =>
      alarms.on("slow", "page", "Slow.", { ...metric, statistic: "p99" }, { ...limit, above: 1_000 }),
    );
    expect(only("MetricAlarm")).to.include({
      extendedStatistic: "p99",
      evaluateLowSampleCountPercentiles: "ignore",
    });
    expect(only("MetricAlarm")).not.to.have.property("statistic");
  });

  it("computes an expression over metrics of one period", async () => {
    const computed = { metrics: { errors: { ...metric, statistic: "Sum" } }, expression: "errors", label: "errors" };
    const { only } = await make((alarms) => alarms.over("sum", "page", "Sum.", computed, { ...limit, above: 0 }));
    expect(only("MetricAlarm")["metricQueries"]).to.deep.equal([
      { id: "result", expression: "errors", label: "errors", returnData: true },
      { id: "errors", metric: { ...metric, stat: "Sum", period: 300 } },
    ]);
    expect(only("MetricAlarm")).not.to.have.property("period");
  });

  it("refuses more metrics than CloudWatch allows in an alarm", () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 11 }, (_, at) => [`m${at}`, { ...metric, statistic: "Sum" }]),
    );
    const computed = { metrics, expression: "m0", label: "m0" };
    expect(() => new AlarmMaker("a", undefined as never).over("many", "page", "Many.", computed, limit)).to.throw(
      "The alarm many has 11 metrics; it must have at most 10.",
    );
  });
});

describe("nameRunbook", () => {
  it("is the page below the given address", () => {
    expect(nameRunbook("stalled")).to.equal("Runbook: docs/runbooks/stalled.md");
  });
});

describe("groupsOf", () => {
  it("splits a list in order", () => {
    expect(groupsOf([1, 2, 3, 4, 5], 2)).to.deep.equal([[1, 2], [3, 4], [5]]);
    expect(groupsOf([], 2)).to.deep.equal([]);
  });
});
