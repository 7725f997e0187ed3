import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

const root = resolve(__dirname, "../..");
/** Inside the project, so that the blocks find its packages. */
const folder = join(root, ".stayopen", "customizing", String(process.pid));

const NAMES = ["SearchService", "OrderService", "HttpApi", "AuthLayer", "InlineFunction"];

/** The code below a heading of docs/customizing.md, as a module beside a sign-in and a function. */
function blockOf(heading: string): string {
  const page = readFileSync(join(root, "docs", "customizing.md"), "utf8");
  const [, code] = new RegExp(`^## ${heading}\\n[^#]*?\`\`\`ts\\n([\\s\\S]*?)\`\`\``, "m").exec(page)!;
  return `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ${NAMES.join(", ")} } from "${join(root, "components")}";
const auth = new AuthLayer("auth", { provider: { oidc: { issuer: "https://login.example.com/", audience: "store" } } });
const list = new InlineFunction("list", { callbackFactory: () => async () => ({ statusCode: 200 }) });
const provider = { endpoint: "https://provider.example.com", apiKey: "key", webhookSecret: "whsec_cA==" };
const catalogue = { tableName: "products", tableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/products" };
const usual = { auth, catalogue, payment: provider, shipping: provider, mail: { from: "orders@example.com" } };
${code}
void [aws, pulumi, auth, list, usual, ${NAMES.join(", ")}];
`;
}

interface Registered {
  type: string;
  name: string;
  provider?: string;
  inputs: Record<string, unknown>;
}

/** Runs a block under mocks and returns what it registers. */
async function run(heading: string): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        registered.push({ type, name, inputs, provider });
        const arn = `arn:aws:test:us-east-1:123456789012:${name}`;
        const api = { apiEndpoint: `https://${name}.example`, executionArn: arn, invokeArn: arn };
        return { id: `${name}-id`, state: { arn, ...api, name, ...inputs } };
      },
      call: () => ({ accountId: "123456789012", partition: "aws", name: "us-east-1" }),
    },
    "shop",
    "dev",
    false,
  );
  const file = join(folder, `${heading.replaceAll(" ", "-")}.ts`);
  writeFileSync(file, blockOf(heading));
  await pulumi.runtime.runInPulumiStack(async () => {
    require(file);
    return {};
  });
  await pulumi.runtime.disconnect();
  return registered;
}

describe("The page on customizing", function () {
  this.timeout(120_000);
  before(() => mkdirSync(folder, { recursive: true }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("tags every resource of a component through its provider", async () => {
    const registered = await run("Tags");
    const own = registered.filter(({ type, name }) => type.startsWith("aws:") && name.startsWith("catalogue"));
    expect(own.length).to.be.greaterThan(20);
    expect(own.filter(({ provider }) => !provider?.includes("tagged")).map(({ name }) => name)).to.deep.equal([]);
  });

  it("sets network, memory and concurrency of every function of a component, and their rights", async () => {
    const registered = await run("Functions");
    const functions = registered.filter(
      ({ type, name }) => type === "aws:lambda/function:Function" && name.startsWith("catalogue"),
    );
    expect(functions).to.have.length(5);
    for (const { name, inputs } of functions) {
      const memorySize = name === "catalogue-search-function" ? 2_048 : inputs["memorySize"];
      expect(inputs).to.deep.include({ memorySize, reservedConcurrentExecutions: 20 });
      expect(inputs["vpcConfig"]).to.deep.equal({ subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] });
    }
    const rights = registered.filter(({ inputs }) => String(inputs["policy"]).includes("ec2:CreateNetworkInterface"));
    expect(rights).to.have.length(5);
  });

  it("encrypts a table with an own key, which the functions may use", async () => {
    const registered = await run("Resources");
    const table = registered.find(({ type }) => type === "aws:dynamodb/table:Table")!;
    const kmsKeyArn = "arn:aws:test:us-east-1:123456789012:tables";
    expect(table.inputs["serverSideEncryption"]).to.deep.equal({ enabled: true, kmsKeyArn });
    const rights = registered.filter(({ inputs }) => String(inputs["policy"]).includes("kms:GenerateDataKey*"));
    expect(rights).to.have.length(5);
    for (const { inputs } of rights) expect(String(inputs["policy"])).to.contain(`"Resource":"${kmsKeyArn}"`);
  });

  it("sends mails in the shop's words", async () => {
    const registered = await run("Notifications");
    const { inputs } = registered.find(({ name }) => name === "orders-notifier-function")!;
    const { "index.js": code } = await (inputs["code"] as pulumi.asset.AssetArchive).assets;
    expect(readFileSync(await (code as pulumi.asset.FileAsset).path, "utf8")).to.contain("</h1><pre>");
  });

  it("sends codes in the shop's words", async () => {
    const registered = await run("Sign-in mails");
    const pool = registered.find(({ type }) => type === "aws:cognito/userPool:UserPool")!;
    expect(JSON.stringify(pool.inputs["verificationMessageTemplate"])).to.contain("Ihr Code ist {####}.");
    const { inputs } = registered.find(({ name }) => name === "accounts-mailer-function")!;
    const { "index.js": code } = await (inputs["code"] as pulumi.asset.AssetArchive).assets;
    expect(readFileSync(await (code as pulumi.asset.FileAsset).path, "utf8")).to.contain("Ihr Code zum Anmelden");
  });

  it("asks a check of the shop's own before money is captured", async () => {
    const registered = await run("A check of orders");
    const { inputs } = registered.find(({ type }) => type === "aws:sfn/stateMachine:StateMachine")!;
    expect(JSON.parse(String(inputs["definition"])).States.Authorize.Next).to.equal("Review");
    const review = registered.find(({ name }) => name === "orders-review-function")!;
    const { "index.js": code } = await (review.inputs["code"] as pulumi.asset.AssetArchive).assets;
    expect(readFileSync(await (code as pulumi.asset.FileAsset).path, "utf8")).to.contain("https://risk.example.com/");
  });

  it("prices shipping and tax by the shop's own rules", async () => {
    const registered = await run("Shipping methods and tax");
    const submit = registered.find(({ name }) => name === "orders-submit-function")!;
    const { "index.js": code } = await (submit.inputs["code"] as pulumi.asset.AssetArchive).assets;
    expect(readFileSync(await (code as pulumi.asset.FileAsset).path, "utf8")).to.match(
      /deliveryDays: \[3, 5\]|"express"/,
    );
  });

  it("lets pages of other origins call the API of each service", async () => {
    const apis = (await run("CORS")).filter(({ type }) => type === "aws:apigatewayv2/api:Api");
    const allowed = apis.map(({ name, inputs }) => {
      const { allowOrigins, allowMethods } = inputs["corsConfiguration"] as Record<string, string[]>;
      expect(allowOrigins).to.deep.equal(["https://shop.example.com"]);
      return [name, allowMethods];
    });
    expect(allowed).to.have.deep.members([
      ["catalogue-api", ["GET", "PUT", "DELETE"]],
      ["orders-api", ["POST", "GET", "DELETE", "PUT"]],
      ["codes-api", ["POST"]],
      ["own-api", ["GET"]],
    ]);
  });
});
