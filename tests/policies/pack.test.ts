import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  type AnalyzeResponse,
  AnalyzerResourceOptions,
  EnforcementLevel,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { expect } from "chai";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Asked, previewStore } from "../pipeline/engine";

const root = path.join(__dirname, "..", "..");
const FUNCTION = "aws:lambda/function:Function";

/** The engine's encoding of values that are unknown in a preview, and of secrets. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = (value: JavaScriptValue) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

const policyOn = (Resource: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["dynamodb:PutItem"], Resource }] });
const traced = {
  runtime: "nodejs24.x",
  architectures: ["arm64"],
  tracingConfig: { mode: "Active" },
  timeout: 10,
};

describe("The policy pack, started as the Pulumi CLI starts it", function () {
  this.timeout(180_000);
  let pack: ChildProcess;
  let client: AnalyzerClient;

  before(async () => {
    // In the pack's own folder, with the engine's address, which it does not call.
    pack = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:1", "."], {
      cwd: path.join(root, "policies"),
      stdio: ["ignore", "pipe", "pipe"],
    });
    client = new AnalyzerClient(`127.0.0.1:${await portOf(pack)}`, credentials.createInsecure());
  });

  after(async () => {
    client?.close();
    if (pack.exitCode !== null) return;
    const ended = new Promise((resolve) => pack.once("exit", resolve));
    pack.kill();
    await ended;
  });

  const said = (type: string, properties: Record<string, JavaScriptValue>) =>
    saidOf({ type, name: "thing", properties: Struct.fromJavaScript(properties) });

  async function saidOf({ type, name, properties }: Asked) {
    const request = new AnalyzeRequest();
    request.setType(type);
    request.setName(name);
    request.setUrn(`urn:pulumi:dev::stayopen::${type}::${name}`);
    request.setProperties(properties);
    request.setOptions(new AnalyzerResourceOptions());
    const analyze = promisify<AnalyzeRequest, AnalyzeResponse>(client.analyze.bind(client));
    return (await analyze(request)).getDiagnosticsList().map((diagnostic) => ({
      stops: diagnostic.getEnforcementlevel() === EnforcementLevel.MANDATORY,
      rule: diagnostic.getPolicyname(),
      message: diagnostic.getMessage(),
    }));
  }

  it("accepts resources that comply", async () => {
    const policy = policyOn("arn:aws:dynamodb:us-east-1:123456789012:table/orders");
    expect(await said("aws:iam/rolePolicy:RolePolicy", { role: "orders", policy })).to.deep.equal([]);
    expect(await said(FUNCTION, { ...traced, environment: { variables: { ORDERS_TABLE: "orders" } } })).to.deep.equal(
      [],
    );
  });

  it("stops at a violation, with its sentence", async () => {
    const [violation, ...more] = await said("aws:iam/rolePolicy:RolePolicy", { role: "orders", policy: policyOn("*") });
    expect(more).to.deep.equal([]);
    expect(violation).to.include({ stops: true, rule: "policies-name-actions-and-resources" });
    expect(violation?.message).to.include("dynamodb:PutItem is allowed on every resource");
  });

  it("checks the values of secrets", async () => {
    const variables = { PAYMENT_API_KEY: secret("k3y") };
    const [violation] = await said(FUNCTION, { ...traced, environment: { variables } });
    expect(violation).to.include({ stops: true, rule: "no-secrets-in-environments" });
    expect(violation?.message).to.include("PAYMENT_API_KEY").and.not.include("k3y");
  });

  it("reports in a preview which rule waits for the update, without stopping", async () => {
    expect(await said("aws:iam/rolePolicy:RolePolicy", { role: UNKNOWN, policy: UNKNOWN })).to.deep.equal([
      {
        stops: false,
        rule: "policies-name-actions-and-resources",
        message:
          "can't run policy 'policies-name-actions-and-resources' from policy pack 'stayopen@v0.1.0' during preview: string value at .policy can't be known during preview",
      },
    ]);
  });

  it("applies the other rules to a resource that is partly unknown", async () => {
    const diagnostics = await said(FUNCTION, {
      ...traced,
      runtime: "nodejs20.x",
      environment: { variables: { ORDERS_TABLE: UNKNOWN } },
    });
    expect(diagnostics.filter(({ stops }) => stops).map(({ rule }) => rule)).to.deep.equal([
      "functions-have-tracing-and-timeout",
    ]);
  });

  for (const stack of ["dev", "prod-east"]) {
    it(`finds no violation in the first preview of ${stack}, and reports the rules that wait for the update`, async () => {
      const { status, errors, asked } = await previewStore(stack);
      expect(errors).to.deep.equal([]);
      expect(status).to.equal(0);
      expect(asked.length).to.be.above(350);
      const diagnostics = (await Promise.all(asked.map(saidOf))).flat();
      expect(diagnostics.filter(({ stops }) => stops)).to.deep.equal([]);
      const waiting = new Set(diagnostics.map(({ rule }) => rule));
      expect([...waiting])
        .to.include("policies-name-actions-and-resources")
        .and.not.include("functions-have-tracing-and-timeout");
    });
  }
});

/** Port of the pack's server, the first line that it prints. */
async function portOf(pack: ChildProcess): Promise<number> {
  let errors = "";
  pack.stderr?.on("data", (text) => {
    errors += text;
  });
  return await new Promise((resolve, reject) => {
    pack.once("exit", (code) => reject(new Error(`The policy pack exited with ${code}: ${errors.slice(0, 2_000)}`)));
    pack.stdout?.once("data", (text) => resolve(Number(String(text).trim())));
  });
}
