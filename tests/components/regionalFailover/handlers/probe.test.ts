import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { probe, probeFunction } from "../../../../components/regionalFailover/handlers/probe";

describe("probe", () => {
  let server: Server;
  let address: string;

  before(async () => {
    server = createServer(({ url }, response) => {
      if (url === "/hangs") return;
      const status = Number(url?.slice(1));
      response.writeHead(status, status === 302 ? { location: "/200" } : {}).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("judges the status, and follows no redirect", async () => {
    expect(await probe(`${address}/200`, 1_000)).to.deep.equal({ verdict: "works", said: "200" });
    expect(await probe(`${address}/503`, 1_000)).to.deep.equal({ verdict: "fails", said: "503" });
    expect(await probe(`${address}/302`, 1_000)).to.deep.equal({ verdict: "nothing", said: "302" });
  });

  it("counts no response in time as a failure, with its reason", async () => {
    const { verdict, said } = await probe(`${address}/hangs`, 50);
    expect(verdict).to.equal("fails");
    expect(said).to.match(/^TimeoutError: /);
  });

  it("counts a refused connection as a failure, with its code", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await probe(`http://127.0.0.1:${port}/`, 1_000)).to.deep.equal({ verdict: "fails", said: "ECONNREFUSED" });
  });
});

describe("probeFunction", () => {
  const outcome = (answer: object | Error) => {
    const client = {
      async send() {
        if (answer instanceof Error) throw answer;
        return answer;
      },
    } as unknown as LambdaClient;
    return probeFunction(client, "arn:check", 1_000);
  };
  const payload = (value: unknown) => ({ Payload: Buffer.from(JSON.stringify(value)) });

  it("judges the status of the result", async () => {
    expect(await outcome(payload({ statusCode: 200 }))).to.deep.equal({ verdict: "works", said: "200" });
    expect(await outcome(payload({ statusCode: 503 }))).to.deep.equal({ verdict: "fails", said: "503" });
    expect(await outcome(payload(null))).to.deep.equal({ verdict: "fails", said: "500" });
  });

  it("counts an error of the function as a failure", async () => {
    const failed = { FunctionError: "Unhandled", ...payload({ errorMessage: "boom" }) };
    expect(await outcome(failed)).to.deep.equal({ verdict: "fails", said: 'Unhandled: {"errorMessage":"boom"}' });
  });

  it("treats a throttled call as inconclusive, and one without a response as a failure", async () => {
    const throttled = Object.assign(new Error("slow down"), { name: "TooMany", $metadata: { httpStatusCode: 429 } });
    expect(await outcome(throttled)).to.deep.equal({ verdict: "nothing", said: "TooMany: slow down" });
    expect(await outcome(new Error("socket closed"))).to.include({ verdict: "fails" });
  });
});
