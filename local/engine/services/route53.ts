import {
  computed,
  type DeployContext,
  type Inputs,
  type ServiceHandlers,
  text,
  texts,
  urnDigest,
  urnUuid,
} from "../handler";
import { checkBesideOthers, checkDnsName, checkHealthCheck, checkRecord, dnsName } from "./dnsRules";

/**
 * Checks Route 53's resources. Route 53 outlives every Region, so no Region's emulator holds the records: local/aws/edge answers
 * them from the resources as registered.
 */
export const route53: ServiceHandlers = {
  "aws:route53/zone:Zone": computed(
    {
      required: ["name"],
      check: (inputs) => checkDnsName(dnsName(inputs["name"]), "name"),
    },
    (resource, { accountId }) => {
      const id = `Z${urnDigest(resource).slice(0, 20).toUpperCase()}`;
      const nameServers = [1, 2, 3, 4].map((number) => `ns-${number}.awsdns-0${number}.example.`);
      return { id, outputs: { zoneId: id, arn: `arn:aws:route53:::hostedzone/${id}`, nameServers, accountId } };
    },
  ),
  "aws:route53/record:Record": computed(
    {
      required: ["name", "type", "zoneId"],
      check: (inputs, context) => [...checkRecord(inputs), ...checkBesideOthers(inputs, context)],
    },
    ({ inputs }) => {
      const [zone, name, type] = [text(inputs, "zoneId"), text(inputs, "name"), text(inputs, "type")];
      const id = [zone, dnsName(name), type, inputs["setIdentifier"]].filter(Boolean).join("_");
      return { id, outputs: { fqdn: dnsName(name), name: dnsName(name) } };
    },
  ),
  "aws:route53/healthCheck:HealthCheck": computed(
    {
      required: ["type"],
      check: (inputs, context) => [...checkHealthCheck(inputs), ...checkChildren(inputs, context)],
    },
    (resource) => {
      const id = urnUuid(resource);
      return { id, outputs: { arn: `arn:aws:route53:::healthcheck/${id}` } };
    },
  ),
};

function checkChildren(inputs: Inputs, { resources }: DeployContext): string[] {
  const known = new Set(resources("aws:route53/healthCheck:HealthCheck").map(({ id }) => id));
  return texts(inputs, "childHealthchecks")
    .filter((id) => !known.has(id))
    .map((id) => `There is no health check ${id}.`);
}
