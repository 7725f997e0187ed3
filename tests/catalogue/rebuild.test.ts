import type { SFNClient } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { rebuildIndex } from "../../catalogue/rebuild";

/** A state machine whose execution has these states, one a poll; the last one stays. */
function machine(...states: object[]) {
  const sent: { name: string; input: Record<string, unknown> }[] = [];
  const client = {
    async send(command: { constructor: { name: string }; input: Record<string, unknown> }) {
      sent.push({ name: command.constructor.name, input: command.input });
      if (command.constructor.name === "StartExecutionCommand") return { executionArn: "arn:execution" };
      return states.length > 1 ? states.shift() : states[0];
    },
  } as unknown as SFNClient;
  const run = (more: object = {}) => rebuildIndex({ client, stateMachineArn: "arn:machine", pollMs: 1, ...more });
  return { run, sent };
}

const RUNNING = { status: "RUNNING" };

describe("rebuildIndex", () => {
  it("waits for the end and returns the result", async () => {
    const { run, sent } = machine(RUNNING, { status: "SUCCEEDED", output: '{"products":3}' });
    let polls = 0;
    expect(await run({ onProgress: () => polls++ })).to.deep.equal({ products: 3 });
    expect(polls).to.equal(1);
    expect(sent[0]!.input).to.include({ stateMachineArn: "arn:machine", input: "{}" });
    expect(sent[0]!.input["name"]).to.match(/^\d{8}t\d{6}$/);
  });

  it("throws the reason of a failure", async () => {
    const { run } = machine({ status: "FAILED", error: "States.Timeout", cause: "too slow" });
    const failure = await run().catch((error: Error) => error.message);
    expect(failure).to.equal("The rebuild ended as FAILED: States.Timeout too slow");
  });

  it("stops waiting after its patience, and names the execution that continues", async () => {
    const failure = await machine(RUNNING)
      .run({ patienceMs: 5 })
      .catch((error: Error) => error.message);
    expect(failure).to.match(/^The rebuild still runs .* Watch the execution arn:execution\.$/);
  });
});
