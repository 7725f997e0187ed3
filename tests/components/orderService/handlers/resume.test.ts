import { expect } from "chai";
import { resumeExecution, resumeTask } from "../../../../components/orderService/handlers/resume";
import { TaskReply } from "../../../../components/orderService/handlers/taskReply";
import { itemOf } from "../../../kit/orderArbitraries";
import { MemoryStore, workflowsAnswering } from "../../../kit/orderFakes";

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
});

describe("resumeTask", () => {
  const check = { orderId: "id", epoch: 1, openTask: "first", webhookId: "hook" };

  it("resumes the step and records the webhook", async () => {
    const store = new MemoryStore([itemOf()]);
    const { client, sent } = workflowsAnswering();
    await store.startWait("id", 1, "first", "now");
    await resumeTask(store, new TaskReply(client), check);
    expect(sent.map(({ input }) => input["taskToken"])).to.deep.equal(["first"]);
    expect(store.wait?.token).to.equal(undefined);
    expect([...(store.wait?.wokenBy ?? [])]).to.deep.equal(["hook"]);
  });

  it("leaves a later wait alone when it is delivered twice or late", async () => {
    const store = new MemoryStore([itemOf()]);
    const { client } = workflowsAnswering(() => {
      throw Object.assign(new Error("over"), { name: "TaskTimedOut" });
    });
    await store.startWait("id", 1, "second", "now");
    await resumeTask(store, new TaskReply(client), check);
    expect(store.wait?.token).to.equal("second");
  });

  it("records nothing when the task could not be answered, so that the event is retried", async () => {
    const store = new MemoryStore([itemOf()]);
    const { client } = workflowsAnswering(() => {
      throw new Error("throttled");
    });
    await store.startWait("id", 1, "first", "now");
    const failed = await resumeTask(store, new TaskReply(client), check).catch((error: Error) => error.message);
    expect(failed).to.equal("throttled");
    expect(store.wait?.token).to.equal("first");
    expect(store.wait?.wokenBy).to.equal(undefined);
  });
});
