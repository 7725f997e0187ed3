import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Gate } from "../../../../local/aws/eventSources/gate";
import { StreamNotices } from "../../../../local/aws/eventSources/streamNotices";

describe("Notices of stream records", () => {
  let emulator: Server;
  let stopping: AbortController;
  let gate: Gate;
  let notices: StreamNotices;
  let running: Promise<void>;
  /** Requests that the emulator has not answered yet, and the waits for one. */
  let requests: { after: number; response: ServerResponse }[];
  let arrived: PromiseWithResolvers<void>;

  /** The next request of the notices. */
  const asked = async () => {
    while (requests.length === 0) await arrived.promise;
    return requests.shift()!;
  };

  beforeEach(async () => {
    requests = [];
    arrived = Promise.withResolvers();
    emulator = createServer(({ url = "" }, response) => {
      requests.push({ after: Number(new URL(url, "http://emulator").searchParams.get("after")), response });
      arrived.resolve();
      arrived = Promise.withResolvers();
    });
    await new Promise<void>((resolve) => emulator.listen(0, "127.0.0.1", resolve));
    stopping = new AbortController();
    gate = new Gate();
    notices = new StreamNotices(`http://127.0.0.1:${(emulator.address() as AddressInfo).port}`, gate, stopping.signal);
    running = notices.run();
  });
  afterEach(async () => {
    stopping.abort();
    gate.open();
    await running;
    emulator.closeAllConnections();
    await new Promise((resolve) => emulator.close(resolve));
  });

  it("wake the readers of the tables with new records only, and ask for later ones", async () => {
    const first = await asked();
    expect(first.after).to.equal(0);
    const woken = notices.after("orders", notices.count("orders"));
    const others = notices.count("products");
    first.response.end(JSON.stringify({ count: 7, tables: ["orders"] }));
    await woken;
    expect(notices.count("products")).to.equal(others);
    expect((await asked()).after).to.equal(7);
  });

  it("do not miss a record that arrives while its stream is read", async () => {
    const known = notices.count("orders");
    (await asked()).response.end(JSON.stringify({ count: 1, tables: ["orders"] }));
    await asked();
    await notices.after("orders", known);
  });

  it("wake every reader when nothing arrives for a while, and when the emulator gives no notices", async () => {
    for (const answer of [JSON.stringify({ count: 0, tables: [] }), "no such path"]) {
      const { response } = await asked();
      const woken = ["orders", "products"].map((table) => notices.after(table, notices.count(table)));
      response.statusCode = answer.startsWith("{") ? 200 : 404;
      response.end(answer);
      await Promise.all(woken);
    }
  });

  it("end with the event sources, frozen or not", async () => {
    gate.shut();
    const waiting = notices.after("orders", notices.count("orders"));
    stopping.abort();
    await Promise.all([waiting, running]);
  });
});
