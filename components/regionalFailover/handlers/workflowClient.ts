import { createStepFunctionsClient } from "../../runtime/stepFunctionsClient";
import { probeLimits } from "./clients";

export const createWorkflowClient = () => createStepFunctionsClient(probeLimits);
