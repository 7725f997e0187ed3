import * as path from "node:path";
import { DeliveryPipeline, type DeliveryPipelineArgs } from "../../components/deliveryPipeline";
import { mocked, type Registered } from "./observabilityStand";
import { lookUps } from "./registeredResources";

export const root = path.join(__dirname, "..", "..");

export const RUNNERS = [
  "build",
  "development-preview",
  "development-deploy",
  "production-preview",
  "production-deploy",
];

export const usual: DeliveryPipelineArgs = {
  source: { connectionArn: "arn:connection", repository: "owner/store" },
  environments: {
    development: { accountId: "111111111111", backendUrl: "s3://state-development" },
    production: { accountId: "222222222222", backendUrl: "s3://state-production" },
  },
  image: `public.ecr.aws/docker/library/node:24-bookworm@sha256:${"0".repeat(64)}`,
};

export interface Stage {
  name: string;
  actions: { name: string; runOrder?: number; configuration: Record<string, string>; provider: string }[];
}

export interface Statement {
  Action: string | string[];
  Resource: string | string[];
}

export async function register(changes: Partial<DeliveryPipelineArgs> = {}) {
  const registered: Registered[] = [];
  await mocked(registered, () => {
    new DeliveryPipeline("release", { ...usual, ...changes });
  });
  const { of } = lookUps(registered);
  const statements = (runner: string) =>
    of("RolePolicy")
      .filter(({ name }) => name === `release-${runner}`)
      .flatMap(({ inputs }) => (JSON.parse(String(inputs["policy"])) as { Statement: Statement[] }).Statement);
  const actions = (runner: string) => statements(runner).flatMap(({ Action }) => Action);
  return { registered, of, statements, actions };
}
