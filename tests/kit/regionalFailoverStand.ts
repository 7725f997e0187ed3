import "../../disablePromiseTraces";
import * as pulumi from "@pulumi/pulumi";
import { type DomainArgs, RegionalFailover, type RegionalFailoverArgs } from "../../components/regionalFailover";
import { lookUps } from "./registeredResources";

export type Inputs = Record<string, unknown>;

export interface Outputs {
  urls: Record<string, string>;
  ownUrls: Record<string, string>;
  peerUrls?: Record<string, Record<string, string>>;
  regionUrl: string;
  viewer?: string;
}

export interface Statement {
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

export const KEY = "0123456789abcdef".repeat(4);

const ZONE = "Z0123456789ABCDEFGHIJ";

export const PEER = { "us-east-1": "us-west-2", "us-west-2": "us-east-1" } as const;

export type Region = keyof typeof PEER;

/** Registers one Region's RegionalFailover with mocked outputs. */
export async function register(region: Region, changes: Partial<RegionalFailoverArgs> = {}) {
  const resources: { type: string; name: string; inputs: Inputs }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs: withoutWraps(inputs) });
        const service = type.split(/[:/]/)[1] ?? "";
        const arn = `arn:aws:${service}:${region}:123456789012:${name}`;
        const configuration = inputs.domainNameConfiguration && {
          ...inputs.domainNameConfiguration,
          targetDomainName: `d-${name}.execute-api.${region}.amazonaws.com`,
          hostedZoneId: "ZAPIGATEWAY",
        };
        const domainValidationOptions = [
          {
            domainName: inputs.domainName,
            // The same for a name in every Region, as AWS does it.
            resourceRecordName: `_validate.${String(inputs.domainName).replace("*.", "")}`,
            resourceRecordType: "CNAME",
            resourceRecordValue: "_value.acm-validations.aws",
          },
        ];
        return {
          id: type.endsWith("HealthCheck") ? `check-${name}` : `${name}-id`,
          state: {
            arn,
            invokeArn: arn,
            apiEndpoint: `https://${name}.execute-api.${region}.amazonaws.com`,
            fqdn: inputs.name,
            ...inputs,
            name: inputs.name ?? name,
            ...(configuration ? { domainNameConfiguration: configuration } : {}),
            ...(type.endsWith(":Certificate") ? { domainValidationOptions } : {}),
          },
        };
      },
      call: ({ inputs }) => inputs,
    },
    "stayopen",
    region,
  );
  const arnOf = (kind: string, name: string) => pulumi.output(`arn:aws:${kind}:${region}:123456789012:${name}`);
  const api = (name: string) =>
    ({
      api: { id: pulumi.output(`${name}-api`) },
      stage: { name: pulumi.output("$default") },
      url: pulumi.output(`https://${name}.execute-api.${region}.amazonaws.com`),
    }) as unknown as RegionalFailoverArgs["services"]["orders"]["api"];
  let outputs: Outputs | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    const failover = new RegionalFailover("failover", {
      regions: { tableName: pulumi.output("regions"), tableArn: arnOf("dynamodb", "table/regions") },
      peerRegions: [PEER[region]],
      services: {
        orders: { api: api("orders"), check: { arn: arnOf("lambda", "function:orders-check") } },
        catalogue: { api: api("catalogue") },
      },
      checkKey: KEY,
      functions: { checks: { reservedConcurrency: 10 } },
      takeover: { arn: arnOf("lambda", "function:takeover") },
      settings: {
        currency: "EUR",
        card: { keyId: "mrk-1" },
        auth: { kind: "oidc", issuer: "https://login.example.com", clientId: "c", audience: "c", scope: "openid" },
      },
      onReturn: [
        { functionArn: arnOf("lambda", "function:sweeper") },
        { stateMachineArn: arnOf("states", "stateMachine:rebuild"), when: "rebuild" },
      ],
      ...changes,
    });
    outputs = await new Promise((resolve) =>
      pulumi
        .output({
          urls: failover.urls,
          ownUrls: failover.ownUrls,
          peerUrls: failover.peerUrls,
          regionUrl: failover.regionUrl,
          viewer: failover.viewerCertificateArn,
        })
        .apply((all) => resolve(all as Outputs)),
    );
    return {};
  });
  await pulumi.runtime.disconnect();
  const { of, named } = lookUps(resources);
  const statements = (name: string) =>
    (JSON.parse(String(named("RolePolicy", `failover-${name}-grants`)["policy"])) as { Statement: Statement[] })
      .Statement;
  return { outputs: outputs!, of, named, names: () => resources.map(({ name }) => name), statements };
}

/** Inputs as the provider gets them: mocks hand secrets over wrapped. */
const withoutWraps = (inputs: Inputs): Inputs =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      pulumi.runtime.isRpcSecret(value) ? pulumi.runtime.unwrapRpcSecret(value) : value,
    ]),
  );

export const domainOf = (region: Region, changes: Partial<DomainArgs> = {}): DomainArgs => ({
  name: "example.com",
  zoneId: ZONE,
  primary: region === "us-east-1",
  ...changes,
});
