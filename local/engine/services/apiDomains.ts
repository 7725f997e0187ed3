import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import {
  type DeployContext,
  type Faults,
  type Inputs,
  type Made,
  optionalRecord,
  optionalText,
  type ServiceHandlers,
  tagsOf,
  text,
} from "../handler";
import { checkOneOf } from "../rules";
import { checkCertificate } from "./acm";
import { apiGatewayZones, checkDnsName, dnsName } from "./dnsRules";

/** Custom domain names of HTTP APIs, which the emulator serves by the request's Host. */
export const apiDomains: ServiceHandlers = {
  "aws:apigatewayv2/domainName:DomainName": {
    required: ["domainName", "domainNameConfiguration"],
    check: checkDomain,
    async create({ inputs }, context) {
      const made = await context.client(ApiGatewayV2).createDomainName({
        DomainName: text(inputs, "domainName"),
        DomainNameConfigurations: [
          {
            CertificateArn: optionalText(configuration(inputs), "certificateArn"),
            EndpointType: "REGIONAL",
            SecurityPolicy: "TLS_1_2",
          },
        ],
        Tags: tagsOf(inputs),
      });
      return domainOf(inputs, made.DomainNameConfigurations?.[0]?.ApiGatewayDomainName, context);
    },
    async update({ inputs }, earlier, context) {
      if (inputs["domainName"] !== earlier.id)
        throw new Error("has another domainName than the kept data: start with --fresh.");
      const made = await context.client(ApiGatewayV2).getDomainName({ DomainName: earlier.id });
      return domainOf(inputs, made.DomainNameConfigurations?.[0]?.ApiGatewayDomainName, context);
    },
    remove: ({ id }, context) => context.client(ApiGatewayV2).deleteDomainName({ DomainName: id }),
  },
  "aws:apigatewayv2/apiMapping:ApiMapping": {
    required: ["apiId", "domainName", "stage"],
    check: (inputs) =>
      /^([A-Za-z0-9$_.+!*'()-]+(\/[A-Za-z0-9$_.+!*'()-]+)*)?$/.test(String(inputs["apiMappingKey"] ?? ""))
        ? []
        : [`The apiMappingKey "${String(inputs["apiMappingKey"])}" is no path without slashes at its ends.`],
    async create({ inputs }, context) {
      const made = await context.client(ApiGatewayV2).createApiMapping(mapping(inputs));
      return { id: made.ApiMappingId ?? "" };
    },
    async update({ inputs }, earlier, context) {
      await context.client(ApiGatewayV2).updateApiMapping({ ...mapping(inputs), ApiMappingId: earlier.id });
      return { id: earlier.id };
    },
    remove: ({ id, inputs }, context) =>
      context.client(ApiGatewayV2).deleteApiMapping({ DomainName: text(inputs, "domainName"), ApiMappingId: id }),
  },
};

function configuration(inputs: Inputs): Inputs {
  return optionalRecord(inputs, "domainNameConfiguration") ?? {};
}

function checkDomain(inputs: Inputs, context: DeployContext): Faults {
  const name = String(inputs["domainName"]);
  const settings = configuration(inputs);
  const elsewhere = context
    .resources("aws:apigatewayv2/domainName:DomainName")
    .some(({ id, outputs }) => id === name && String(outputs["arn"]).split(":")[3] === context.region);
  return [
    checkDnsName(name, "domainName"),
    name.length > 512 && "The domainName is longer than the 512 characters that API Gateway takes.",
    elsewhere && `There is a custom domain ${name} in ${context.region} already.`,
    checkOneOf(settings, "endpointType", ["REGIONAL"]),
    checkOneOf(settings, "securityPolicy", ["TLS_1_2"]),
    !(settings["endpointType"] && settings["securityPolicy"]) &&
      "The domainNameConfiguration needs its endpointType and securityPolicy.",
    checkCertificate(settings["certificateArn"], context.region, [name], context),
  ];
}

function domainOf(inputs: Inputs, targetDomainName: string | undefined, { region }: DeployContext): Made {
  const name = dnsName(inputs["domainName"]);
  const hostedZoneId = apiGatewayZones[region] ?? `Z${region.replaceAll("-", "").toUpperCase()}`;
  return {
    id: name,
    outputs: {
      arn: `arn:aws:apigateway:${region}::/domainnames/${name}`,
      apiMappingSelectionExpression: "$request.basepath",
      domainNameConfiguration: { ...configuration(inputs), targetDomainName, hostedZoneId },
    },
  };
}

function mapping(inputs: Inputs) {
  return {
    DomainName: text(inputs, "domainName"),
    ApiId: text(inputs, "apiId"),
    Stage: text(inputs, "stage"),
    ApiMappingKey: optionalText(inputs, "apiMappingKey"),
  };
}
