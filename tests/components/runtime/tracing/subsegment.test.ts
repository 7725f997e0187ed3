import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect } from "chai";
import { beginSubsegment, type Outcome } from "../../../../components/runtime/tracing/subsegment";

const TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
const NAMES = ["AWS_XRAY_DAEMON_ADDRESS", "_X_AMZN_TRACE_ID"];

describe("beginSubsegment", () => {
  const earlier = { ...process.env };
  let daemon: Socket;
  before(async () => {
    daemon = createSocket("udp4").bind(0, "127.0.0.1");
    await once(daemon, "listening");
  });
  beforeEach(() => {
    process.env["AWS_XRAY_DAEMON_ADDRESS"] = `127.0.0.1:${daemon.address().port}`;
    process.env["_X_AMZN_TRACE_ID"] = TRACE;
  });
  after(() => {
    daemon.close();
    for (const name of NAMES) {
      if (earlier[name] === undefined) delete process.env[name];
      else process.env[name] = earlier[name];
    }
  });

  async function sent(outcome: Outcome): Promise<Record<string, unknown>> {
    const message = once(daemon, "message");
    beginSubsegment({ name: "payment.example.com" })!(outcome);
    return JSON.parse(String((await message)[0]).split("\n")[1]!);
  }

  it("classifies the outcome as X-Ray does", async () => {
    for (const [outcome, flags] of [
      [{ status: 200 }, {}],
      [{ status: 404 }, { error: true }],
      [{ status: 429 }, { error: true, throttle: true }],
      [{ status: 500 }, { fault: true }],
      [{ error: "no answer" }, { fault: true }],
    ] as const) {
      const { error, throttle, fault } = await sent(outcome);
      expect(JSON.parse(JSON.stringify({ error, throttle, fault })), JSON.stringify(outcome)).to.deep.equal(flags);
    }
  });

  it("names an error by its class, and sends nothing of its message", async () => {
    const segment = await sent({ status: 400, error: new TypeError("the-card") });
    expect(JSON.stringify(segment)).to.contain("TypeError").and.not.contain("the-card");
  });

  it("begins none for a call that is not sampled, or whose trace has no parent", () => {
    for (const header of [undefined, TRACE.replace("Sampled=1", "Sampled=0"), "Root=1-5759e988;Sampled=1"]) {
      if (header === undefined) delete process.env["_X_AMZN_TRACE_ID"];
      else process.env["_X_AMZN_TRACE_ID"] = header;
      expect(beginSubsegment({ name: "a" }), header).to.equal(undefined);
    }
  });
});
