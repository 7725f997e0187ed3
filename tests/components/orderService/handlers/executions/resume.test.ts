import { expect } from "chai";
import { resumeExecution } from "../../../../../components/orderService/handlers/executions/resume";
import { TaskReply } from "../../../../../components/orderService/handlers/executions/taskReply";
import { itemOf } from "../../../../kit/orderArbitraries";
import { MemoryStore, workflowsAnswering } from "../../../../kit/orderFakes";

describe("resumeExecution", () => {
  it("fails the waiting task with Woken, once", async () => {
    const store = new MemoryStore([itemOf()]);
    const { client, sent } = workflowsAnswering();
    await store.startWait("id", 1, "token", "now");
    for (let time = 0; time < 2; time++) await resumeExecution(store, new TaskReply(client), "id");
    expect(sent.map(({ input }) => [input["taskToken"], input["error"]])).to.deep.equal([["token", "Woken"]]);
  });

  it("does nothing while no execution waits", async () => {
    const { client, sent } = workflowsAnswering();
    await resumeExecution(new MemoryStore([itemOf()]), new TaskReply(client), "id");
    expect(sent).to.deep.equal([]);
  });

  it("records the webhook that is the reason, which resumes no later wait when it is delivered twice", async () => {
    const store = new MemoryStore([itemOf()]);
    const { client, sent } = workflowsAnswering();
    await store.startWait("id", 1, "first", "now");
    await resumeExecution(store, new TaskReply(client), "id", "hook");
    expect(store.wait?.token).to.equal(undefined);
    expect([...(store.wait?.wokenBy ?? [])]).to.deep.equal(["hook"]);
    await store.startWait("id", 1, "second", "now");
    await resumeExecution(store, new TaskReply(client), "id", "hook");
    expect(store.wait?.token).to.equal("second");
    await resumeExecution(store, new TaskReply(client), "id", "another");
    expect(sent.map(({ input }) => input["taskToken"])).to.deep.equal(["first", "second"]);
  });

  it("records nothing when the task could not be answered, so that the event is retried", async () => {
    const store = new MemoryStore([itemOf()]);
    const { client } = workflowsAnswering(() => {
      throw new Error("throttled");
    });
    await store.startWait("id", 1, "first", "now");
    const failed = await resumeExecution(store, new TaskReply(client), "id", "hook").catch(
      (error: Error) => error.message,
    );
    expect(failed).to.equal("throttled");
    expect(store.wait?.token).to.equal("first");
    expect(store.wait?.wokenBy).to.equal(undefined);
  });
});
