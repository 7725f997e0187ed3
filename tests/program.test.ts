import * as path from "node:path";
import { expect } from "chai";
import { type ProgramHost, type Registration, runProgram } from "../local/program";
import { RULES } from "../policies/rules";

const SECRETS = {
  "stayopen:paymentApiKey": "key-payment",
  "stayopen:paymentWebhookSecret": "whsec_cGF5bWVudC1zZWNyZXQtMTIzNDU2",
  "stayopen:shippingApiKey": "key-shipping",
  "stayopen:shippingWebhookSecret": "whsec_c2hpcHBpbmctc2VjcmV0LTEyMzQ1",
};

/** Answers as a provider would whose every output is made of the resource's name. */
class Provider implements ProgramHost {
  readonly registrations: Registration[] = [];

  async register(registration: Registration) {
    this.registrations.push(registration);
    const { name, inputs, type } = registration;
    const arn = `arn:aws:service:us-east-1:123456789012:${name}`;
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
      ...inputs,
    };
    return { id: type === "pulumi:pulumi:Stack" ? registration.urn : `${name}-id`, outputs };
  }

  registerOutputs() {}

  async invoke(token: string): Promise<Record<string, unknown>> {
    if (token.endsWith(":getRegion")) return { region: "us-east-1", name: "us-east-1", id: "us-east-1" };
    if (token.endsWith(":getCallerIdentity")) return { accountId: "123456789012", arn: "arn:x", id: "1", userId: "u" };
    if (token.endsWith(":getPartition")) return { partition: "aws", dnsSuffix: "amazonaws.com" };
    if (token.endsWith(":getPublicKey"))
      return { publicKey: PUBLIC_KEY, publicKeyPem: PUBLIC_KEY_PEM, arn: "arn:k", id: "k" };
    throw new Error(`The program asks for ${token}, which this test does not know.`);
  }
}

const PUBLIC_KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv/DzX05gjk+B1aR8B06OFe2ifWMon9/ise456UAtOJ3Rj8hXz7ilfZZc1gSMrSaPBQjcNH7LorDn0qaAajBoyrweGAfUaE4KUhrU+noErfp7RyVspth+H8mrIDtGpUBzumU+yWl9zuDv/9Yh3ATuKg7JA9pKzPRTL4jxP5KVdpKiYlzch3yXR+pZnrbqCrnCUq26HfjsmSnhv4VPRJtrVEC9SgW0GBX6X+GT0FBD/hAxsxCqvoE6aSaa3Q/Ak24ZKXD06bv+31kVhHIfJIqa8X7rKrRxOZpY9NjREVI7BQJYSszaq4TUfletCBuXgHQOFU5J011ltU/wIhHWaQ68yQIDAQAB";
const PUBLIC_KEY_PEM = `-----BEGIN PUBLIC KEY-----\n${PUBLIC_KEY.replace(/(.{64})/g, "$1\n")}\n-----END PUBLIC KEY-----\n`;

async function evaluate(stack: string): Promise<{ outputs: Record<string, unknown>; registrations: Registration[] }> {
  const host = new Provider();
  const outputs = await runProgram({ directory: path.join(__dirname, ".."), stack, config: SECRETS, host });
  return { outputs, registrations: host.registrations };
}

for (const stack of ["dev", "prod-east", "prod-west"]) {
  describe(`The program of ${stack}`, function () {
    this.timeout(120_000);
    let outputs: Record<string, unknown>;
    let registrations: Registration[];

    before(async () => {
      ({ outputs, registrations } = await evaluate(stack));
    });

    it("says where the store is", () => {
      expect(outputs).to.include.keys("url", "ordersUrl", "catalogueUrl", "productsTable", "orderTopic");
    });

    it("breaks no rule of the policy pack", () => {
      const violations = registrations.flatMap(({ type, name, inputs }) =>
        RULES.filter(({ types }) => types.includes(type)).flatMap((rule) =>
          rule.check({ type, name, props: inputs }).map((sentence) => `${name}: ${sentence} (${rule.name})`),
        ),
      );
      expect(violations).to.deep.equal([]);
    });

    it("puts the secrets nowhere but into parameters", () => {
      const holders = registrations
        .filter(({ inputs }) => Object.values(SECRETS).some((secret) => JSON.stringify(inputs).includes(secret)))
        .map(({ type }) => type);
      expect(new Set(holders)).to.deep.equal(new Set(["aws:ssm/parameter:Parameter"]));
    });

    it("registers the same again, so that a second update changes nothing", async () => {
      const again = await evaluate(stack);
      const sorted = (all: Registration[]) => [...all].sort((a, b) => a.urn.localeCompare(b.urn));
      expect(sorted(again.registrations)).to.deep.equal(sorted(registrations));
    });
  });
}
