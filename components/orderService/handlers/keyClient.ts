import { KMSClient } from "@aws-sdk/client-kms";
import { clientLimits, traced } from "./clients";

export function createKeyClient(): KMSClient {
  return traced(new KMSClient(clientLimits));
}
