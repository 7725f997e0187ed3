import { createDocumentClient, limitCalls } from "../../runtime/clients";

/** Limits of AWS clients: three attempts of at most two seconds fit into an API function's time-out. */
export const clientLimits = limitCalls(3, 2_000);

export const documentClient = () => createDocumentClient(clientLimits);
