import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { expect } from "chai";
import { outgoing } from "../../../components/runtime/outgoing";

function* endless() {
  while (true) yield Buffer.alloc(65_536);
}

describe("outgoing.fetch", () => {
  let server: Server;
  let address: string;
  let received: { method?: string; url?: string; headers: IncomingMessage["headers"]; body: string }[];
  let resets = 0;
  const ended: Promise<unknown>[] = [];

  before(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        received.push({ method: request.method, url: request.url, headers: request.headers, body });
        if (request.url === "/hangs") return;
        if (request.url === "/resets" && resets-- > 0) return void request.socket.resetAndDestroy();
        if (request.url === "/endless") return void ended.push(once(Readable.from(endless()).pipe(response), "close"));
        if (request.url === "/moved") response.writeHead(302, { location: "/elsewhere" });
        response.end('{"status":"captured","name":"Café"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    received = [];
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const signal = () => AbortSignal.timeout(10_000);

  it("sends method, headers and body, and returns status and body", async () => {
    const body = JSON.stringify({ name: "Käthe" });
    const headers = { authorization: "Bearer key", "content-type": "application/json" };
    const response = await outgoing.fetch(`${address}/payments/1`, { method: "PUT", headers, body, signal: signal() });
    expect([response.status, response.ok]).to.deep.equal([200, true]);
    expect(JSON.parse(await response.text())).to.deep.equal({ status: "captured", name: "Café" });
    expect(Buffer.from(await response.arrayBuffer()).toString()).to.equal(await response.text());
    expect([...response.headers]).to.deep.include(["content-length", String(Buffer.byteLength(await response.text()))]);
    expect(received[0]).to.deep.include({ method: "PUT", url: "/payments/1", body });
    expect(received[0]!.headers).to.include({ ...headers, "content-length": String(Buffer.byteLength(body)) });
  });

  it("follows no redirect", async () => {
    const { status, ok } = await outgoing.fetch(`${address}/moved`, { signal: signal() });
    expect([status, ok]).to.deep.equal([302, false]);
    expect(received.map(({ url }) => url)).to.deep.equal(["/moved"]);
  });

  it("rejects with the reason of the signal when there is no answer in time", async () => {
    const error = await outgoing.fetch(`${address}/hangs`, { signal: AbortSignal.timeout(50) }).catch((e) => e);
    expect(error).to.have.property("name", "TimeoutError");
  });

  it("ends a response that is larger than the limit, on a used connection too, without a second call", async () => {
    await outgoing.fetch(`${address}/`, { signal: signal() });
    const error = await outgoing.fetch(`${address}/endless`, { signal: signal(), maxBytes: 100_000 }).catch((e) => e);
    expect(error).to.have.property("message", "the response is larger than 100000 bytes");
    const byDefault = await outgoing.fetch(`${address}/endless`, { signal: signal() }).catch((e) => e);
    expect(byDefault).to.have.property("message", "the response is larger than 4194304 bytes");
    // The server's connections have ended.
    await Promise.all(ended);
    expect(received.map(({ url }) => url)).to.deep.equal(["/", "/endless", "/endless"]);
  });

  it("reads a response of the limit's size", async () => {
    const { length: maxBytes } = Buffer.from('{"status":"captured","name":"Café"}');
    const response = await outgoing.fetch(`${address}/`, { signal: signal(), maxBytes });
    expect((await response.arrayBuffer()).byteLength).to.equal(maxBytes);
  });

  it("repeats a call whose idle connection the server has closed, on another connection", async () => {
    await outgoing.fetch(`${address}/`, { signal: signal() });
    resets = 1;
    const { status } = await outgoing.fetch(`${address}/resets`, { signal: signal() });
    expect(status).to.equal(200);
    expect(received.map(({ url }) => url)).to.deep.equal(["/", "/resets", "/resets"]);
  });

  it("repeats a POST under its idempotency key only", async () => {
    const post = (headers: Record<string, string>) =>
      outgoing.fetch(`${address}/resets`, { method: "POST", headers, body: "", signal: signal() });
    await outgoing.fetch(`${address}/`, { signal: signal() });
    resets = 1;
    expect((await post({ "Idempotency-Key": "order" })).status).to.equal(200);
    resets = 1;
    expect(await post({}).catch((error) => error.code)).to.equal("ECONNRESET");
    expect(received.map(({ method }) => method)).to.deep.equal(["GET", "POST", "POST", "POST"]);
  });

  describe("in a traced call", () => {
    let daemon: Socket;
    const { _X_AMZN_TRACE_ID: trace, AWS_XRAY_DAEMON_ADDRESS: daemonAddress } = process.env;

    before(async () => {
      daemon = createSocket("udp4").bind(0, "127.0.0.1");
      await once(daemon, "listening");
      process.env["AWS_XRAY_DAEMON_ADDRESS"] = `127.0.0.1:${daemon.address().port}`;
      process.env["_X_AMZN_TRACE_ID"] = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    });
    after(() => {
      daemon.close();
      for (const [name, value] of Object.entries({ _X_AMZN_TRACE_ID: trace, AWS_XRAY_DAEMON_ADDRESS: daemonAddress }))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    });

    it("adds host, path and status to the trace, and neither query string nor body", async () => {
      const message = once(daemon, "message");
      await outgoing.fetch(`${address}/payments/1?q=secret`, { method: "PUT", body: "{}", signal: signal() });
      const [, text] = String((await message)[0]).split("\n");
      expect(JSON.parse(text!)).to.deep.include({
        name: new URL(address).host,
        namespace: "remote",
        http: { request: { method: "PUT", url: `${address}/payments/1` }, response: { status: 200 } },
      });
    });
  });
});
