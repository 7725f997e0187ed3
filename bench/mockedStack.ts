import { createPublicKey } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

/** A public key without its private one: making a real pair takes longer than much of what is measured here. */
const madeUpKey = createPublicKey({
  key: { kty: "RSA", n: Buffer.alloc(256, 0xc5).toString("base64url"), e: "AQAB" },
  format: "jwk",
})
  .export({ format: "der", type: "spki" })
  .toString("base64");

/**
 * Evaluates a program under the settings of a stack, with made-up resources.
 *
 * @param load returns the program's exports, or the function that it exports instead.
 * @param onResource is called for each resource that the program registers.
 */
export async function inMockedStack(
  stack: string,
  load: () => unknown,
  onResource: (type: string, name: string, inputs: Record<string, unknown>) => void,
): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        onResource(type, name, inputs);
        const host = `${name.toLowerCase()}.example.com`;
        const made = {
          name,
          bucket: name,
          keyId: name,
          url: `https://${host}`,
          arn: `arn:aws:x:eu-central-1:123456789012:${name}`,
          apiEndpoint: `https://${host}`,
          endpoint: host,
        };
        const id = type === "aws:cognito/userPool:UserPool" ? "eu-central-1_abcdefghi" : `${name}-id`;
        return { id, state: { ...made, domainName: host, bucketRegionalDomainName: host, ...inputs } };
      },
      call: ({ inputs }) => ({
        accountId: "123456789012",
        id: "eu-central-1",
        region: "eu-central-1",
        publicKey: madeUpKey,
        ...inputs,
      }),
    },
    "stayopen",
    stack,
  );
  const settings = parse(fs.readFileSync(path.resolve(`Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(settings.config).map(([key, value]) => {
        const isSecret = typeof value === "object" && value !== null && "secure" in value;
        return [key, isSecret ? "made-up-secret" : typeof value === "string" ? value : JSON.stringify(value)];
      }),
    ),
  );
  for (const key of ["paymentApiKey", "paymentWebhookSecret", "shippingApiKey", "shippingWebhookSecret"])
    pulumi.runtime.setConfig(`stayopen:${key}`, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  await pulumi.runtime.runInPulumiStack(async () => {
    const exported = load();
    return typeof exported === "function" ? exported() : exported;
  });
  await pulumi.runtime.disconnect();
}
