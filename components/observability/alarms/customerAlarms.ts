import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmMaker, Measured } from "../../infrastructure/alarm";
import type { ObservabilityArgs, ObservedService } from "../args";
import { ORDERS_SERVICE, type OwnMetric, REQUEST_FILTERS, REQUEST_METRICS } from "../metrics";
import { BURN_RATES, type BurnRate, faultShare, type Objectives } from "../objectives";

type Alarm = aws.cloudwatch.MetricAlarm;

/** The two windows of one burn rate; both must be in alarm. */
export interface BurnRateAlarms {
  rate: BurnRate;
  long: Alarm;
  short: Alarm;
}

/** Alarms on the customers' experience of a service. */
export interface Symptoms {
  burnRates: BurnRateAlarms[];
  /** Alarms that page individually. */
  others: Alarm[];
}

/** Fewest requests in a window for which a share of faults is meaningful. */
const FEWEST_REQUESTS = 10;

/** Creates the metric filters that count the objectives' requests in the APIs' access logs. */
export function createRequestMetrics(
  name: string,
  args: ObservabilityArgs,
  namespace: string,
  parent: pulumi.Resource,
): void {
  for (const { service, metric, pattern } of REQUEST_FILTERS) {
    new aws.cloudwatch.LogMetricFilter(
      `${name}-${metric}`,
      {
        logGroupName: args[service].api.accessLog.name,
        pattern,
        metricTransformation: {
          name: metric,
          namespace,
          value: "1",
          defaultValue: "0",
          unit: "Count",
        },
      },
      { parent },
    );
  }
}

/** Creates the alarms on the customers' experience of the order service. */
export function createOrderSymptoms(
  alarms: AlarmMaker,
  service: ObservedService,
  objectives: Objectives,
  own: OwnMetric,
): Symptoms {
  return {
    burnRates: createBurnRateAlarms(
      alarms,
      own,
      "orders",
      objectives.ordersAccepted,
      "orders-not-accepted",
      "Orders are not accepted",
    ),
    others: [
      latency(alarms, "orders", service, objectives.orderLatencyMs, "orders-slow"),
      alarms.on(
        "orders-paid-late",
        "orders-paid-late",
        `One order in twenty waits longer than ${objectives.paidWithinSeconds} s for its payment.`,
        { ...own("PaidAfterSeconds", ORDERS_SERVICE), statistic: "p95" },
        { above: objectives.paidWithinSeconds, period: 300, datapoints: 2, of: 3 },
      ),
      alarms.over(
        "orders-unpaid",
        "orders-paid-late",
        "Orders are placed and none is paid. Without payments their delay cannot be measured.",
        {
          metrics: {
            placed: { ...own("OrdersPlaced", ORDERS_SERVICE), statistic: "Sum" },
            paid: { ...own("PaidAfterSeconds", ORDERS_SERVICE), statistic: "SampleCount" },
          },
          expression: "IF(FILL(placed, 0) >= 3 AND FILL(paid, 0) == 0, 1, 0)",
          label: "placed, none paid",
        },
        { above: 0, period: 300, datapoints: 3, of: 3 },
      ),
    ],
  };
}

/** Creates the alarms on the customers' experience of search. */
export function createSearchSymptoms(
  alarms: AlarmMaker,
  service: ObservedService,
  objectives: Objectives,
  own: OwnMetric,
): Symptoms {
  return {
    burnRates: createBurnRateAlarms(
      alarms,
      own,
      "search",
      objectives.searchAnswered,
      "search-not-answered",
      "Searches are not answered",
    ),
    others: [latency(alarms, "search", service, objectives.searchLatencyMs, "search-slow")],
  };
}

function createBurnRateAlarms(
  alarms: AlarmMaker,
  own: OwnMetric,
  service: keyof typeof REQUEST_METRICS,
  objective: number,
  page: string,
  what: string,
): BurnRateAlarms[] {
  const { requests, faults } = REQUEST_METRICS[service];
  return BURN_RATES.map((rate) => {
    const window = (length: string, seconds: number) =>
      alarms.over(
        `${service}-burn-${rate.name}-${length}`,
        page,
        `${what}: over ${seconds / 60} min the error budget of ${percent(1 - objective)} burns ${rate.rate} times too fast.`,
        {
          metrics: {
            requests: { ...own(requests), statistic: "Sum" },
            faults: { ...own(faults), statistic: "Sum" },
          },
          expression: `IF(requests >= ${FEWEST_REQUESTS}, FILL(faults, 0) / requests, 0)`,
          label: "share of faults",
        },
        { above: faultShare(objective, rate.rate), period: seconds, datapoints: 1, of: 1 },
      );
    return { rate, long: window("long", rate.longSeconds), short: window("short", rate.shortSeconds) };
  });
}

function latency(alarms: AlarmMaker, suffix: string, { api }: ObservedService, limitMs: number, page: string): Alarm {
  const metric: Measured = {
    namespace: "AWS/ApiGateway",
    metricName: "Latency",
    dimensions: { ApiId: api.api.id },
    statistic: "p99",
  };
  return alarms.on(`${suffix}-slow`, page, `One answer in a hundred takes longer than ${limitMs} ms.`, metric, {
    above: limitMs,
    period: 300,
    datapoints: 3,
    of: 3,
  });
}

const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
