import { PolicyPack } from "@pulumi/policy";
import { RULES } from "./rules";

/**
 * The store's rules as a CrossGuard policy pack, for `pulumi preview --policy-pack policies`. All are mandatory.
 */
new PolicyPack("stayopen", {
  policies: RULES.map(({ name, description, types, check }) => ({
    name,
    description,
    enforcementLevel: "mandatory",
    validateResource: (resource, report) => {
      if (!types.includes(resource.type)) return;
      for (const violation of check({ type: resource.type, name: resource.name, props: resource.props })) {
        report(violation);
      }
    },
  })),
});
