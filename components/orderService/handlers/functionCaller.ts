import { createLambdaClient } from "../../runtime/lambdaClient";
import { clientLimits } from "./clients";

/** Creates the client for asynchronous invocations: its response only confirms that Lambda will invoke the function. */
export const functionCaller = () => createLambdaClient(clientLimits);
