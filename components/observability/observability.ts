import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import { applyTransform } from "../arguments/overrides";
import { AlarmMaker } from "../infrastructure/alarm";
import { GLOBAL_REGION } from "../infrastructure/globalRegion";
import { metricsNamespace } from "../infrastructure/metricsNamespace";
import { physicalName } from "../inlineFunction/physicalName";
import { createAlarmTopic } from "./alarms/alarmTopic";
import { createBackupAlarms } from "./alarms/backupAlarms";
import { createCauseAlarms, indexesOf, replicatedOf, tablesOf } from "./alarms/causeAlarms";
import { type Composites, createComposites } from "./alarms/composites";
import { createOrderSymptoms, createRequestMetrics, createSearchSymptoms } from "./alarms/customerAlarms";
import { createReplicationAlarms, createSiteAlarms, createWafAlarms } from "./alarms/regionAlarms";
import { createSecurityAlarms, type SecurityAlarms } from "./alarms/securityAlarms";
import type { ObservabilityArgs, ObservedFunction } from "./args";
import { createCostMonitor } from "./costs";
import { allRegionsDashboard, regionDashboard } from "./dashboards/dashboards";
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
 * Cost: about 6 USD a month for alarms and composites, 3 per dashboard, 0.30 for each of four metrics from the logs, 1 for the alarm topic's key.
 *
 * @example
 * new Observability("observability", {
 *   region: "us-east-1",
 *   orders: { ...orders, stateMachineArn: orders.stateMachine.arn, tables: { orders: orders.data.orders.name } },
 *   search: { ...search, tables: { products: search.products.tableName } },
 *   mails: ["on-call@example.com"],
 * });
 */
export class Observability extends pulumi.ComponentResource {
  /** Topic that alarms notify; absent with `alarmTopicArns`. */
  public readonly topicArn?: pulumi.Output<string>;
  /** Composite alarms by subject. A release waits for `region`, `orders` and `search`. */
  public readonly composites: Composites;
  /** Names of the composite alarms on the customers' experience, under which a release bakes. */
  public readonly releaseAlarms: pulumi.Output<string>[];
  /** Name of this Region's dashboard. */
  public readonly dashboardName: string;
  /** Single alarms that this component creates. */
  public readonly alarms: readonly aws.cloudwatch.MetricAlarm[];

  private readonly alarmTopic?: aws.sns.Topic;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:Observability", name, {}, opts);
    const objectives = resolveObjectives(name, args.objectives);
    const prefix = physicalName(pulumi.getProject(), pulumi.getStack(), name);
    const accountId = aws.getCallerIdentityOutput({}, { parent: this }).accountId;

    const own = args.alarmTopicArns ? undefined : createAlarmTopic(name, args, accountId, this);
    this.alarmTopic = own?.topic;
    this.topicArn = own?.topic.arn;
    const page = args.alarmTopicArns ?? [own!.topic.arn];

    const namespace = args.metricsNamespace ?? metricsNamespace();
    const metric = createOwnMetric(namespace);
    createRequestMetrics(name, args, namespace, this);
    const alarms = new AlarmMaker(name, this, args.runbooks);
    const security = createSecurityAlarms(name, prefix, alarms, args, this);
    const watched = {
      region: args.region,
      failover: args.failover?.alarms ?? [],
      site: createSiteAlarms(alarms, args),
      orders: createOrderSymptoms(alarms, args.orders, objectives, metric),
      search: createSearchSymptoms(alarms, args.search, objectives, metric),
      work: [...args.orders.alarms, ...args.search.alarms],
      causes: [
        ...createCauseAlarms(alarms, args, metric, accountId),
        ...createReplicationAlarms(alarms, args),
        ...createWafAlarms(alarms, args),
      ],
      backups: createBackupAlarms(alarms, args),
      security: security.alarms,
    };
    this.composites = createComposites(
      name,
      watched,
      { prefix, page, ticket: args.ticketTopicArns ?? page, runbooks: args.runbooks },
      this,
    );
    const burnRates = [watched.orders, watched.search].flatMap((service) => service.burnRates);
    this.alarms = [
      ...watched.site,
      ...burnRates.flatMap(({ long, short }) => [long, short]),
      ...watched.orders.others,
      ...watched.search.others,
      ...watched.causes,
      ...watched.backups,
      ...watched.security,
    ];
    const { region, orders, search } = this.composites;
    this.releaseAlarms = [region, orders, search].flatMap((alarm) => (alarm ? [alarm.alarmName] : []));

    createSavedQueries(name, prefix, args, security.log?.name, this);
    this.dashboardName = prefix;
    this.addDashboards(name, args, { objectives, namespace, rules: security.rules }, accountId);
    if (args.costAnomaly) createCostMonitor(name, args.costAnomaly, { topicArn: page[0]!, policy: own?.policy }, this);

    this.registerOutputs({ topicArn: this.topicArn, dashboardName: this.dashboardName });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { alarmTopic, alarms, composites } = this;
    return { alarmTopic, alarms, composites };
  }

  private addDashboards(
    name: string,
    args: ObservabilityArgs,
    { objectives, namespace, rules }: { objectives: Objectives; namespace: string; rules: SecurityAlarms["rules"] },
    accountId: pulumi.Output<string>,
  ): void {
    const { region, peerRegions = [], orders, search, failover, distributionId, webAcl } = args;
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
      streams: [orders.functions.dispatcher.name, search.functions.indexer.name],
      stateMachineArn: orders.stateMachineArn,
      tables: tablesOf(args),
      replicated: replicatedOf(args),
      indexes: indexesOf(args),
      domainName: search.domainName,
      healthCheckId: failover?.healthCheck?.id,
      distributionId,
      rules,
      composites: Object.values(this.composites).map((alarm) => alarm?.arn),
    });
    new aws.cloudwatch.Dashboard(
      name,
      applyTransform<aws.cloudwatch.DashboardArgs>(
        {
          dashboardName: this.dashboardName,
          dashboardBody: known.apply(({ domainName, composites, ...shown }) =>
            regionDashboard({
              ...shown,
              region,
              peerRegions,
              objectives,
              namespace,
              webAcl,
              domain: domainName ? { name: domainName, accountId: shown.accountId } : undefined,
              composites: composites.filter((arn) => arn !== undefined),
            }),
          ),
        },
        args.transform?.dashboard,
      ),
      { parent: this },
    );
    if (args.allRegions) {
      const regions = [region, ...peerRegions];
      new aws.cloudwatch.Dashboard(
        `${name}-all-regions`,
        {
          dashboardName: `${this.dashboardName}-all-regions`,
          dashboardBody: allRegionsDashboard(regions, objectives, namespace),
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

const MOST_KEYS = 10;

function checkArgs(name: string, args: ObservabilityArgs): void {
  const { alarmTopicArns, mails, region, peerRegions = [], allRegions, costAnomaly } = args;
  const { distributionId, webAcl, siteAccessLog } = args;
  const checks = new ArgumentChecks("Observability", name);
  checks.atMostOne({ alarmTopicArns, mails }, "addresses are subscribed to the topic that the component creates");
  checks.notEmpty({ alarmTopicArns }, "name a topic or be left out", "alarms would notify no one");
  if (peerRegions.includes(region)) {
    throw checks.violation("peerRegions", `has this Region, ${region}`, "name other Regions only");
  }
  if (allRegions && peerRegions.length === 0) {
    throw checks.violation("allRegions", "is true", "be left out without `peerRegions`");
  }
  for (const [argument, value] of Object.entries({ distributionId, webAcl, siteAccessLog })) {
    if (!value || region === GLOBAL_REGION) continue;
    const reason = "CloudFront's metrics and logs exist there only";
    throw checks.violation(argument, `is given in ${region}`, `be given in ${GLOBAL_REGION}`, reason);
  }
  checks.notEmpty({ "security.keyArns": args.security?.keyArns }, "name a key, such as { cards: key.arn }");
  if (Object.keys(args.security?.keyArns ?? {}).length > MOST_KEYS) {
    const reason = "an event pattern has at most 2,048 characters";
    throw checks.violation("security.keyArns", `has more than ${MOST_KEYS}`, `have at most ${MOST_KEYS}`, reason);
  }
  checks.above({ "costAnomaly.aboveUsd": costAnomaly?.aboveUsd }, 0);
  for (const service of ["orders", "search"] as const) {
    const { tables, indexes = {} } = args[service];
    for (const table of Object.keys(indexes)) {
      if (!(table in tables))
        throw checks.violation(`${service}.indexes.${table}`, "is given", `have a table in \`${service}.tables\``);
    }
  }
  resolveObjectives(name, args.objectives);
}
