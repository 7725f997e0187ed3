import { type ParameterType, SSM } from "@aws-sdk/client-ssm";
import { type DeployContext, type Inputs, type Made, optionalText, type ServiceHandlers, text } from "../handler";
import { checkName, checkOneOf, names } from "../rules";

export const ssm: ServiceHandlers = {
  "aws:ssm/parameter:Parameter": {
    autoName: { property: "name", maxLength: 1011 },
    required: ["type"],
    check: (inputs) => [
      checkName(inputs, "name", names.parameter),
      checkOneOf(inputs, "type", ["String", "StringList", "SecureString"]),
      /^\/?(aws|ssm)/i.test(String(inputs["name"])) &&
        `The name "${String(inputs["name"])}" begins with aws or ssm, which AWS keeps for itself.`,
      !parameterValue(inputs) && `The argument "value" is missing, or empty.`,
      (parameterValue(inputs)?.length ?? 0) > (inputs["tier"] === "Advanced" ? 8192 : 4096) &&
        "The value is too long for its tier.",
    ],
    create: async ({ inputs }, context) => await put(inputs, context, false),
    update: async ({ inputs }, _earlier, context) => await put(inputs, context, true),
    remove: ({ id }, context) => context.client(SSM).deleteParameter({ Name: id }),
  },
};

function parameterValue(inputs: Inputs): string | undefined {
  return optionalText(inputs, "value") ?? optionalText(inputs, "insecureValue") ?? optionalText(inputs, "valueWo");
}

async function put(inputs: Inputs, context: DeployContext, overwrite: boolean): Promise<Made> {
  const Name = text(inputs, "name");
  const { Version: version } = await context.client(SSM).putParameter({
    Name,
    Value: parameterValue(inputs),
    Type: text(inputs, "type") as ParameterType,
    Description: optionalText(inputs, "description"),
    KeyId: optionalText(inputs, "keyId"),
    Overwrite: overwrite || inputs["overwrite"] === true,
  });
  const path = Name.startsWith("/") ? Name : `/${Name}`;
  return { id: Name, outputs: { arn: `arn:aws:ssm:${context.region}:${context.accountId}:parameter${path}`, version } };
}
