import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AlarmMaker } from "../infrastructure/alarm";
import { metricsNamespace } from "../infrastructure/metricsNamespace";
import { physicalName } from "../inlineFunction/physicalName";
import { createAlarmTopic } from "./alarms/alarmTopic";
import { createBackupAlarms } from "./alarms/backupAlarms";
import { createCauseAlarms, indexesOf, replicatedOf, tablesOf } from "./alarms/causeAlarms";
import { type Composites, createComposites } from "./alarms/composites";
import { createOrderSymptoms, createRequestMetrics, createSearchSymptoms } from "./alarms/customerAlarms";
import { createReplicationAlarms, createSiteAlarms } from "./alarms/regionAlarms";
import type { ObservabilityArgs, ObservedFunction } from "./args";
import { createCostMonitor } from "./costs";
import { bothRegionsDashboard, regionDashboard } from "./dashboards/dashboards";
import { createSavedQueries } from "./dashboards/queries";
import { createOwnMetric } from "./metrics";
import { type Objectives, resolveObjectives } from "./objectives";

/**
 * Observability of one Region's store: a dashboard that starts with the customers' experience, alarms that page once per
 * failure and name their runbook, and the saved queries that the runbooks use.
 *
 * Single alarms have no actions; composite alarms notify people. A lost Region silences the alarms it causes, and alarms on
 * the customers' experience silence those on causes.
 *
 * Cost: about 5 USD a month for alarms and composites, 3 per dashboard, 0.30 for each of four metrics from the logs.
 *
 * @example
 * new Observability("observability", {
 *   region: "us-east-1",
 *   orders: { api: orders.api, functions: orders.functions, stateMachineArn: orders.stateMachine.arn, tables, alarms: orders.alarms },
 *   search: { api: search.nodes.api, functions: search.nodes.functions, tables, alarms: search.alarms },
 *   mails: ["on-call@example.com"],
 * });
 */
export class Observability extends pulumi.ComponentResource {
  /** Topic that alarms notify; absent with `alarmTopics`. */
  public readonly topicArn?: pulumi.Output<string>;
  /** Composite alarms by subject. A release waits for `region`, `orders` and `search`. */
  public readonly composites: Composites;
  /** Names of the composite alarms on the customers' experience, under which a release bakes. */
  public readonly releaseAlarms: pulumi.Output<string>[];
  /** Name of this Region's dashboard. */
  public readonly dashboardName: string;
  /** Single alarms that this component creates. */
  public readonly alarms: readonly aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("stayopen:index:Observability", name, {}, opts);
    check(name, args);
    const objectives = resolveObjectives(name, args.objectives);
    const prefix = physicalName(pulumi.getProject(), pulumi.getStack(), name);
    const accountId = aws.getCallerIdentityOutput({}, { parent: this }).accountId;

    const own = args.alarmTopics ? undefined : createAlarmTopic(name, { accountId, mails: args.mails ?? [] }, this);
    this.topicArn = own?.topic.arn;
    const page = args.alarmTopics ?? [own!.topic.arn];

    const namespace = args.metricsNamespace ?? metricsNamespace();
    const metric = createOwnMetric(namespace);
    createRequestMetrics(name, args, namespace, this);
    const alarms = new AlarmMaker(name, this, args.runbooks);
    const watched = {
      region: args.region,
      failover: args.failover?.alarms ?? [],
      site: createSiteAlarms(alarms, args),
      orders: createOrderSymptoms(alarms, args.orders, objectives, metric),
      search: createSearchSymptoms(alarms, args.search, objectives, metric),
      work: [...args.orders.alarms, ...args.search.alarms],
      causes: [...createCauseAlarms(alarms, args, metric, accountId), ...createReplicationAlarms(alarms, args)],
      backups: createBackupAlarms(alarms, args),
    };
    this.composites = createComposites(
      name,
      watched,
      { prefix, page, ticket: args.ticketTopics ?? page, runbooks: args.runbooks },
      this,
    );
    const burning = [watched.orders, watched.search].flatMap((felt) => felt.burning);
    this.alarms = [
      ...watched.site,
      ...burning.flatMap(({ long, short }) => [long, short]),
      ...watched.orders.others,
      ...watched.search.others,
      ...watched.causes,
      ...watched.backups,
    ];
    const { region, orders, search } = this.composites;
    this.releaseAlarms = [region, orders, search].flatMap((alarm) => (alarm ? [alarm.alarmName] : []));

    createSavedQueries(name, prefix, args, this);
    this.dashboardName = prefix;
    this.addDashboards(name, args, { objectives, namespace }, accountId);
    if (args.costAnomaly) createCostMonitor(name, args.costAnomaly, { topicArn: page[0]!, policy: own?.policy }, this);

    this.registerOutputs({ topicArn: this.topicArn, dashboardName: this.dashboardName });
  }

  /** The raw resources inside, for what the arguments do not cover. */
  public get nodes() {
    const { alarms, composites } = this;
    return { alarms, composites };
  }

  private addDashboards(
    name: string,
    args: ObservabilityArgs,
    { objectives, namespace }: { objectives: Objectives; namespace: string },
    accountId: pulumi.Output<string>,
  ): void {
    const { region, peerRegion, orders, search, failover, distributionId } = args;
    const known = pulumi.output({
      accountId,
      ordersApi: orders.api.api.id,
      searchApi: search.api.api.id,
      functions: namesOf({
        ...orders.functions,
        ...search.functions,
        ...args.signIn?.functions,
        ...failover?.functions,
      }),
      streams: [orders.functions["dispatcher"]?.name, search.functions["index"]?.name],
      stateMachineArn: orders.stateMachineArn,
      tables: tablesOf(args),
      replicated: replicatedOf(args),
      indexes: indexesOf(args),
      domainName: search.domainName,
      healthCheckId: failover?.healthCheck?.id,
      distributionId,
      composites: Object.values(this.composites).map((alarm) => alarm?.arn),
    });
    new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: this.dashboardName,
        dashboardBody: known.apply(({ domainName, composites, streams, ...shown }) =>
          regionDashboard({
            ...shown,
            region,
            peerRegion,
            objectives,
            namespace,
            streams: streams.filter((reader) => reader !== undefined),
            domain: domainName ? { name: domainName, accountId: shown.accountId } : undefined,
            composites: composites.filter((arn) => arn !== undefined),
          }),
        ),
      },
      { parent: this },
    );
    if (args.bothRegions && peerRegion) {
      new aws.cloudwatch.Dashboard(
        `${name}-both-regions`,
        {
          dashboardName: `${this.dashboardName}-both-regions`,
          dashboardBody: bothRegionsDashboard([region, peerRegion], objectives, namespace),
        },
        { parent: this },
      );
    }
  }
}

const namesOf = (
  functions: Readonly<Record<string, ObservedFunction | undefined>>,
): Record<string, pulumi.Input<string>> =>
  Object.fromEntries(Object.entries(functions).flatMap(([what, one]) => (one ? [[what, one.name]] : [])));

function check(name: string, args: ObservabilityArgs): void {
  const wrong = (what: string) => new pulumi.RunError(`Observability "${name}": ${what}`);
  if (args.alarmTopics && args.mails) {
    throw wrong("only one of alarmTopics and mails can be given. Subscribe the addresses to the topics that exist.");
  }
  if (args.alarmTopics?.length === 0) {
    throw wrong("alarmTopics is empty, so nobody would hear of an alarm. Name a topic, or leave the argument out.");
  }
  if (args.peerRegion === args.region) throw wrong(`peerRegion is this Region, ${args.region}. Give the other one.`);
  if (args.bothRegions && !args.peerRegion)
    throw wrong("bothRegions needs peerRegion. Give it, or leave out bothRegions.");
  if (args.distributionId && args.region !== "us-east-1") {
    throw wrong(`distributionId is given in ${args.region}. CloudFront's metrics live in us-east-1: give it there.`);
  }
  if (args.costAnomaly && !(args.costAnomaly.aboveUsd > 0)) {
    throw wrong(`costAnomaly.aboveUsd is ${args.costAnomaly.aboveUsd}. Give more than 0 US dollars.`);
  }
}
