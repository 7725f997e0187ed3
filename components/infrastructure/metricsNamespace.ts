import * as pulumi from "@pulumi/pulumi";

/**
 * CloudWatch namespace of what a store counts of itself: `PROJECT/STORE`. A namespace is an account's, so two stacks in one
 * account and Region (development beside the primary) would otherwise count into each other's numbers, and set off each
 * other's alarms. Both Regions of a store have the same, for a dashboard that shows both.
 *
 * @param store name of the primary's stack. Default: this stack's.
 * @example
 * metricsNamespace("prod-east") // "stayopen/prod-east"
 */
export function metricsNamespace(store: string = pulumi.getStack()): string {
  return `${pulumi.getProject()}/${store}`;
}

/** Environment by which a function counts into a namespace: Powertools reads it, so that the code is the same in each stack. */
export const countingInto = (namespace: string) => ({ POWERTOOLS_METRICS_NAMESPACE: namespace });
