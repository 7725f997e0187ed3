import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HttpApi } from "../../infrastructure/httpApi";
import { transformed } from "../../inlineFunction/args";
import type { DomainArgs, RegionalFailoverArgs } from "../args";
import { HEALTH_PATH } from "../handlers/answers";
import { GLOBAL_REGION } from "./alarms";

/** A name, and the API that it leads to. */
type Apis = Record<string, Pick<HttpApi, "api" | "stage">>;

/** What a Region has under the store's own domain. */
export interface DomainNames {
  /** `https://NAME.api.DOMAIN` by service, known once its record stands. */
  urls: Record<string, pulumi.Output<string>>;
  /** `https://REGION.api.DOMAIN`. */
  regionUrl: pulumi.Output<string>;
  healthCheck: aws.route53.HealthCheck;
  certificates: Record<string, aws.acm.Certificate>;
  viewerCertificateArn?: pulumi.Output<string>;
}

export const apiDomain = (domain: string): string => `api.${domain}`;

/**
 * Names, certificates and records of this Region. Each Region's stack owns its own records, told apart by the set
 * identifier, so that either can be updated alone; what is one for all (validation records) is the primary's.
 */
export function domainNames(
  name: string,
  args: RegionalFailoverArgs & { domain: DomainArgs },
  apis: { services: Apis; checks: Pick<HttpApi, "api" | "stage"> },
  region: pulumi.Output<string>,
  parent: pulumi.Resource,
): DomainNames {
  const { domain } = args;
  const zone = apiDomain(domain.name);
  const api = certificateFor(`${name}-api`, `*.${zone}`, domain, parent);
  const viewer = domain.primary
    ? certificateFor(`${name}-viewer`, `www.${domain.name}`, domain, parent, GLOBAL_REGION)
    : undefined;

  // This Region's own name leads nowhere else: health checks and the peer ask under it.
  const regionName = pulumi.interpolate`${region}.${zone}`;
  const own = customName(`${name}-region`, regionName, apis.checks, api.validatedArn, parent);
  const regionRecord = new aws.route53.Record(
    `${name}-region`,
    { zoneId: domain.zoneId, name: regionName, type: "A", aliases: [aliasOf(own)] },
    { parent },
  );
  const healthCheck = regionHealth(name, args, regionName, zone, parent);

  const urls: DomainNames["urls"] = {};
  for (const [service, target] of Object.entries(apis.services)) {
    const serviceName = `${service}.${zone}`;
    const custom = customName(`${name}-${service}`, serviceName, target, api.validatedArn, parent);
    const record = new aws.route53.Record(
      `${name}-${service}`,
      transformed<aws.route53.RecordArgs>(
        {
          zoneId: domain.zoneId,
          name: serviceName,
          type: "A",
          // Routed from the start, a Region alone too: a simple record can't be turned into a routed one in place.
          setIdentifier: region,
          aliases: [aliasOf(custom)],
          healthCheckId: healthCheck.id,
          ...routingOf(domain, region),
        },
        args.transform?.record,
      ),
      { parent },
    );
    urls[service] = record.id.apply(() => `https://${serviceName}`);
  }
  return {
    urls,
    regionUrl: pulumi.all([regionName, regionRecord.id]).apply(([host]) => `https://${host}`),
    healthCheck,
    certificates: { api: api.certificate, ...(viewer ? { viewer: viewer.certificate } : {}) },
    viewerCertificateArn: viewer?.validatedArn,
  };
}

function routingOf(domain: DomainArgs, region: pulumi.Output<string>): Partial<aws.route53.RecordArgs> {
  switch (domain.routing ?? "failover") {
    case "failover":
      return { failoverRoutingPolicies: [{ type: domain.primary ? "PRIMARY" : "SECONDARY" }] };
    case "latency":
      return { latencyRoutingPolicies: [{ region }] };
    case "weighted":
      return { weightedRoutingPolicies: [{ weight: domain.weight ?? 100 }] };
  }
}

/**
 * Whether Route 53 sends anybody here: this Region's own word (its services work, it is not drained) and the peer's (it
 * does not know this Region as drained), so that a drain works while this Region or the link between the two is dead.
 */
function regionHealth(
  name: string,
  { peerRegion, checkKey, transform }: RegionalFailoverArgs,
  regionName: pulumi.Output<string>,
  zone: string,
  parent: pulumi.Resource,
): aws.route53.HealthCheck {
  const ask = (suffix: string, what: Partial<aws.route53.HealthCheckArgs>) =>
    new aws.route53.HealthCheck(
      `${name}-${suffix}`,
      transformed<aws.route53.HealthCheckArgs>(
        { type: "HTTPS", port: 443, enableSni: true, requestInterval: 10, failureThreshold: 3, ...what },
        transform?.healthCheck,
      ),
      { parent },
    );
  const own = ask("own-word", { fqdn: regionName, resourcePath: pulumi.interpolate`/${checkKey}${HEALTH_PATH}` });
  const words = [own.id];
  if (peerRegion !== undefined) {
    const resourcePath = pulumi
      .all([checkKey, regionName])
      .apply(([key, host]) => `/${key}/regions/${host.split(".")[0]}/drained`);
    // Turned round: the peer's "drained" is a failure, and no answer of a dead peer is none.
    words.push(ask("peer-word", { fqdn: `${peerRegion}.${zone}`, resourcePath, invertHealthcheck: true }).id);
  }
  return new aws.route53.HealthCheck(
    name,
    { type: "CALCULATED", childHealthchecks: words, childHealthThreshold: words.length },
    { parent },
  );
}

function customName(
  name: string,
  domainName: pulumi.Input<string>,
  { api, stage }: Pick<HttpApi, "api" | "stage">,
  certificateArn: pulumi.Output<string>,
  parent: pulumi.Resource,
): aws.apigatewayv2.DomainName {
  const custom = new aws.apigatewayv2.DomainName(
    name,
    {
      domainName,
      domainNameConfiguration: { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
    },
    { parent },
  );
  new aws.apigatewayv2.ApiMapping(name, { apiId: api.id, domainName: custom.id, stage: stage.name }, { parent });
  return custom;
}

const aliasOf = ({ domainNameConfiguration }: aws.apigatewayv2.DomainName) => ({
  name: domainNameConfiguration.apply(({ targetDomainName }) => targetDomainName),
  zoneId: domainNameConfiguration.apply(({ hostedZoneId }) => hostedZoneId),
  // The record's health check knows more about the Region than API Gateway does.
  evaluateTargetHealth: false,
});

/**
 * A certificate that is issued once DNS shows the account's validation record. That record is the same for a name in every
 * Region: the primary's stack owns it, and the others' certificates find it there.
 */
function certificateFor(
  name: string,
  domainName: string,
  domain: DomainArgs,
  parent: pulumi.Resource,
  region?: string,
): { certificate: aws.acm.Certificate; validatedArn: pulumi.Output<string> } {
  const certificate = new aws.acm.Certificate(
    `${name}-certificate`,
    { domainName, validationMethod: "DNS", region },
    { parent },
  );
  const fqdns: pulumi.Output<string>[] = [];
  if (domain.primary) {
    const option = certificate.domainValidationOptions.apply(([only]) => only!);
    const record = new aws.route53.Record(
      `${name}-validation`,
      {
        zoneId: domain.zoneId,
        name: option.resourceRecordName,
        type: option.resourceRecordType,
        records: [option.resourceRecordValue],
        ttl: 300,
        // The same certificate asked for anew has the same record.
        allowOverwrite: true,
      },
      { parent },
    );
    fqdns.push(record.fqdn);
  }
  const validation = new aws.acm.CertificateValidation(
    `${name}-validation`,
    {
      certificateArn: certificate.arn,
      region,
      ...(fqdns.length > 0 ? { validationRecordFqdns: fqdns } : {}),
    },
    { parent },
  );
  return { certificate, validatedArn: validation.certificateArn };
}
