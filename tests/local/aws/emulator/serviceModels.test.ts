import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { emulatorPython, projectRoot } from "../../../../local/aws/emulator/python";

/** Evaluates `result` of Python lines with the launcher's change. */
function resultOf(lines: string): unknown {
  const folder = join(projectRoot, "local", "aws", "emulator");
  const script = `
import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
import service_models
from ministack.core import responses
whole = responses._service_model
service_models.read_metadata_only()
${lines}
print(json.dumps(result))`;
  return JSON.parse(execFileSync(emulatorPython(), ["-c", script], { encoding: "utf8" }));
}

describe("Responses of the emulator", () => {
  it("get each service's content type without botocore", () => {
    const types = resultOf(`
names = ["dynamodb", "states", "cognito-idp", "lambda", "iam"]
result = [responses.expected_success_content_type(name, "application/json") for name in names]
result += [responses.expected_error_content_type(name, "application/xml") for name in names[-1:]]
result += ["botocore" in sys.modules]`);
    const json = ["application/x-amz-json-1.0", "application/x-amz-json-1.0", "application/x-amz-json-1.1"];
    expect(types).to.deep.equal([...json, "application/json", null, "text/xml", false]);
  });

  it("have the metadata of the whole descriptions, whose other parts are loaded when they are read", () => {
    const found = resultOf(`
names = sorted({*responses._BOTOCORE_NAME, "dynamodb", "lambda", "iam", "s3", "sqs", "sns", "kms", "ssm", "acm", "route53", "no-service"})
quick = [responses._service_model(name) for name in names]
other = [name for name, model in zip(names, quick) if (model and model.metadata) != (whole(name) and whole(name).metadata)]
result = [other, "PutItem" in responses._service_model("dynamodb").operation_names]`);
    expect(found).to.deep.equal([[], true]);
  });
});
