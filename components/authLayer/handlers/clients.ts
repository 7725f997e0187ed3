import { createDocumentClient, limitCalls, setting } from "../../runtime/clients";

export { setting };

/** Limits of AWS clients: Cognito waits five seconds for a trigger, so two attempts must fit with time to spare. */
export const clientLimits = limitCalls(2, 1_500);

/** Limits of calls that can wait until the next event: one attempt. */
export const singleAttempt = { ...clientLimits, maxAttempts: 1 };

export const documentClient = () => createDocumentClient(clientLimits);
