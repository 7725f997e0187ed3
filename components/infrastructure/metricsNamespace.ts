import * as pulumi from "@pulumi/pulumi";

/**
 * Returns the CloudWatch namespace of a store's own metrics: `PROJECT/STORE`. Two stacks in one account and Region
 * (development beside the primary) have separate namespaces, so that they do not raise each other's alarms. Both Regions
 * of a store share one, for the dashboard of all Regions.
 *
 * @param store name of the primary's stack. Default: this stack's.
 * @example
 * metricsNamespace("prod-east") // "stayopen/prod-east"
 */
export function metricsNamespace(store: string = pulumi.getStack()): string {
  return `${pulumi.getProject()}/${store}`;
}

/** Returns the environment that sets a function's metrics namespace; Powertools reads it. */
export const countingInto = (namespace: string) => ({ POWERTOOLS_METRICS_NAMESPACE: namespace });
