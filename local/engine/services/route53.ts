import { createHash } from "node:crypto";
import {
  type DeployContext,
  type Inputs,
  type Made,
  type ResourceHandler,
  type ServiceHandlers,
  text,
  texts,
} from "../handler";
import type { Registration } from "../program";
import { checkBesideOthers, checkDnsName, checkHealthCheck, checkRecord, dnsName } from "./dnsRules";

/**
 * Checks Route 53's resources. Route 53 outlives every Region, so no Region's emulator holds the records: local/aws/edge answers
 * them from the resources as registered.
 */
export const route53: ServiceHandlers = {
  "aws:route53/zone:Zone": served({
    required: ["name"],
    check: (inputs) => checkDnsName(dnsName(inputs["name"]), "name"),
    made: (resource, { accountId }) => {
      const id = `Z${digest(resource).slice(0, 20).toUpperCase()}`;
      const nameServers = [1, 2, 3, 4].map((number) => `ns-${number}.awsdns-0${number}.example.`);
      return { id, outputs: { zoneId: id, arn: `arn:aws:route53:::hostedzone/${id}`, nameServers, accountId } };
    },
  }),
  "aws:route53/record:Record": served({
    required: ["name", "type", "zoneId"],
    check: (inputs, context) => [...checkRecord(inputs), ...checkBesideOthers(inputs, context)],
    made: ({ inputs }) => {
      const [zone, name, type] = [text(inputs, "zoneId"), text(inputs, "name"), text(inputs, "type")];
      const id = [zone, dnsName(name), type, inputs["setIdentifier"]].filter(Boolean).join("_");
      return { id, outputs: { fqdn: dnsName(name), name: dnsName(name) } };
    },
  }),
  "aws:route53/healthCheck:HealthCheck": served({
    required: ["type"],
    check: (inputs, context) => [...checkHealthCheck(inputs), ...checkChildren(inputs, context)],
    made: (resource) => {
      const id = digest(resource).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
      return { id, outputs: { arn: `arn:aws:route53:::healthcheck/${id}` } };
    },
  }),
};

function served({
  made,
  ...rules
}: Pick<ResourceHandler, "required" | "check"> & {
  made(resource: Registration, context: DeployContext): Made;
}): ResourceHandler {
  return {
    ...rules,
    isGlobal: true,
    create: async (resource, context) => made(resource, context),
    // A health check keeps its id, because records refer to it; a record's id consists of its name and type.
    update: async (resource, _earlier, context) => made(resource, context),
    async remove() {},
  };
}

function checkChildren(inputs: Inputs, { resources }: DeployContext): string[] {
  const known = new Set(resources("aws:route53/healthCheck:HealthCheck").map(({ id }) => id));
  return texts(inputs, "childHealthchecks")
    .filter((id) => !known.has(id))
    .map((id) => `There is no health check ${id}.`);
}

function digest({ urn }: Registration): string {
  return createHash("sha256").update(urn).digest("hex");
}
