import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { nameRunbook } from "../../infrastructure/alarm";
import type { BurnRateAlarms, Symptoms } from "./customerAlarms";

type Alarm = aws.cloudwatch.MetricAlarm;
/** Undefined if the alarm is in another Region. */
type Rule = pulumi.Output<string | undefined>;

/** Alarms by the composite that they belong to. */
export interface WatchedAlarms {
  /** Region of the composites, which cannot include alarms of other Regions. */
  region: string;
  /** Alarms on the Region or its peer as a whole, and on certificates. */
  failover: readonly Alarm[];
  site: Alarm[];
  orders: Symptoms;
  search: Symptoms;
  /** Manual work: dead letters, failed executions, refunds. */
  work: readonly Alarm[];
  /** Causes that may soon affect customers. */
  causes: Alarm[];
  /** Missing backups, which do not affect customers. */
  backups: Alarm[];
  /** Signs of an attack. */
  security: Alarm[];
}

export interface CompositeArgs {
  /** Prefix of the composites' physical names, which are unique in account and Region. */
  prefix: string;
  page: pulumi.Input<string>[];
  ticket: pulumi.Input<string>[];
  runbooks?: string;
}

/** Composite alarms by subject; those without members are not created. */
export type Composites = Partial<
  Record<
    "region" | "orders" | "search" | "security" | "customers" | "work" | "causes" | "tickets",
    aws.cloudwatch.CompositeAlarm
  >
>;

/** Time to wait for the suppressor, which may go into alarm later than the alarms it silences. */
const WAIT_SECONDS = 120;
/** Time after the suppressor's recovery during which alarms stay silent. */
const EXTENSION_SECONDS = 300;

/**
 * Creates the composite alarms, so that one failure pages once: a lost Region silences the alarms it causes, and alarms on
 * the customers' experience silence those on causes. Alarms that outlast the suppressor page after its recovery.
 */
export function createComposites(
  name: string,
  watched: WatchedAlarms,
  args: CompositeArgs,
  parent: pulumi.Resource,
): Composites {
  const make = (
    suffix: keyof Composites,
    description: string,
    rules: Rule[],
    actions: pulumi.Input<string>[],
    suppressor?: aws.cloudwatch.CompositeAlarm,
  ) =>
    rules.length === 0
      ? undefined
      : new aws.cloudwatch.CompositeAlarm(
          `${name}-${suffix}`,
          {
            alarmName: `${args.prefix}-${suffix}`,
            alarmDescription: `${description} ${nameRunbook("README", args.runbooks)}`,
            alarmRule: anyOf(rules),
            alarmActions: actions,
            okActions: actions,
            actionsSuppressor: suppressor && {
              alarm: suppressor.arn,
              waitPeriod: WAIT_SECONDS,
              extensionPeriod: EXTENSION_SECONDS,
            },
          },
          { parent },
        );

  const region = make(
    "region",
    "A Region is lost or taken over, or the site is not delivered.",
    [...watched.failover.map(inAlarmHere(watched.region, (metric) => metric !== ENDING)), ...watched.site.map(inAlarm)],
    args.page,
  );
  const orders = make(
    "orders",
    "Customers can't order, or their orders wait.",
    paging(watched.orders),
    args.page,
    region,
  );
  const search = make("search", "Customers can't search.", paging(watched.search), args.page, region);
  // Nothing silences it: an attack may come with a failure.
  const security = make("security", "Signs of an attack.", watched.security.map(inAlarm), args.page);
  const customers = make(
    "customers",
    "Customers are affected: silences alarms on causes.",
    [region, orders, search].filter((alarm) => alarm !== undefined).map(compositeInAlarm),
    [],
  );
  const work = make("work", "Manual work is needed.", watched.work.map(inAlarm), args.page, customers);
  const causes = make("causes", "Customers may be affected soon.", watched.causes.map(inAlarm), args.page, customers);
  const creeping = [watched.orders, watched.search].flatMap(({ burnRates }) =>
    burnRates.filter(isCreeping).map(burnsTooFast),
  );
  const ending = watched.failover.map(inAlarmHere(watched.region, (metric) => metric === ENDING));
  const tickets = make(
    "tickets",
    "For the next working day.",
    [...creeping, ...ending, ...watched.backups.map(inAlarm)],
    args.ticket,
  );
  return { region, orders, search, security, customers, work, causes, tickets };
}

const isCreeping = ({ rate }: BurnRateAlarms) => rate.name === "creeping";

/** Rules that page: fast and slow burn of the budget, and the other symptoms. */
const paging = ({ burnRates, others }: Symptoms): Rule[] => [
  ...burnRates.filter((one) => !isCreeping(one)).map(burnsTooFast),
  ...others.map(inAlarm),
];

/** Metric of expiring certificates, which only need a ticket. */
const ENDING = "DaysToExpiry";

/** Rule for an alarm of another component; undefined if it is in another Region or its metric is not wanted. */
const inAlarmHere =
  (here: string, wanted: (metricName: string | undefined) => boolean) =>
  ({ name, region, metricName }: Alarm): Rule =>
    pulumi
      .all([name, region, metricName])
      .apply(([known, there, metric]) =>
        (there === undefined || there === here) && wanted(metric) ? `ALARM("${known}")` : undefined,
      );

const inAlarm = (alarm: Alarm): Rule => pulumi.interpolate`ALARM("${alarm.name}")`;
const compositeInAlarm = (alarm: aws.cloudwatch.CompositeAlarm): Rule =>
  pulumi.interpolate`ALARM("${alarm.alarmName}")`;
const burnsTooFast = ({ long, short }: BurnRateAlarms): Rule =>
  pulumi.interpolate`(${inAlarm(long)} AND ${inAlarm(short)})`;

/** Joins rules. CloudWatch's limits per rule, 100 alarms and 10,240 characters, are far away. */
const anyOf = (rules: Rule[]): pulumi.Output<string> =>
  pulumi.all(rules).apply((all) => all.filter((rule) => rule !== undefined).join(" OR "));
