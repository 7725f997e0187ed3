import "../../disablePromiseTraces";
import * as pulumi from "@pulumi/pulumi";
import { AuthLayer, type AuthLayerArgs } from "../../components/authLayer";
import { lookUps } from "./registeredResources";

export const POOL_ARN = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI";

/** Registers an AuthLayer, by default with a user pool, with mocked outputs. */
export async function register(args: Partial<AuthLayerArgs>) {
  const resources: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      resources.push({ type, name, inputs });
      const isPool = type.endsWith(":UserPool");
      const arn = isPool ? POOL_ARN : `arn:${name}`;
      return {
        id: isPool ? "us-east-1_AbCdEfGhI" : `${name}-id`,
        state: { ...inputs, arn, name: inputs.name ?? name },
      };
    },
    call: () => ({}),
  });
  let outputs: { settings?: unknown; signInOrigin?: string } = {};
  let connectOrigins: string[] = [];
  await pulumi.runtime.runInPulumiStack(async () => {
    const auth = new AuthLayer("auth", { provider: { cognito: {} }, ...args });
    connectOrigins = auth.connectOrigins;
    const known = pulumi.output({ settings: auth.settings, signInOrigin: auth.signInOrigin });
    outputs = await new Promise((resolve) => known.apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  const { of, one, named } = lookUps(resources);
  const granted = (name: string): Record<string, unknown>[] => {
    const { Statement } = JSON.parse(named("RolePolicy", `${name}-grants`)["policy"] as string);
    return Statement.filter(
      ({ Action }: { Action: string[] }) => !Action.some((action) => /^(logs|xray):/.test(action)),
    );
  };
  const variables = (name: string) =>
    (named("Function", `${name}-function`)["environment"] as { variables: Record<string, string> }).variables;
  return { ...outputs, connectOrigins, of, one, named, granted, variables };
}

export const regions = { tableName: pulumi.output("regions"), tableArn: pulumi.output("arn:regions") };

export const mail = { from: "Store <orders@example.com>" };
