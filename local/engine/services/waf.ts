import { type Inputs, records, type ServiceHandlers, text, unavailable } from "../handler";
import { checkOneOf } from "../rules";

const NOTHING_BLOCKED = "The local run's edge has no WAF: it blocks no request and limits no rate.";

export const waf: ServiceHandlers = {
  "aws:wafv2/webAcl:WebAcl": {
    ...unavailable(NOTHING_BLOCKED, ({ inputs, urn }, { accountId, region }) => {
      const name = text(inputs, "name");
      const arn = `arn:aws:wafv2:${region}:${accountId}:global/webacl/${name}/${urn.split("::").at(-1)}`;
      return { id: arn, outputs: { arn } };
    }),
    autoName: { property: "name", maxLength: 128 },
    required: ["scope", "defaultAction", "visibilityConfig"],
    check: (inputs, { region }) => [
      checkOneOf(inputs, "scope", ["CLOUDFRONT", "REGIONAL"]),
      inputs["scope"] === "CLOUDFRONT" &&
        region !== "us-east-1" &&
        `The scope CLOUDFRONT needs the Region us-east-1, not ${region}.`,
      priorityFaults(records(inputs, "rules")),
    ],
  },
};

/** WAF evaluates rules by their priorities, which must differ. */
function priorityFaults(rules: Inputs[]): string[] {
  const priorities = new Set(rules.map(({ priority }) => priority));
  return priorities.size === rules.length ? [] : ["Two rules have the same priority."];
}
