import { limitCalls } from "../../runtime/clients";

/** Limits of AWS clients: three attempts of at most two seconds fit into an API function's time-out. */
export const awsClientConfig = limitCalls(3, 2_000);
