import { createSocket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { startTraces, type Traces } from "../../../local/aws/traces";

const order = "7ZQ4M2ABCDEFGHJKMNPQRSTVWX";
const [root, other] = ["1-68000000-000000000000000000000001", "1-68000000-000000000000000000000002"];

describe("startTraces", () => {
  let traces: Traces;
  beforeEach(async () => {
    traces = await startTraces({ region: "us-east-1", subjectPattern: "[0-9A-Z]{26}", limit: 2 });
  });
  afterEach(() => traces.stop());

  /** Sends datagrams in order and waits until the daemon has read them. */
  async function send(...bodies: (object | string)[]): Promise<void> {
    const [host, port] = traces.functionEnvironment["AWS_XRAY_DAEMON_ADDRESS"]!.split(":");
    const socket = createSocket("udp4");
    for (const body of bodies) {
      const text = typeof body === "string" ? body : `{"format":"json","version":1}\n${JSON.stringify(body)}`;
      await new Promise((sent) => socket.send(text, Number(port), host, sent));
    }
    socket.close();
    await sleep(50);
  }
  const segment = (trace_id: string, more: object) => ({
    name: "orders-submit",
    trace_id,
    start_time: 1_000.5,
    ...more,
  });
  const begun = (trace_id: string, subjects: string) =>
    segment(trace_id, { in_progress: true, annotations: { subjects, cold_start: true } });

  it("keeps a function's call with its requests, by the subjects of event and answer", async () => {
    await send(
      begun(root, ""),
      {
        type: "subsegment",
        trace_id: root,
        name: "DynamoDB",
        aws: { operation: "PutItem", region: "us-east-1", table_name: "orders", request_id: "r" },
        http: { response: { status: 400 } },
        start_time: 1_000.6,
        end_time: 1_000.7,
        error: true,
        cause: { exceptions: [{ type: "ConditionalCheckFailedException" }] },
      },
      segment(root, { end_time: 1_001, annotations: { subjects: order, cold_start: true } }),
    );
    expect(traces.callsOf(order)).to.deep.equal([
      {
        traceId: root,
        region: "us-east-1",
        functionName: "orders-submit",
        at: "1970-01-01T00:16:40.500Z",
        endAt: "1970-01-01T00:16:41.000Z",
        isColdStart: true,
        pid: undefined,
        error: undefined,
        calls: [
          {
            title: "DynamoDB PutItem",
            subject: "orders",
            at: "1970-01-01T00:16:40.600Z",
            endAt: "1970-01-01T00:16:40.700Z",
            status: 400,
            error: "ConditionalCheckFailedException",
          },
        ],
      },
    ]);
    expect(traces.callsOf("another")).to.deep.equal([]);
  });

  it("shows a call whose environment died as not ended", async () => {
    await send(begun(root, order));
    expect(traces.callsOf(order).map(({ endAt }) => endAt)).to.deep.equal([undefined]);
  });

  it("names the error of a failed call", async () => {
    const cause = { exceptions: [{ type: "TransientError", message: "no answer" }] };
    await send(begun(root, order), segment(root, { end_time: 1_001, fault: true, cause }));
    expect(traces.callsOf(order)[0]!.error).to.equal("TransientError: no answer");
  });

  it("drops a call that named no subject, and the oldest beyond its limit", async () => {
    await send(begun(other, ""), segment(other, { end_time: 1_001 }));
    const ids = [1, 2, 3].map((n) => `${root.slice(0, -1)}${n}`);
    await send(...ids.map((id) => begun(id, order)));
    expect(traces.callsOf(order).map(({ traceId }) => traceId)).to.deep.equal(ids.slice(1));
  });

  it("ignores datagrams that are no segments", async () => {
    await send("", "{}\nnot JSON", "{}\nnull", "{}\n[]", `{}\n{"trace_id":1}`, begun(root, order));
    expect(traces.callsOf(order)).to.have.length(1);
  });
});
