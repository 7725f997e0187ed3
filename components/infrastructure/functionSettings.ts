import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentChecks } from "../arguments/checks";
import { withDefaults } from "../arguments/overrides";
import type { InlineFunctionArgs } from "../inlineFunction/args";

/** Settings of a service's function. */
export interface FunctionSettings {
  /** Memory in MB, 128 to 10,240. The share of a processor grows with it. Default: the function's own, 256 to 1,024. */
  memoryMb?: pulumi.Input<number>;
  /** Highest number of concurrent invocations, reserved from the account's pool; 0 disables the function. Default: the account's limit. */
  reservedConcurrency?: pulumi.Input<number>;
  /** Subnets and security groups, which must reach AWS's services and, for some functions, the internet. Default: no VPC. */
  vpc?: InlineFunctionArgs<never, unknown>["vpc"];
  /** Processor. Layers must be built for it. Default: `arm64`. */
  architecture?: InlineFunctionArgs<never, unknown>["architecture"];
  /** ARNs of at most five layers, such as an agent's. Default: none. */
  layers?: InlineFunctionArgs<never, unknown>["layers"];
}

/** Settings of a function whose time-out may be raised. */
export interface TimedFunctionSettings extends FunctionSettings {
  /** Time-out in seconds, from the function's own up to 29 for an API's, because API Gateway waits for 30. Default: the function's own. */
  timeoutSeconds?: number;
}

/** A function's own time-out and the highest one that may be set; `fixed` where other time limits depend on it. */
export type TimeoutRange = readonly [own: number, most: number] | "fixed";

type TimedNames<Timeouts> = {
  [Name in keyof Timeouts]: Timeouts[Name] extends "fixed" ? never : Name;
}[keyof Timeouts];

/** Settings by function; those of `all` apply to each function, unless it has its own. */
export type FunctionSettingsByName<Timeouts> = {
  [Name in Exclude<keyof Timeouts, TimedNames<Timeouts>>]?: FunctionSettings;
} & { [Name in TimedNames<Timeouts>]?: TimedFunctionSettings } & { all?: FunctionSettings };

/** The part of a service's arguments that applies to each of its functions. */
export interface FunctionArgs<Timeouts> {
  functions?: FunctionSettingsByName<Timeouts>;
  logRetentionDays?: number;
}

/** Returns the arguments of an `InlineFunction` that a service's caller has set. Spread them last. */
export function settingsOf<Timeouts>(
  { functions, logRetentionDays }: FunctionArgs<Timeouts>,
  name: keyof Timeouts & string,
): TimedFunctionSettings & { logRetentionDays?: number } {
  const settings: Partial<Record<string, TimedFunctionSettings>> = functions ?? {};
  return withDefaults<TimedFunctionSettings & { logRetentionDays?: number }>(
    { ...(logRetentionDays !== undefined && { logRetentionDays }), ...withDefaults({}, settings["all"]) },
    settings[name],
  );
}

/**
 * Checks the settings of a service's functions.
 *
 * @param timeouts each function of the service.
 */
export function checkFunctionSettings<Timeouts extends Record<string, TimeoutRange>>(
  checks: ArgumentChecks,
  functions: FunctionSettingsByName<Timeouts> | undefined,
  timeouts: Timeouts,
): void {
  checks.fields("functions", functions, { all: true, ...timeouts });
  const settings: Partial<Record<string, TimedFunctionSettings>> = functions ?? {};
  for (const [name, given] of Object.entries(settings)) {
    const path = `functions.${name}`;
    checks.fields(path, given, FIELDS);
    if (given === undefined) continue;
    const { memoryMb, reservedConcurrency, timeoutSeconds, vpc, architecture, layers } = given;
    checks.wholeNumber({ [`${path}.memoryMb`]: memoryMb }, [128, 10_240]);
    checks.wholeNumber({ [`${path}.reservedConcurrency`]: reservedConcurrency }, [0]);
    checks.oneOf({ [`${path}.architecture`]: architecture }, ["arm64", "x86_64"]);
    checks.fields(`${path}.vpc`, vpc, { subnetIds: true, securityGroupIds: true });
    if (Array.isArray(layers) && layers.length > 5) {
      throw checks.violation(`${path}.layers`, `has ${layers.length} layers`, "have at most 5");
    }
    if (timeoutSeconds === undefined) continue;
    const range = timeouts[name] ?? "fixed";
    if (range === "fixed") {
      const reason = name === "all" ? "each function has its own limits" : "other time limits depend on it";
      throw checks.violation(`${path}.timeoutSeconds`, `is ${timeoutSeconds}`, "be left out", reason);
    }
    checks.wholeNumber({ [`${path}.timeoutSeconds`]: timeoutSeconds }, range);
  }
}

const FIELDS: Record<keyof TimedFunctionSettings, true> = {
  memoryMb: true,
  reservedConcurrency: true,
  timeoutSeconds: true,
  vpc: true,
  architecture: true,
  layers: true,
};
