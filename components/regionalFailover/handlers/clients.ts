import { createDocumentClient, limitCalls } from "../../runtime/clients";

export { setting } from "../../runtime/clients";

/** Probes must fail fast: 1 s time-out, one retry. */
export const probeLimits = limitCalls(2, 1_000);

export const documentClient = () => createDocumentClient(probeLimits);
