import { createStepFunctionsClient } from "../../runtime/stepFunctionsClient";
import { clientLimits } from "./clients";
import { TaskReply } from "./executions/taskReply";

export const stepFunctions = () => createStepFunctionsClient(clientLimits);

export function createTaskReply(client = stepFunctions()): TaskReply {
  return new TaskReply(client);
}
