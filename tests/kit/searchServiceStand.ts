import "../../disablePromiseTraces";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { SearchService, type SearchServiceArgs } from "../../components/searchService";
import { lookUps } from "./registeredResources";

export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const auth = { authorizer: { name: "check", invokeArn: "arn:invoke:check" } };

/** @param slow a type of resource that is created late: functions after roles, others after the functions and the resources that depend on them. */
async function withMocks(registered: Registered[] = [], slow?: string): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        if (slow && type.endsWith(`:${slow}`)) {
          const functions = () => registered.filter((resource) => resource.type.endsWith(":Function"));
          while (slow !== "Function" && functions().length < 5) await pause(10);
          await pause(300);
        }
        registered.push({ type, name, inputs });
        const arn = `arn:aws:test:us-east-1:000000000000:${name}`;
        const computed = {
          arn,
          streamArn: `${arn}/stream`,
          endpoint: "search.us-east-1.es.amazonaws.com",
          invokeArn: `${arn}/invoke`,
          url: `https://sqs.example/${name}`,
          name: `${name}-physical`,
          apiEndpoint: "https://api.example",
          executionArn: arn,
        };
        return { id: `${name}-id`, state: { ...computed, ...inputs } };
      },
      call: () => ({}),
    },
    "stayopen",
    "dev",
    false,
  );
}

/** Tests without arguments share one service, because building five functions takes time. */
let plain: ReturnType<typeof register> | undefined;

export function registerPlain() {
  plain ??= register();
  return plain;
}

/** Registers a SearchService with mocked outputs. */
export async function register(args: Partial<SearchServiceArgs> = {}, slow?: string) {
  const resources: Registered[] = [];
  await withMocks(resources, slow);
  const service = new SearchService("catalogue", { auth, ...args });
  const outputs = await new Promise<Record<string, unknown>>((resolve) =>
    pulumi
      .all([service.url, service.products, service.rebuild, service.deadLetters, service.alarms.map(({ urn }) => urn)])
      .apply(([url, products, rebuild, deadLetters]) => resolve({ url, products, rebuild, deadLetters })),
  );
  const { functions } = service;
  const bundles = await Promise.all(
    Object.entries(functions).map(async ([name, { bundle }]) => {
      const { file } = await new Promise<{ file: string }>((resolve) => bundle.apply(resolve));
      return { name, zippedBytes: gzipSync(readFileSync(file)).length };
    }),
  );
  await pulumi.runtime.disconnect();
  const { of, one } = lookUps(resources);
  return { resources, outputs, bundles, of, one };
}
