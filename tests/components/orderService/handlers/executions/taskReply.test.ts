import { TaskReply } from "../../../../../components/orderService/handlers/executions/taskReply";
import { workflowsAnswering } from "../../../../kit/orderFakes";

describe("TaskReply", () => {
  for (const name of ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]) {
    it(`ignores ${name}, since the task is over`, async () => {
      const { client } = workflowsAnswering(() => {
        throw Object.assign(new Error(name), { name });
      });
      await new TaskReply(client).succeeds("token");
    });
  }
});
