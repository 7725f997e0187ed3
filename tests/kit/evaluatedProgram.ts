/** Evaluates the store's program against a stand-in for the provider. */
import * as path from "node:path";
import { type ProgramHost, ProgramRunner, type Registration } from "../../local/engine/program";

export type { Registration };

export const SECRETS = {
  "stayopen:paymentApiKey": "key-payment",
  "stayopen:paymentWebhookSecret": "whsec_cGF5bWVudC1zZWNyZXQtMTIzNDU2",
  "stayopen:shippingApiKey": "key-shipping",
  "stayopen:shippingWebhookSecret": "whsec_c2hpcHBpbmctc2VjcmV0LTEyMzQ1",
};

export const EDGE_SECRETS = ["the-secret-that-cloudfront-sends", "the-secret-that-is-accepted-as-well"];

/** Settings without a default. */
export const OPTIONAL = {
  "stayopen:permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/release-production-boundary",
  "stayopen:runbooks": "https://git.example.com/store/",
};

/** Settings of a store with a domain, and with all others that have no default: each evaluation takes seconds of processor time. */
export const DOMAIN = {
  ...OPTIONAL,
  "stayopen:domain": "example.com",
  "stayopen:zoneId": "Z0123456789ABCDEFGHIJ",
  "stayopen:edgeSecrets": EDGE_SECRETS.join(","),
};

/** Stand-in for the provider. Derives each output from the resource's name. */
class Provider implements ProgramHost {
  readonly registrations: Registration[] = [];

  /** @param stacks outputs of other stacks, for stack references. */
  constructor(private readonly stacks: Record<string, Record<string, unknown>> = {}) {}

  async register(registration: Registration) {
    const { name, inputs, type } = registration;
    this.registrations.push(registration);
    const arn = ARN_OF(name, inputs["region"] as string | undefined);
    const outputs = {
      arn,
      name,
      bucket: name,
      bucketRegionalDomainName: `${name}.s3.us-east-1.amazonaws.com`,
      apiEndpoint: `https://${name}.execute-api.us-east-1.amazonaws.com`,
      executionArn: `arn:aws:execute-api:us-east-1:123456789012:${name}`,
      invokeArn: `${arn}/invocations`,
      domainName: `${name}.example`,
      endpoint: `${name}.example`,
      streamArn: `${arn}/stream/1`,
      url: `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`,
      keyId: `mrk-${name}`,
      domainValidationOptions: [
        {
          resourceRecordName: `_1.${name}`,
          resourceRecordType: "CNAME",
          resourceRecordValue: "_2.acm-validations.aws",
        },
      ],
      certificateArn: arn,
      ...inputs,
      ...(type === "aws:apigatewayv2/domainName:DomainName" && {
        domainNameConfiguration: { targetDomainName: `d-${name}.execute-api.amazonaws.com`, hostedZoneId: "Z1" },
      }),
    };
    return { id: type === "pulumi:pulumi:Stack" ? registration.urn : `${name}-id`, outputs };
  }

  registerOutputs() {}

  async invoke(token: string, inputs: Record<string, unknown>): Promise<Record<string, unknown>> {
    if (token === "pulumi:pulumi:readStackOutputs") {
      const name = String(inputs["name"]);
      const outputs = this.stacks[name.split("/").at(-1) ?? name];
      if (outputs === undefined) throw new Error(`unknown stack "${name}"`);
      return { name, outputs, secretOutputNames: [] };
    }
    if (token.endsWith(":getTable")) {
      const arn = `arn:aws:dynamodb:us-west-2:123456789012:table/${String(inputs["name"])}`;
      return { name: inputs["name"], arn, streamArn: `${arn}/stream/1` };
    }
    if (token.endsWith(":getRegion")) return { region: "us-east-1", name: "us-east-1", id: "us-east-1" };
    if (token.endsWith(":getCallerIdentity")) return { accountId: "123456789012", arn: "arn:x", id: "1", userId: "u" };
    if (token.endsWith(":getPartition")) return { partition: "aws", dnsSuffix: "amazonaws.com" };
    if (token.endsWith(":getPublicKey"))
      return { publicKey: PUBLIC_KEY, publicKeyPem: PUBLIC_KEY_PEM, arn: "arn:k", id: "k" };
    throw new Error(`The program calls ${token}, which this test does not implement.`);
  }
}

const PUBLIC_KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv/DzX05gjk+B1aR8B06OFe2ifWMon9/ise456UAtOJ3Rj8hXz7ilfZZc1gSMrSaPBQjcNH7LorDn0qaAajBoyrweGAfUaE4KUhrU+noErfp7RyVspth+H8mrIDtGpUBzumU+yWl9zuDv/9Yh3ATuKg7JA9pKzPRTL4jxP5KVdpKiYlzch3yXR+pZnrbqCrnCUq26HfjsmSnhv4VPRJtrVEC9SgW0GBX6X+GT0FBD/hAxsxCqvoE6aSaa3Q/Ak24ZKXD06bv+31kVhHIfJIqa8X7rKrRxOZpY9NjREVI7BQJYSszaq4TUfletCBuXgHQOFU5J011ltU/wIhHWaQ68yQIDAQAB";
const PUBLIC_KEY_PEM = `-----BEGIN PUBLIC KEY-----\n${PUBLIC_KEY.replace(/(.{64})/g, "$1\n")}\n-----END PUBLIC KEY-----\n`;

/** ARN of a resource of the stand-in. */
export const ARN_OF = (name: string, region = "us-east-1") => `arn:aws:service:${region}:123456789012:${name}`;

export interface Evaluated {
  outputs: Record<string, unknown>;
  registrations: Registration[];
}

export type Outputs = Record<string, unknown>;

const directory = path.join(__dirname, "..", "..");

async function evaluateBy(
  run: ProgramRunner["run"],
  stack: string,
  stacks: Record<string, Outputs>,
  settings: Record<string, string>,
): Promise<Evaluated> {
  const host = new Provider(stacks);
  const outputs = await run({ stack, config: { ...SECRETS, ...settings }, host });
  return { outputs, registrations: host.registrations };
}

const known = new Map<string, Promise<Evaluated>>();
const runner = new ProgramRunner(directory);
const otherRunner = new ProgramRunner(directory);
after(() => {
  runner.stop();
  otherRunner.stop();
});

/** Evaluates the program of a stack in another process than `evaluate`. */
export const evaluateAgain = (
  stack: string,
  stacks: Record<string, Outputs>,
  settings: Record<string, string>,
): Promise<Evaluated> => evaluateBy((options) => otherRunner.run(options), stack, stacks, settings);

/**
 * Evaluates the program of a stack, with the outputs of other stacks and with settings beside those of its file. Once for the same
 * arguments and in one process for all, because an evaluation takes seconds of processor time.
 */
export function evaluate(
  stack: string,
  stacks: Record<string, Outputs> = {},
  settings: Record<string, string> = {},
): Promise<Evaluated> {
  const key = JSON.stringify([stack, stacks, settings]);
  const result = known.get(key) ?? evaluateBy((options) => runner.run(options), stack, stacks, settings);
  known.set(key, result);
  return result;
}

/** Evaluates a stack after its primary, with all settings that have no default. The development stack has no domain. */
export async function evaluatedWithOptions(stack: string): Promise<Evaluated> {
  if (stack === "dev") return evaluate(stack, {}, OPTIONAL);
  const primary = await evaluate("prod-east", {}, DOMAIN);
  return stack === "prod-west" ? evaluate(stack, { "prod-east": primary.outputs }, DOMAIN) : primary;
}

/** Evaluates a stack after its primary. */
export async function evaluated(stack: string): Promise<Evaluated> {
  return evaluate(stack, await primariesOf(stack));
}

export async function primariesOf(stack: string): Promise<Record<string, Outputs>> {
  return stack === "prod-west" ? { "prod-east": (await evaluated("prod-east")).outputs } : {};
}

export const tablesIn = (registrations: readonly Registration[]) =>
  registrations.filter(({ type }) => type === "aws:dynamodb/table:Table");

/** Replicas of a table. */
export const replicasOf = ({ inputs }: Registration) => (inputs["replicas"] ?? []) as Record<string, unknown>[];
