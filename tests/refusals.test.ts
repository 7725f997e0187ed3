import "../disablePromiseTraces";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { parse } from "yaml";
import { RegionState } from "../components";
import { temporaryFolder } from "./kit/temporaryFolder";
import { run } from "./pipeline/engine";

const root = path.join(__dirname, "..");
const SECRETS = {
  "stayopen:paymentApiKey": "key",
  "stayopen:paymentWebhookSecret": "whsec_a",
  "stayopen:shippingApiKey": "key",
  "stayopen:shippingWebhookSecret": "whsec_b",
};
const settings = (stack: string): Record<string, string> => ({
  ...parse(fs.readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8")).config,
  ...SECRETS,
});

const SHARED = {
  tables: { regions: "regions", orders: "orders", cards: "cards", stock: "stock", products: "products" },
  cardKeyArn: "arn:aws:kms:us-east-1:123456789012:key/mrk-1",
  customers: { table: "customers", keyArn: "arn:aws:kms:us-east-1:123456789012:key/mrk-2" },
  distributionArn: "arn:aws:cloudfront::123456789012:distribution/E1",
  siteUrl: "https://d1.cloudfront.net",
  alarmTopic: "arn:aws:sns:us-east-1:123456789012:alarms",
  domain: "",
};
const PRIMARY = { shared: SHARED, storeRegions: ["us-east-1", "us-west-2"] };

/** Settings of a store with a domain. */
const DOMAIN = { "stayopen:domain": "example.com", "stayopen:zoneId": "Z1", "stayopen:edgeSecrets": "e".repeat(32) };

/** Settings with which a stack cannot be deployed, and the refusal. */
const WRONG_SETTINGS: [stack: string, change: Record<string, string | undefined>, refusal: RegExp][] = [
  ["dev", { "stayopen:currency": undefined }, /"stayopen:currency" is missing/],
  ["dev", { "stayopen:shippingWebhookSecret": undefined }, /"stayopen:shippingWebhookSecret" is missing/],
  ["dev", { "stayopen:searchInstanceCount": "5" }, /`domain\.instanceCount` is 5/],
  ["dev", { "stayopen:orderWaits": '{"delivery":{"maxPolls":61}}' }, /`waits\.delivery\.maxPolls` is 61/],
  ["dev", { "stayopen:orderWaits": '{"payment":{"limitSeconds":0}}' }, /`waits\.payment\.limitSeconds` is 0/],
  ["dev", { "stayopen:orderWaits": '{"shipping":{}}' }, /`waits` has the unknown field "shipping"/],
  ["dev", { "stayopen:orderWaits": '{"delivery":{"first":1}}' }, /`waits\.delivery` has the unknown field "first"/],
  ["dev", { "stayopen:orderWaits": '{"delivery":60}' }, /`waits\.delivery` is 60/],
  ["dev", { "stayopen:orderDeadlines": '{"settlingSeconds":"soon"}' }, /`deadlines\.settlingSeconds` is "soon"/],
  ["dev", { "stayopen:orderDeadlines": '{"settling":60}' }, /`deadlines` has the unknown field "settling"/],
  [
    "dev",
    { "stayopen:shippingMethods": '{"id":"standard"}' },
    /"stayopen:shippingMethods" is .*, but must be a JSON list/,
  ],
  [
    "dev",
    { "stayopen:shippingMethods": '[{"id":"standard","name":"Standard","price":{"EUR":490}}]' },
    /"stayopen:shippingMethods" has no price of "standard" in USD/,
  ],
  [
    "dev",
    { "stayopen:shippingMethods": '[{"id":"standard","name":"Standard","price":{"USD":4.9}}]' },
    /`shippingMethods\[0\]\.price\.USD` is 4\.9/,
  ],
  ["dev", { "stayopen:tax": '{"rates":[]}' }, /`tax\.pricesIncludeTax` is null/],
  ["dev", { "stayopen:failoverTimings": '{"staleAfterSeconds":1}' }, /`timings\.staleAfterSeconds` is 1;/],
  ["dev", { "stayopen:failoverTimings": '{"constructor":1}' }, /`timings` has the unknown field "constructor"/],
  ["prod-east", { ...DOMAIN, "stayopen:weight": "40" }, /`domain\.weight` is given; .* domain\.routing is "failover"/],
  [
    "dev",
    { "stayopen:waf": '{"rateLimits":{"orders":9}}' },
    /`waf\.rateLimits\.orders` is 9; it must be a whole number, between 10/,
  ],
  [
    "dev",
    { "stayopen:waf": "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/b" },
    /`waf\.existingWebAclArn` is "arn/,
  ],
  ["prod-west", { "stayopen:waf": "on" }, /the primary's stack has the distribution/],
  ["dev", { "stayopen:checkKey": "short" }, /`checkKey` has 5 characters/],
  [
    "a-primary-with-far-too-long-a-name",
    { "stayopen:peerRegion": "us-west-2" },
    /`domain\.name` is "catalogue-a-primary-/,
  ],
  [
    "Primary",
    { "stayopen:peerRegion": "us-west-2" },
    /prefix is "stayopen-Primary-assets"; it must consist of lower-case letters/,
  ],
  ["prod-west", DOMAIN, /prod-east has no stayopen:domain, this one stayopen:domain "example\.com"/],
  [
    "prod-west",
    { "stayopen:primaryStack": "prod-north" },
    /prod-north has stayopen:domain "example\.com", this one no stayopen:domain/,
  ],
  ["prod-east", { ...DOMAIN, "stayopen:edgeSecrets": undefined }, /"stayopen:edgeSecrets" is missing/],
  [
    "prod-east",
    { ...DOMAIN, "stayopen:edgeSecrets": "short" },
    /`edgeSecrets\[0\]` has 5 characters; it must be 32 to/,
  ],
  ["prod-west", { "aws:region": "eu-west-1" }, /prod-east is in us-east-1 with us-west-2 as its peer Region/],
  [
    "prod-west",
    { "stayopen:primaryStack": "prod-south" },
    /^The stack prod-west joins prod-south, which shares nothing yet\. Run "pulumi up --stack prod-south" first.*unknown stack "organization\/stayopen\/prod-south"\)$/,
  ],
  ...["prod-south", "dev"].map((secondary): [string, Record<string, string>, RegExp] => [
    "prod-east",
    { "stayopen:secondaryStack": secondary },
    new RegExp(`^The stack ${secondary}, which stayopen:secondaryStack names, has no addresses of APIs yet\\.`),
  ]),
  ["prod-west", { "stayopen:primaryStack": "dev" }, /joins dev, which shares nothing yet/],
  [
    "prod-west",
    { "stayopen:oidcIssuer": "https://a.example", "stayopen:oidcAudience": "b", "stayopen:oidcClientId": "c" },
    /prod-east signs customers in with Cognito, this one with an external issuer/,
  ],
];

const STACKS: Record<string, Record<string, unknown>> = {
  "prod-east": PRIMARY,
  "prod-north": { ...PRIMARY, shared: { ...SHARED, domain: "example.com" } },
  dev: { storeRegions: ["us-east-1"] },
};

describe("A stack with settings that cannot be deployed", () => {
  let registered: string[];

  const mock = (stack: string) =>
    pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          registered.push(type);
          return { id: name, state: inputs };
        },
        call: ({ token, inputs }) => {
          if (token.endsWith(":getCallerIdentity")) return { accountId: "123456789012" };
          if (token.endsWith(":getTable")) return { ...inputs, arn: "arn", streamArn: "stream" };
          const outputs = STACKS[String(inputs.name).split("/").at(-1)!];
          if (outputs === undefined) throw Object.assign(new Error(), { details: `unknown stack "${inputs.name}"` });
          return { outputs };
        },
      },
      "stayopen",
      stack,
      false,
      "organization",
    );

  /** Waits until all pending registrations are complete. */
  const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

  async function refusalOf(stack: string, config: Record<string, string | undefined>, folder = root): Promise<unknown> {
    await mock(stack);
    const set = Object.entries(config).filter((entry): entry is [string, string] => entry[1] !== undefined);
    pulumi.runtime.setAllConfig(Object.fromEntries(set));
    const program: () => Promise<unknown> = require(path.join(folder, "index"));
    try {
      await program();
    } catch (error) {
      return error;
    } finally {
      await settled();
    }
    return undefined;
  }

  beforeEach(() => {
    registered = [];
  });

  after(() => pulumi.runtime.setAllConfig({}));

  it("would register its first resources visibly", async () => {
    await mock("dev");
    new RegionState("regions");
    await settled();
    expect(registered).to.include("aws:dynamodb/table:Table");
  });

  for (const [stack, change, refusal] of WRONG_SETTINGS) {
    it(`stops before the first resource: ${stack} with ${JSON.stringify(change, (_key, value) => value ?? null)}`, async () => {
      const known = fs.existsSync(path.join(root, `Pulumi.${stack}.yaml`)) ? stack : "dev";
      const error = await refusalOf(stack, { ...settings(known), ...change });
      expect(error).to.be.instanceOf(pulumi.RunError);
      expect((error as Error).message).to.match(refusal);
      expect(registered).to.deep.equal([]);
    });
  }

  it("stops before the first resource when the storefront is not built", async () => {
    const folder = temporaryFolder("stayopen-unbuilt");
    fs.mkdirSync(path.join(folder, "web"));
    for (const file of ["index.ts", "config.ts", "primaryStack.ts", "disablePromiseTraces.ts", "web/pages.ts"]) {
      fs.copyFileSync(path.join(root, file), path.join(folder, file));
    }
    for (const linked of ["components", "domain", "node_modules"])
      fs.symlinkSync(path.join(root, linked), path.join(folder, linked));
    const error = await refusalOf("dev", settings("dev"), folder);
    expect(error).to.be.instanceOf(pulumi.RunError);
    expect((error as Error).message).to.match(/`build` is .*, which does not exist; .*run: npm run build:web/);
    expect(registered).to.deep.equal([]);
  });

  describe("under Pulumi's own runtime", function () {
    this.timeout(120_000);

    const previewOf = (change: Record<string, string>, stacks: Parameters<typeof run>[1]["stacks"]) =>
      run(root, {
        config: { ...settings("prod-west"), ...change },
        stack: "prod-west",
        isPreview: true,
        transpileOnly: true,
        stacks,
      });

    for (const [what, stacks] of [
      ["does not exist", {}],
      ["has not been up", { "prod-east": {} }],
      ["has another domain", { "prod-east": { ...PRIMARY, shared: { ...SHARED, domain: "example.com" } } }],
    ] as const) {
      it(`reports one sentence and registers only the stack when its primary ${what}`, async () => {
        const { status, errors, asked } = await previewOf({}, stacks);
        expect(status).not.to.equal(0);
        expect(errors).to.have.length(1);
        expect(errors[0])
          .to.match(/^The stack .*prod-east/)
          .and.not.include("\n");
        expect(asked.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
      });
    }

    it("previews the secondary of a primary that is up", async () => {
      const { status, errors, warnings, asked } = await previewOf({}, { "prod-east": PRIMARY });
      expect(errors).to.deep.equal([]);
      // An export of an output that this stack lacks would warn.
      expect(warnings).to.deep.equal([]);
      expect(status).to.equal(0);
      expect(asked.length).to.be.above(350);
    });
  });
});
