import type * as pulumi from "@pulumi/pulumi";
import type { WebhookReader } from "../../domain/order";
import type { Grant } from "../inlineFunction";

/** One implementation of a port, with what a function needs to use it. */
export interface Adapter<Port> {
  environment: Record<string, pulumi.Input<string>>;
  grants: Grant[];
  /**
   * Creates the port from the environment, once per cold start. Exported by a file that does not load Pulumi, so that
   * the bundles of the functions import it, and no other implementation.
   */
  connect: () => Port;
}

/** A payment or shipping provider: the calls to it, and its webhooks. */
export interface ProviderAdapter<Provider> {
  calls: Adapter<Provider>;
  webhooks: Adapter<WebhookReader>;
}
