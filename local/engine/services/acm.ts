import { createHash } from "node:crypto";
import {
  computed,
  type DeployContext,
  type Inputs,
  type ResourceHandler,
  records,
  type ServiceHandlers,
  text,
  texts,
  urnUuid,
} from "../handler";
import { checkArn, checkOneOf } from "../rules";
import { checkDnsName, dnsName } from "./dnsRules";

const certificate: ResourceHandler = {
  isGlobal: true,
  required: ["domainName"],
  check: (inputs) => [
    namesOf(inputs).flatMap((name) => checkDnsName(name, "domainName")),
    checkOneOf(inputs, "validationMethod", ["DNS", "EMAIL"]),
    inputs["validationMethod"] === undefined && `The argument "validationMethod" is missing.`,
    // X.509 keeps 64 characters for the subject's name.
    dnsName(inputs["domainName"]).length > 64 && "The domainName is longer than the 64 characters that ACM takes.",
    namesOf(inputs).length > 10 && "ACM gives a certificate for at most 10 names without a raised quota.",
  ],
  async create(resource, context) {
    const { inputs } = resource;
    context.notEmulated(
      resource,
      "Certificates are not issued here: the functions' network presents its own, which the functions trust.",
    );
    const arn = `arn:aws:acm:${context.region}:${context.accountId}:certificate/${urnUuid(resource)}`;
    const outputs = {
      arn,
      domainName: dnsName(inputs["domainName"]),
      subjectAlternativeNames: namesOf(inputs),
      domainValidationOptions: namesOf(inputs).map((name) => validationOf(name, context)),
      status: "PENDING_VALIDATION",
      type: "AMAZON_ISSUED",
      keyAlgorithm: inputs["keyAlgorithm"] ?? "RSA_2048",
      validationEmails: [],
    };
    return { id: arn, outputs };
  },
  async remove() {},
};

const certificateValidation = computed(
  {
    required: ["certificateArn"],
    check: (inputs, context) => [...checkArn(inputs, "certificateArn"), ...checkValidated(inputs, context)],
  },
  () => ({ id: "0001-01-01 00:00:00 +0000 UTC" }),
);

export const acm: ServiceHandlers = {
  "aws:acm/certificate:Certificate": certificate,
  "aws:acm/certificateValidation:CertificateValidation": certificateValidation,
};

function namesOf(inputs: Inputs): string[] {
  return [...new Set([inputs["domainName"], ...texts(inputs, "subjectAlternativeNames")].map(dnsName))];
}

/** The record that proves a name to ACM: the same for every Region and certificate of the account, and for `*.` too. */
function validationOf(name: string, { accountId }: DeployContext): Record<string, string> {
  const base = name.replace(/^\*\./, "");
  const digits = createHash("sha256").update(`${accountId} ${base}`).digest("hex");
  return {
    domainName: name,
    resourceRecordName: `_${digits.slice(0, 32)}.${base}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${digits.slice(32)}.local.acm-validations.aws.`,
  };
}

/** Checks a certificate's validation records. With one missing, the provider would wait and give up after 75 minutes. */
function checkValidated(inputs: Inputs, { region, resources }: DeployContext): string[] {
  const arn = String(inputs["certificateArn"]);
  const [issued] = resources("aws:acm/certificate:Certificate").filter(({ id }) => id === arn);
  if (!issued) return [`There is no certificate ${arn}.`];
  if (arn.split(":")[3] !== region) {
    return [
      `The certificate is in ${arn.split(":")[3]}, its validation in ${region}: give the validation the same region.`,
    ];
  }
  const wanted = records(issued.outputs, "domainValidationOptions");
  const given =
    inputs["validationRecordFqdns"] === undefined ? undefined : texts(inputs, "validationRecordFqdns").map(dnsName);
  const there = new Map(
    resources("aws:route53/record:Record").map(({ inputs: record }) => [
      dnsName(record["name"]),
      texts(record, "records").map(dnsName),
    ]),
  );
  return wanted.flatMap((option) => {
    const name = dnsName(option["resourceRecordName"]);
    if (given && !given.includes(name))
      return [`The validationRecordFqdns lack ${name}, the record for ${text(option, "domainName")}.`];
    return there.get(name)?.includes(dnsName(option["resourceRecordValue"]))
      ? []
      : [
          `No stack has the record ${name}, which proves ${text(option, "domainName")} to ACM: the certificate would never be issued.`,
        ];
  });
}

/** Returns true if a certificate covers a name; a star stands for one label. */
function covers(certificateNames: readonly string[], name: string): boolean {
  return certificateNames.some(
    (each) => each === name || (each.startsWith("*.") && name.slice(name.indexOf(".")) === each.slice(1)),
  );
}

/** Checks that the certificate exists in its Region and covers the names. */
export function checkCertificate(
  arn: unknown,
  region: string,
  hostNames: readonly string[],
  { resources }: DeployContext,
): string[] {
  if (typeof arn !== "string") return ["The argument certificateArn is missing."];
  if (arn.split(":")[3] !== region)
    return [`The certificate ${arn} is in ${arn.split(":")[3]}; it must be in ${region}.`];
  const [found] = resources("aws:acm/certificate:Certificate").filter(({ id }) => id === arn);
  if (!found) return [`There is no certificate ${arn}.`];
  const names = texts(found.outputs, "subjectAlternativeNames");
  return hostNames
    .filter((name) => !covers(names, dnsName(name)))
    .map((name) => `The certificate is for ${names.join(", ")} and not for ${name}.`);
}
