import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../../arguments/overrides";
import { GLOBAL_REGION } from "../../infrastructure/globalRegion";
import type { HttpApi } from "../../infrastructure/httpApi";
import type { DomainArgs, RegionalFailoverArgs } from "../args";
import { HEALTH_PATH } from "../handlers/answers";

/** APIs by the first label of their domain name. */
type Apis = Record<string, Pick<HttpApi, "api" | "stage">>;

/** URLs and resources of one Region below the store's domain. */
export interface DomainNames {
  /** `https://NAME.api.DOMAIN` by service; resolved once its record exists. */
  urls: Record<string, pulumi.Output<string>>;
  /** `https://NAME-REGION.api.DOMAIN` by service, which never lead to the peer; only with `edge`. */
  regionUrls?: RegionUrls;
  /** The same of each peer Region, which may not be deployed yet; only with `edge`. */
  peerUrls?: Record<string, RegionUrls>;
  /** `https://REGION.api.DOMAIN`. */
  regionUrl: pulumi.Output<string>;
  healthCheck: aws.route53.HealthCheck;
  /** Created certificates. */
  certificates: Record<string, aws.acm.Certificate>;
  /** ARNs of all certificates in use. */
  certificateArns: Record<string, pulumi.Output<string>>;
  viewerCertificateArn?: pulumi.Output<string>;
}

/** Base URLs of one Region's services; `auth` only with that service. */
export type RegionUrls = Record<"orders" | "catalogue" | "config", pulumi.Output<string>> & {
  auth?: pulumi.Output<string>;
};

const apiDomain = (domain: string): string => `api.${domain}`;

/** Name of one Region's service. One label, because the wildcard certificate covers one. */
const ownHost = (service: string, region: string, zone: string): string => `${service}-${region}.${zone}`;

/**
 * Creates names, certificates and records of this Region. Each Region's stack owns its own records, distinguished by set
 * identifier, so that either can be updated alone. The primary owns the shared validation records.
 */
export function createDomainNames(
  name: string,
  args: RegionalFailoverArgs & { domain: DomainArgs },
  apis: { services: Apis; checks: Pick<HttpApi, "api" | "stage"> },
  region: pulumi.Output<string>,
  parent: pulumi.Resource,
): DomainNames {
  const { domain } = args;
  const zone = apiDomain(domain.name);
  const { apiArn, viewerArn } = domain.existingCertificates ?? {};
  const api = apiArn ? existing(apiArn) : certificateFor(`${name}-api`, `*.${zone}`, domain, parent);
  const viewer = viewerArn
    ? existing(viewerArn)
    : domain.primary
      ? certificateFor(`${name}-viewer`, `www.${domain.name}`, domain, parent, GLOBAL_REGION)
      : undefined;

  // The Region's own name never leads to the peer: health checks use it.
  const regionName = pulumi.interpolate`${region}.${zone}`;
  const own = customName(`${name}-region`, regionName, apis.checks, api.validatedArn, parent);
  const regionRecord = new aws.route53.Record(
    `${name}-region`,
    { zoneId: domain.zoneId, name: regionName, type: "A", aliases: [aliasOf(own)] },
    { parent },
  );
  const healthCheck = regionHealth(name, args, regionName, zone, parent);

  const ownName = (resourceName: string, service: string, target: Pick<HttpApi, "api" | "stage">) => {
    const host = region.apply((known) => ownHost(service, known, zone));
    const custom = customName(resourceName, host, target, api.validatedArn, parent);
    const record = new aws.route53.Record(
      resourceName,
      { zoneId: domain.zoneId, name: host, type: "A", aliases: [aliasOf(custom)] },
      { parent },
    );
    return pulumi.all([host, record.id]).apply(([known]) => `https://${known}`);
  };

  const urls: DomainNames["urls"] = {};
  const regionUrls: Record<string, pulumi.Output<string>> = {};
  for (const [service, target] of Object.entries(apis.services)) {
    const serviceName = `${service}.${zone}`;
    const custom = customName(`${name}-${service}`, serviceName, target, api.validatedArn, parent);
    const record = new aws.route53.Record(
      `${name}-${service}`,
      applyTransform<aws.route53.RecordArgs>(
        {
          zoneId: domain.zoneId,
          name: serviceName,
          type: "A",
          // A routing policy from the start, with one Region too: Route 53 cannot turn a simple record into a routed one in place.
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
    // The API's own address is disabled, so the peer, CloudFront and the smoke test need another one that does not fail over.
    if (args.edge) regionUrls[service] = ownName(`${name}-${service}-region`, service, target);
  }
  const peerUrls = (args.peerRegions ?? []).map((peer) => {
    const hosts = Object.keys(apis.services).map((service) => [service, ownHost(service, peer, zone)]);
    return [peer, Object.fromEntries(hosts.map(([service, host]) => [service, pulumi.output(`https://${host}`)]))];
  });
  return {
    urls,
    ...(args.edge && { regionUrls: regionUrls as RegionUrls, peerUrls: Object.fromEntries(peerUrls) }),
    regionUrl: pulumi.all([regionName, regionRecord.id]).apply(([host]) => `https://${host}`),
    healthCheck,
    certificates: {
      ...(api.certificate && { api: api.certificate }),
      ...(viewer?.certificate && { viewer: viewer.certificate }),
    },
    certificateArns: { api: api.arn, ...(viewer && { viewer: viewer.arn }) },
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
 * Creates the health check that decides whether Route 53 routes requests to this Region. It combines this Region's report
 * (its services work, it is not drained) with that of each peer (it does not know this Region as drained), so that a drain
 * works while this Region or the link between the two is down.
 */
function regionHealth(
  name: string,
  { peerRegions = [], checkKey, transform }: RegionalFailoverArgs,
  regionName: pulumi.Output<string>,
  zone: string,
  parent: pulumi.Resource,
): aws.route53.HealthCheck {
  const healthCheck = (suffix: string, checkArgs: Partial<aws.route53.HealthCheckArgs>) =>
    new aws.route53.HealthCheck(
      `${name}-${suffix}`,
      applyTransform<aws.route53.HealthCheckArgs>(
        { type: "HTTPS", port: 443, enableSni: true, requestInterval: 10, failureThreshold: 3, ...checkArgs },
        transform?.healthCheck,
      ),
      { parent },
    );
  const own = healthCheck("own-report", {
    fqdn: regionName,
    resourcePath: pulumi.interpolate`/${checkKey}${HEALTH_PATH}`,
  });
  const childIds = [own.id];
  for (const peerRegion of peerRegions) {
    const resourcePath = pulumi
      .all([checkKey, regionName])
      .apply(([key, host]) => `/${key}/regions/${host.split(".")[0]}/drained`);
    // Inverted: a peer's "drained" is a failure, and no response of a lost peer is none.
    childIds.push(
      healthCheck(`${peerRegion}-report`, { fqdn: `${peerRegion}.${zone}`, resourcePath, invertHealthcheck: true }).id,
    );
  }
  return new aws.route53.HealthCheck(
    name,
    { type: "CALCULATED", childHealthchecks: childIds, childHealthThreshold: childIds.length },
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
  // The record's own health check covers more than API Gateway's.
  evaluateTargetHealth: false,
});

/**
 * Creates a certificate that is issued once DNS has the account's validation record. That record is the same in every
 * Region: the primary's stack owns it, and certificates of other Regions rely on it.
 */
function certificateFor(
  name: string,
  domainName: string,
  domain: DomainArgs,
  parent: pulumi.Resource,
  region?: string,
): UsedCertificate {
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
        // A repeated request for the same certificate has the same record.
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
  return { certificate, arn: certificate.arn, validatedArn: validation.certificateArn };
}

interface UsedCertificate {
  /** Absent if it exists already. */
  certificate?: aws.acm.Certificate;
  arn: pulumi.Output<string>;
  /** Known once the certificate is issued. */
  validatedArn: pulumi.Output<string>;
}

const existing = (arn: pulumi.Input<string>): UsedCertificate => ({
  arn: pulumi.output(arn),
  validatedArn: pulumi.output(arn),
});
