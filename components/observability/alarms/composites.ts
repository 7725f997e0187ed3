import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { runbook } from "../../infrastructure/runbook";
import type { Burning, Symptoms } from "./customerAlarms";

type Alarm = aws.cloudwatch.MetricAlarm;
/** Undefined where the alarm is of another Region. */
type Rule = pulumi.Output<string | undefined>;

/** Everything that can be red, by who must hear of it and when. */
export interface WatchedAlarms {
  /** Where the composites are; they can't see alarms elsewhere. */
  region: string;
  /** On the Region or its peer as a whole, and on certificates. */
  failover: readonly Alarm[];
  site: Alarm[];
  orders: Symptoms;
  search: Symptoms;
  /** Something waits for a person: dead letters, failed executions, refunds. */
  work: readonly Alarm[];
  /** Why customers may feel something soon. */
  causes: Alarm[];
  /** Missing backups: customers feel nothing of them. */
  backups: Alarm[];
}

export interface CompositeArgs {
  /** In front of the composites' physical names: they are unique in account and Region. */
  prefix: string;
  page: pulumi.Input<string>[];
  ticket: pulumi.Input<string>[];
  runbooks?: string;
}

/** By what they are about; those without content are not made. */
export type Composites = Partial<
  Record<"region" | "orders" | "search" | "felt" | "work" | "causes" | "tickets", aws.cloudwatch.CompositeAlarm>
>;

/** A suppressor that turns red later than what it silences would let the page out: seconds it is waited for. */
const WAIT_SECONDS = 120;
/** After the suppressor is well again, what is still red is told. */
const EXTENSION_SECONDS = 300;

/**
 * Composite alarms, so that one failure pages once: a lost Region silences what it breaks, and what customers feel
 * silences its causes. What is still red when the silencer is well again is told then.
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
            alarmDescription: `${description} ${runbook("README", args.runbooks)}`,
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
    [...watched.failover.map(redHere(watched.region, (metric) => metric !== ENDING)), ...watched.site.map(red)],
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
  const felt = make(
    "felt",
    "Customers feel something: silences what is only a cause.",
    [region, orders, search].filter((alarm) => alarm !== undefined).map(redComposite),
    [],
  );
  const work = make("work", "Something waits for a person.", watched.work.map(red), args.page, felt);
  const causes = make("causes", "Customers may feel something soon.", watched.causes.map(red), args.page, felt);
  const creeping = [watched.orders, watched.search].flatMap(({ burning }) => burning.filter(isCreeping).map(burns));
  const ending = watched.failover.map(redHere(watched.region, (metric) => metric === ENDING));
  const tickets = make(
    "tickets",
    "For the next working day.",
    [...creeping, ...ending, ...watched.backups.map(red)],
    args.ticket,
  );
  return { region, orders, search, felt, work, causes, tickets };
}

const isCreeping = ({ rate }: Burning) => rate.name === "creeping";

/** What must wake somebody: fast and slow burning of the budget, and what is enough by itself. */
const paging = ({ burning, others }: Symptoms): Rule[] => [
  ...burning.filter((one) => !isCreeping(one)).map(burns),
  ...others.map(red),
];

/** A certificate's; it has days. */
const ENDING = "DaysToExpiry";

/** An alarm of another component's, if it is in this Region and about what is wanted. */
const redHere =
  (here: string, wanted: (metricName: string | undefined) => boolean) =>
  ({ name, region, metricName }: Alarm): Rule =>
    pulumi
      .all([name, region, metricName])
      .apply(([known, there, metric]) =>
        (there === undefined || there === here) && wanted(metric) ? `ALARM("${known}")` : undefined,
      );

const red = (alarm: Alarm): Rule => pulumi.interpolate`ALARM("${alarm.name}")`;
const redComposite = (alarm: aws.cloudwatch.CompositeAlarm): Rule => pulumi.interpolate`ALARM("${alarm.alarmName}")`;
const burns = ({ long, short }: Burning): Rule => pulumi.interpolate`(${red(long)} AND ${red(short)})`;

/** CloudWatch takes a hundred alarms and 10,240 characters a rule: far more than there are here. */
const anyOf = (rules: Rule[]): pulumi.Output<string> =>
  pulumi.all(rules).apply((all) => all.filter((rule) => rule !== undefined).join(" OR "));
