import { expect } from "chai";
import { projectIn } from "../../kit/bundles";
import { run } from "../../pipeline/engine";

const program = `
import * as aws from "@pulumi/aws";
import { InlineFunction } from "REPOSITORY/components/inlineFunction";
const prices = new Map([["tea", 450]]);
const seasons = new Set(["spring"]);
const submit = new InlineFunction("submit", { callbackFactory: () => async () => prices.get("tea") });
const read = new InlineFunction("read", { callbackFactory: () => async () => seasons.has("spring") });
for (const { name, arn } of [submit, read])
  new aws.lambda.Permission("call", { function: name, action: "lambda:InvokeFunction", principal: "sns.amazonaws.com", sourceArn: arn });
export const urls = [submit.invokeArn, read.invokeArn];
`;

describe("a refused capture", function () {
  this.timeout(120_000);

  it("fails the deployment with one sentence for each function", async () => {
    const project = projectIn("refused", {
      "index.ts": program,
      "Pulumi.yaml": "name: refused\nruntime: nodejs\nmain: index.ts\n",
    });
    const { status, errors } = await run(project, { config: { "aws:region": "us-east-1" }, transpileOnly: true });
    expect(status).to.not.equal(0);
    const instead =
      "create it inside `callbackFactory`, or in a file that imports no @pulumi package and import it from there";
    expect(errors.map((error) => error.trim()).sort()).to.deep.equal([
      `InlineFunction "read": 'seasons' (index.ts:7) is a Set, which cannot be copied into the function; ${instead}.`,
      `InlineFunction "submit": 'prices' (index.ts:6) is a Map, which cannot be copied into the function; ${instead}.`,
    ]);
  });
});
