import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { FAILOVER_TIMINGS } from "../../domain/region";
import { ArgumentChecks, DOMAIN_NAME } from "../arguments/checks";
import { withDefaults } from "../arguments/overrides";
import { checkCors } from "../infrastructure/cors";
import { checkFunctionSettings } from "../infrastructure/functionSettings";
import { GLOBAL_REGION } from "../infrastructure/globalRegion";
import { HttpApi } from "../infrastructure/httpApi";
import type { InlineFunction } from "../inlineFunction";
import { DEFAULT_ROUTE } from "../runtime/unknownRoute";
import type { DomainArgs, RegionalFailoverArgs } from "./args";
import { FAILOVER_FUNCTIONS } from "./failoverFunctions";
import { createConfigApiFunction } from "./functions/configApi";
import { createHealthApiFunction } from "./functions/healthApi";
import { createWatchFunction } from "./functions/watch";
import { HEALTH_PATH, type Request } from "./handlers/answers";
import { createDomainAlarms, createRegionAlarms } from "./resources/alarms";
import { createDomainNames, type DomainNames, type RegionUrls } from "./resources/domainNames";

/**
 * Keeps the store open when a Region closes: reports this Region's health to Route 53 and the peer, watches the peer, and
 * takes over its open orders while it is lost. It works on the data plane alone, without the control plane of the lost
 * Region, and a wrong conclusion costs work, never correctness (docs/failover.md).
 *
 * Without a domain each Region has its own addresses: orders fail over, requests do not.
 *
 * Cost: the watch runs continuously, about 9 USD per month and Region, plus three health checks; docs/failover.md has a table.
 *
 * @example
 * const failover = new RegionalFailover("failover", {
 *   regions: regions.table,
 *   peerRegions: ["us-west-2"],
 *   services: { orders: { api: orders.api, check: orders.functions.check }, catalogue: { api: search.api } },
 *   checkKey: config.requireSecret("checkKey"),
 *   takeover: orders.functions.takeover,
 *   settings: { currency: "USD", card: orders.card, auth: auth.settings },
 *   domain: { name: "example.com", zoneId: "Z0123456789ABCDEFGHIJ", primary: true },
 *   onReturn: [{ functionArn: orders.functions.sweeper.arn }],
 * });
 * export const api = failover.urls.orders;
 */
export class RegionalFailover extends pulumi.ComponentResource {
  /** Base URLs of the services, without a trailing slash: `https://orders.api.DOMAIN`, or the API's own address without a domain. */
  public readonly urls: Readonly<RegionUrls>;
  /** Base URLs of this Region's services, which never lead to the peer. */
  public readonly ownUrls: Readonly<RegionUrls>;
  /** `ownUrls` of each peer Region, known before it is deployed. Absent without a domain and `edge`. */
  public readonly peerUrls?: Readonly<Record<string, Readonly<RegionUrls>>>;
  /** Base URL of this Region's health routes, which never leads to the peer. Paths begin with the check key. */
  public readonly regionUrl: pulumi.Output<string>;
  /** Certificate of `www.DOMAIN` in us-east-1, for CloudFront. Only in the primary, with a domain. */
  public readonly viewerCertificateArn?: pulumi.Output<string>;
  /** Serves `GET /api/config`. */
  public readonly api: HttpApi;
  /** Serves `/KEY/regions/health` and `/KEY/regions/{region}/drained`, where KEY is the check key. It shares no throttle with public routes. */
  public readonly checks: HttpApi;
  /** The functions: the watch of the peer, the storefront's configuration, and the health routes. */
  public readonly functions: Readonly<{
    watch: InlineFunction<unknown>;
    answers: InlineFunction<Request>;
    checks: InlineFunction<Request>;
  }>;
  /** Alarms that need an operator. */
  public readonly alarms: readonly aws.cloudwatch.MetricAlarm[];
  /** Decides whether Route 53 routes requests to this Region. Absent without a domain. */
  public readonly healthCheck?: aws.route53.HealthCheck;

  private readonly names?: DomainNames;
  private readonly schedule: aws.scheduler.Schedule;

  constructor(name: string, args: RegionalFailoverArgs, opts?: pulumi.ComponentResourceOptions) {
    checkFailoverSettings(name, args);
    super("stayopen:index:RegionalFailover", name, {}, opts);
    const { domain, services } = args;
    const region = args.regions.tableArn.apply((arn) => arn.split(":")[3]!);

    const answers = createConfigApiFunction(name, args, this);
    this.api = new HttpApi(
      name,
      {
        description: "Serves the configuration of the storefront.",
        routes: { "GET /api/config": { function: answers }, [DEFAULT_ROUTE]: { function: answers } },
        edge: args.edge,
        cors: args.cors,
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
    const checks = createHealthApiFunction(name, args, this);
    const checkKey = pulumi.secret(pulumi.output(args.checkKey).apply((key) => requireCheckKey(name, key)));
    this.checks = new HttpApi(
      `${name}-checks`,
      {
        description: "Reports to Route 53 and the peer Region whether this Region works.",
        secretPrefix: checkKey,
        routes: {
          // Not the bare /health, which some proxies and emulators answer themselves.
          [`GET ${HEALTH_PATH}`]: { function: checks },
          "GET /regions/{region}/drained": { function: checks },
        },
        throttle: CHECK_THROTTLE,
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );

    this.names = domain && this.addNames(name, { ...args, domain, checkKey }, region);
    this.healthCheck = this.names?.healthCheck;
    this.viewerCertificateArn = this.names?.viewerCertificateArn;
    // Without an edge, AWS's own addresses, which depend on neither Route 53 nor a certificate.
    this.ownUrls = {
      orders: services.orders.api.url,
      catalogue: services.catalogue.api.url,
      config: this.api.url,
      ...(services.auth && { auth: services.auth.api.url }),
      ...this.names?.regionUrls,
    };
    this.peerUrls = this.names?.peerUrls;
    this.urls = { ...this.ownUrls, ...this.names?.urls };
    this.regionUrl = this.names?.regionUrl ?? this.checks.url;

    // The health routes keep AWS's address, so that the peer's judgement does not depend on Route 53.
    const { orders, catalogue, config } = this.ownUrls;
    const health = pulumi.interpolate`${this.checks.url}/${checkKey}${HEALTH_PATH}`;
    const urls = pulumi.output({ orders, catalogue, config, health });
    const { watch, schedule } = createWatchFunction(name, args, { region, urls }, this);
    this.functions = { watch, answers, checks };
    this.schedule = schedule;
    this.alarms = [
      ...createRegionAlarms(name, args, this),
      ...(this.names
        ? createDomainAlarms(
            name,
            args,
            { healthCheckId: this.names.healthCheck.id, certificateArns: this.names.certificateArns },
            region,
            this,
          )
        : []),
    ];

    this.registerOutputs({
      urls: this.urls,
      regionUrl: this.regionUrl,
      viewerCertificateArn: this.viewerCertificateArn,
    });
  }

  /** Underlying resources, for cases that the arguments do not cover. */
  public get nodes() {
    const { api, checks, functions, schedule, healthCheck, alarms } = this;
    return { api, checks, functions, schedule, healthCheck, alarms, certificates: this.names?.certificates };
  }

  private addNames(
    name: string,
    args: RegionalFailoverArgs & { domain: DomainArgs },
    region: pulumi.Output<string>,
  ): DomainNames {
    const { orders, catalogue, auth } = args.services;
    const services = {
      orders: orders.api,
      catalogue: catalogue.api,
      config: this.api,
      ...(auth && { auth: auth.api }),
    };
    return createDomainNames(name, args, { services, checks: this.checks }, region, this);
  }
}

/** About 16 Route 53 checkers request each of two routes every ten seconds; the peer requests one. */
const CHECK_THROTTLE = { requestsPerSecond: 50, burst: 100 };

const CERTIFICATE_ARN = {
  pattern: /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
  description: "the ARN of a certificate of ACM",
};

function checkCertificates(
  checks: ArgumentChecks,
  domain: (Omit<DomainArgs, "primary"> & Partial<Pick<DomainArgs, "primary">>) | undefined,
): void {
  const { existingCertificates: existing, primary } = domain ?? {};
  if (!existing) return;
  const { apiArn, viewerArn } = existing;
  const path = "domain.existingCertificates";
  checks.fields(path, existing, { apiArn: true, viewerArn: true });
  checks.text({ [`${path}.apiArn`]: apiArn ?? "", [`${path}.viewerArn`]: viewerArn }, CERTIFICATE_ARN);
  if (typeof viewerArn === "string" && viewerArn.split(":")[3] !== GLOBAL_REGION) {
    const rule = `be of ${GLOBAL_REGION}`;
    throw checks.violation(`${path}.viewerArn`, `is of ${viewerArn.split(":")[3]}`, rule, "CloudFront takes no other");
  }
  if (primary === undefined || (viewerArn !== undefined) === primary) return;
  const reason = "the primary owns the distribution";
  throw primary
    ? checks.violation(`${path}.viewerArn`, "is missing", "be given in the primary", reason)
    : checks.violation(`${path}.viewerArn`, "is given", "be left out in a secondary", reason);
}

function requireCheckKey(name: string, key: string): string {
  if (/^[\w-]{32,128}$/.test(key)) return key;
  // The key is secret, so the message does not repeat it.
  throw new ArgumentChecks("RegionalFailover", name).violation(
    "checkKey",
    `has ${key.length} characters`,
    'be 32 to 128 letters, digits, "_" and "-"',
    "it protects the health routes; create one with: openssl rand -hex 32",
  );
}

/**
 * Checks the settings of a {@link RegionalFailover} that depend on no resource, so that a program can refuse them before
 * it registers any.
 *
 * @throws {pulumi.RunError} for the first setting that is unknown or out of range.
 */
export function checkFailoverSettings(
  name: string,
  args: Partial<Omit<RegionalFailoverArgs, "domain">> & { domain?: Omit<DomainArgs, "primary"> },
): void {
  const { domain, edge, timings, peerRegions = [], onReturn = [], checkKey } = args;
  const checks = new ArgumentChecks("RegionalFailover", name);
  if (edge && !domain) {
    const reason = "the APIs would have no address";
    throw checks.violation("edge", "is given", "be left out without `domain`", reason);
  }
  if (peerRegions.length > 1) {
    const reason = "two survivors would both take over the orders of a lost Region";
    throw checks.violation("peerRegions", `has ${peerRegions.length} Regions`, "have at most one", reason);
  }
  checkFunctionSettings(checks, args.functions, FAILOVER_FUNCTIONS);
  checkCors(checks, args.cors);
  checks.fields("timings", timings, FAILOVER_TIMINGS);
  for (const [timing, value] of Object.entries(timings ?? {})) checks.above({ [`timings.${timing}`]: value }, 0);
  const { roundSeconds, staleAfterSeconds } = withDefaults(FAILOVER_TIMINGS, timings);
  checks.between(
    { "timings.staleAfterSeconds": staleAfterSeconds },
    [2 * roundSeconds],
    "a slow Region must not count as lost after one round",
  );
  checks.between({ "timings.roundSeconds": roundSeconds }, [1, 30], "a run of the watch lasts a minute");
  checks.between(
    { "timings.probeTimeoutMs": timings?.probeTimeoutMs },
    [1, 30_000],
    "a run of the watch lasts a minute",
  );
  checks.wholeNumber({ "domain.weight": domain?.weight }, [0]);
  checks.text({ "domain.name": domain?.name }, DOMAIN_NAME);
  checkCertificates(checks, domain);
  checks.oneOf({ "domain.routing": domain?.routing }, ["failover", "latency", "weighted"]);
  if (domain?.weight !== undefined && domain.routing !== "weighted") {
    const reason = `domain.routing is "${domain.routing ?? "failover"}"`;
    throw checks.violation("domain.weight", "is given", 'be left out without domain.routing "weighted"', reason);
  }
  if (typeof checkKey === "string") requireCheckKey(name, checkKey);
  for (const [index, { functionArn, stateMachineArn }] of onReturn.entries()) {
    checks.exactlyOne(
      { [`onReturn[${index}].functionArn`]: functionArn, [`onReturn[${index}].stateMachineArn`]: stateMachineArn },
      "each target is one function or one state machine",
    );
  }
}
