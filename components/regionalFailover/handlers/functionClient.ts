import { createLambdaClient } from "../../runtime/lambdaClient";
import { probeLimits } from "./clients";

export const createFunctionClient = () => createLambdaClient(probeLimits);
