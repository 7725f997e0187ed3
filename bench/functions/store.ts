import { generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import * as inline from "../../components/inlineFunction/inlineFunction";

/** A function of the store's program: its callback and the settings it is deployed with. */
export interface StoreFunction {
  name: string;
  made: inline.InlineFunction;
  environment: Record<string, string>;
}

/** Evaluates the program of a stack with made-up resources and answers its inline functions. */
export async function functionsOfTheStore(stack: string): Promise<StoreFunction[]> {
  const { publicKey: key } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicKey = key.export({ format: "der", type: "spki" }).toString("base64");
  const made: (Omit<StoreFunction, "environment"> & { variables: string[] })[] = [];
  const environments = new Map<string, Record<string, string>>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const variables: unknown = inputs.environment?.variables;
        if (type === "aws:lambda/function:Function")
          environments.set(name, (variables ?? {}) as Record<string, string>);
        const host = `${name.toLowerCase()}.example.com`;
        const made = {
          name,
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
        publicKey,
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
  // Every component makes its functions through this export, read when they are made.
  const { InlineFunction } = inline;
  (inline as { InlineFunction: unknown }).InlineFunction = class extends InlineFunction {
    public constructor(...args: ConstructorParameters<typeof InlineFunction>) {
      super(...args);
      made.push({ name: args[0], made: this, variables: Object.keys(args[1].environment ?? {}) });
    }
  };
  await pulumi.runtime.runInPulumiStack(async () => require("../../index") as Record<string, unknown>);
  await pulumi.runtime.disconnect();
  return made.map(({ variables, ...f }) => {
    const madeUp = Object.fromEntries(variables.map((name) => [name, "made-up"]));
    return { ...f, environment: { ...madeUp, ...environments.get(`${f.name}-function`) } };
  });
}
