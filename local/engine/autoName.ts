import { createHash } from "node:crypto";
import type { AutoName, Inputs } from "./handler";
import type { Registration } from "./program";

/**
 * Adds the name that the provider would choose: the Pulumi name, a dash and seven hex digits. The digits are the same in each run
 * of one data folder (`seed`) and differ between folders.
 */
export function withAutoName(resource: Registration, autoName: AutoName | undefined, seed: string): Inputs {
  if (autoName === undefined || typeof resource.inputs[autoName.property] === "string") return resource.inputs;
  const digits = createHash("sha256").update(`${seed} ${resource.urn}`).digest("hex").slice(0, 7);
  const name = `${resource.name}-${digits}`;
  const whole = autoName.transform?.(name, resource.inputs) ?? name;
  if (whole.length > autoName.maxLength) {
    throw new Error(
      `gets the name "${whole}", ${whole.length} characters, where AWS allows ${autoName.maxLength}: give it a shorter Pulumi name, or a ${autoName.property}.`,
    );
  }
  return { ...resource.inputs, [autoName.property]: whole };
}
