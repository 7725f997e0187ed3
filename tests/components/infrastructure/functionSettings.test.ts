import "../../../disablePromiseTraces";
import { generateKeyPairSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AuthLayer, type AuthLayerArgs, OrderService, RegionalFailover, SearchService } from "../../../components";
import { AUTH_FUNCTIONS } from "../../../components/authLayer/authFunctions";
import type { FunctionSettings, TimeoutRange } from "../../../components/infrastructure";
import { ORDER_FUNCTIONS } from "../../../components/orderService/orderFunctions";
import { FAILOVER_FUNCTIONS } from "../../../components/regionalFailover/failoverFunctions";
import { SEARCH_FUNCTIONS } from "../../../components/searchService/searchFunctions";
import { expectRefusal } from "../../kit/refusals";
import { renderAddress } from "../../kit/renderFake";

type Functions = Record<string, FunctionSettings & { timeoutSeconds?: number }>;
type Settings = { functions?: Functions; logRetentionDays?: number };

const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "der" })
  .toString("base64");

const authorizer = { name: "authorizer", invokeArn: "arn:aws:lambda:us-east-1:123456789012:function:authorizer" };
const provider = { endpoint: "https://provider.example.com", apiKey: "key", webhookSecret: "whsec_cA==" };
const arn = (service: string, name: string) => pulumi.output(`arn:aws:${service}:us-east-1:123456789012:${name}`);
const regions = () => ({ tableName: pulumi.output("regions"), tableArn: arn("dynamodb", "table/regions") });

interface Service {
  timeouts: Record<string, TimeoutRange>;
  create(settings: Settings): pulumi.ComponentResource & { functions: object };
}

const SERVICES: Record<string, Service> = {
  OrderService: {
    timeouts: ORDER_FUNCTIONS,
    create: (settings) =>
      new OrderService("shop", {
        auth: { authorizer },
        catalogue: { tableName: "products", tableArn: arn("dynamodb", "table/products") },
        payment: provider,
        shipping: provider,
        mail: { from: "orders@example.com" },
        review: { function: { arn: arn("lambda", "function:fraud") } },
        ...settings,
      }),
  },
  SearchService: {
    timeouts: SEARCH_FUNCTIONS,
    create: (settings) =>
      new SearchService("shop", {
        auth: { authorizer },
        pages: { render: renderAddress, build: "build" },
        ...settings,
      }),
  },
  AuthLayer: {
    timeouts: AUTH_FUNCTIONS,
    create: (settings) =>
      new AuthLayer("shop", {
        provider: { cognito: {} },
        mail: { from: "hello@example.com" },
        regions: regions(),
        edgeSecrets: ["s".repeat(32)],
        ...settings,
      } as AuthLayerArgs),
  },
  RegionalFailover: {
    timeouts: FAILOVER_FUNCTIONS,
    create: (settings) => {
      const api = { api: { id: "api" }, stage: { name: "$default" }, url: pulumi.output("https://api.example.com") };
      return new RegionalFailover("shop", {
        regions: regions(),
        services: { orders: { api }, catalogue: { api } } as never,
        checkKey: "k".repeat(32),
        takeover: { arn: arn("lambda", "function:takeover") },
        settings: {} as never,
        ...settings,
      });
    },
  },
};

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Registers a service under mocks; gives its resources by type, and the logical name of each function. */
async function register(service: string, settings: Settings = {}) {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        const arn = `arn:aws:test:us-east-1:123456789012:${name}`;
        const known = { arn, name, url: `https://queue/${name}`, keyId: "mrk-1", invokeArn: arn, endpoint: "pool" };
        return { id: `us-east-1_${name}`, state: { ...known, streamArn: arn, apiEndpoint: "https://api", ...inputs } };
      },
      call: ({ inputs }) => ({ ...inputs, accountId: "123456789012", publicKey, name: "us-east-1" }),
    },
    "store",
    "test",
  );
  const names = new Map<string, string>();
  await pulumi.runtime.runInPulumiStack(async () => {
    const { functions } = SERVICES[service]!.create(settings);
    for (const [name, each] of Object.entries(functions) as [string, { function: pulumi.Resource }][]) {
      const urn = await new Promise<string>((resolve) => each.function.urn.apply(resolve));
      names.set(name, urn.split("::").at(-1)!);
    }
    return {};
  });
  await pulumi.runtime.disconnect();
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));
  const inputsOf = (name: string) => of("Function").find((each) => each.name === names.get(name))!.inputs;
  return { of, inputsOf, names: [...names.keys()] };
}

describe("Settings of functions", function () {
  this.timeout(120_000);

  const vpc = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
  for (const [service, { timeouts, create }] of Object.entries(SERVICES)) {
    describe(`of ${service}`, () => {
      it("apply to every function, with the rights for a VPC, and log retention to every log", async () => {
        const layers = ["arn:aws:lambda:us-east-1:123456789012:layer:agent:1"];
        const all = { memoryMb: 1_536, reservedConcurrency: 7, vpc, architecture: "x86_64" as const, layers };
        const { of, inputsOf, names } = await register(service, { functions: { all }, logRetentionDays: 7 });
        expect(names).to.have.members(Object.keys(timeouts));
        expect(of("Function")).to.have.length(names.length);
        for (const name of names) {
          expect(inputsOf(name), name).to.deep.include({
            memorySize: 1_536,
            reservedConcurrentExecutions: 7,
            vpcConfig: vpc,
            architectures: ["x86_64"],
            layers,
          });
        }
        const rights = of("RolePolicy").filter(({ inputs }) =>
          String(inputs["policy"]).includes("ec2:CreateNetworkInterface"),
        );
        expect(rights).to.have.length(names.length);
        expect(of("LogGroup").length).to.be.greaterThan(names.length);
        for (const { name, inputs } of of("LogGroup")) expect(inputs["retentionInDays"], name).to.equal(7);
      });

      it("of one function prevail over those of all, and raise its time-out and its queue's", async () => {
        const timed = Object.entries(timeouts).filter(([, range]) => range !== "fixed");
        const own = Object.fromEntries(
          Object.entries(timeouts).map(([name, range]) => [
            name,
            { memoryMb: 2_048, ...(range !== "fixed" && { timeoutSeconds: range[1] }) },
          ]),
        );
        const before = await register(service);
        const { of, inputsOf, names } = await register(service, { functions: { all: { memoryMb: 1_536 }, ...own } });
        for (const name of names) expect(inputsOf(name)["memorySize"], name).to.equal(2_048);
        for (const [name, [least, most]] of timed as [string, readonly [number, number]][]) {
          expect(before.inputsOf(name)["timeout"], name).to.equal(least);
          expect(inputsOf(name)["timeout"], name).to.equal(most);
        }
        for (const name of ["notifier", "invoicer"].filter((reader) => names.includes(reader))) {
          const queue = of("Queue").find(
            (each) => each.name === { notifier: "shop-notifications", invoicer: "shop-invoices" }[name],
          );
          expect(queue!.inputs["visibilityTimeoutSeconds"], name).to.equal(6 * Number(inputsOf(name)["timeout"]));
        }
      });

      const [fixed] = Object.entries(timeouts).find(([, range]) => range === "fixed")!;
      const refused: [string, Functions, RegExp][] = [
        [
          "an unknown function",
          { sumbit: {} },
          /`functions` has the unknown field "sumbit"; it must have fields among /,
        ],
        ["an unknown setting", { [fixed]: { memory: 1 } as never }, /has the unknown field "memory"/],
        [
          "too little memory",
          { all: { memoryMb: 64 } },
          /`functions\.all\.memoryMb` is 64; it must be a whole number, between 128/,
        ],
        [
          "a time-out for all",
          { all: { timeoutSeconds: 20 } },
          /`functions\.all\.timeoutSeconds` is 20; it must be left out/,
        ],
        [
          "a time-out that others depend on",
          { [fixed]: { timeoutSeconds: 20 } },
          /it must be left out, because other time limits/,
        ],
        ["an unknown processor", { all: { architecture: "x86" as never } }, /must be "arm64" or "x86_64"/],
        [
          "six layers",
          { all: { layers: Array(6).fill("arn") } },
          /`functions\.all\.layers` has 6 layers; it must have at most 5/,
        ],
        [
          "a VPC without a known field",
          { all: { vpc: { subnets: [] } as never } },
          /`functions\.all\.vpc` has the unknown field "subnets"/,
        ],
      ];
      for (const [what, functions, message] of refused) {
        it(`refuse ${what}`, () => expectRefusal(service, () => create({ functions }), message));
      }
    });
  }

  it("refuse a time-out below a function's own or above that of API Gateway", async () => {
    const { create } = SERVICES["OrderService"]!;
    for (const timeoutSeconds of [5, 60]) {
      await expectRefusal(
        "OrderService",
        () => create({ functions: { submit: { timeoutSeconds } } }),
        new RegExp(
          `\`functions\\.submit\\.timeoutSeconds\` is ${timeoutSeconds}; it must be a whole number, between 10 and 29`,
        ),
      );
    }
  });
});
