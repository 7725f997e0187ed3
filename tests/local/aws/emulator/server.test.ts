import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { emulatorPython, projectRoot } from "../../../../local/aws/emulator/python";

/** An application that answers with what it was asked; some paths have it behave in another way. */
const APPLICATION = `
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
import server

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            print(message["type"], flush=True)
            await send({"type": message["type"] + ".complete"})
    bodies = []
    more = True
    while more and scope["path"] != "/early":
        message = await receive()
        bodies.append(message["body"])
        more = message["more_body"]
    path = scope["path"]
    if path == "/fault":
        raise ValueError("the application's fault")
    if path == "/gone":
        print("waiting", flush=True)
        print((await receive())["type"], flush=True)
        return
    if path == "/slow":
        print("answering", flush=True)
        await asyncio.sleep(0.3)
    status = 204 if path == "/empty" else 200
    headers = [(b"x-bad", b"a\\r\\nset-cookie: b")] if path == "/split" else [(b"X-Own", b" 1 ")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    query, client = scope["query_string"].decode(), scope["client"][0]
    seen = [scope["method"], path, query, b"".join(bodies).decode(), dict(scope["headers"]).get(b"x-a", b"").decode(), client]
    body = json.dumps(seen).encode()
    if path == "/parts":
        for part in (body[:3], body[3:]):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        body = b""
    await send({"type": "http.response.body", "body": body})

class Config:
    bind = ["127.0.0.1:" + sys.argv[2]]

asyncio.run(server.serve(app, Config))
`;

describe("The emulator's HTTP server", () => {
  let child: ChildProcess;
  let port: number;
  let output = "";

  before(async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    port = (holder.address() as AddressInfo).port;
    holder.close();
    const folder = join(projectRoot, "local", "aws", "emulator");
    child = spawn(emulatorPython(), ["-c", APPLICATION, folder, String(port)], { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout!.setEncoding("utf8").on("data", (more: string) => (output += more));
    await until(async () => {
      const socket = connect(port, "127.0.0.1");
      const isOpen = await Promise.race([once(socket, "connect"), once(socket, "error")]).then(
        () => true,
        () => false,
      );
      socket.destroy();
      return isOpen;
    });
  });
  after(() => child.kill("SIGKILL"));

  /** Sends bytes as they are, the parts one after the other, and resolves with all that is answered until the server closes. */
  async function send(...parts: string[]): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    const answered = text(socket);
    for (const part of parts) {
      socket.write(part);
      await sleep(20);
    }
    return await answered;
  }
  const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)) as string[];
  const last = "connection: close\r\n\r\n";

  it("passes on method, path, query, headers and body, and frames the answer", async () => {
    const answer = await send(
      `POST /a%20b?c=%20d HTTP/1.1\r\nhost: x\r\nX-A:  1 \r\ncontent-length: 5\r\n${last}hello`,
    );
    expect(answer).to.match(/^HTTP\/1\.1 200 OK\r\nX-Own: 1\r\ncontent-length: \d+\r\nconnection: close\r\n\r\n/);
    expect(bodyOf(answer)).to.deep.equal(["POST", "/a b", "c=%20d", "hello", "1", "127.0.0.1"]);
  });

  it("reads heads and bodies in any parts, with a length and in chunks", async () => {
    const whole = await send("PUT / HT", "TP/1.1\r\nhost: x\r\ncontent-le", `ngth: 6\r\n${last}abc`, "def");
    expect(bodyOf(whole)[3]).to.equal("abcdef");
    const chunked = await send(
      `PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n${last}3\r\nab`,
      "c\r\n3;x=1\r\ndef\r\n0",
      "\r\n\r\n",
    );
    expect(bodyOf(chunked)[3]).to.equal("abcdef");
  });

  it("answers several requests of a connection in their order, also those that arrive at once", async () => {
    const answers = await send(`GET /slow HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n${last}`);
    expect(answers.match(/"\/\w+"/g)).to.deep.equal(['"/slow"', '"/2"', '"/3"']);
  });

  it("asks for a body whose sender waits for that", async () => {
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.write(`PUT / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n${last}`);
    const [first] = (await once(socket, "data")) as [string];
    expect(first).to.equal("HTTP/1.1 100 Continue\r\n\r\n");
    const answered = text(socket);
    socket.write("hi");
    expect(bodyOf(await answered)[3]).to.equal("hi");
  });

  it("sends parts of unknown length in chunks, and no body for HEAD and 204", async () => {
    const parts = await send(`GET /parts HTTP/1.1\r\n${last}`);
    expect(parts).to.contain("transfer-encoding: chunked");
    expect(parts).to.match(/\r\n\r\n3\r\n\["G\r\n[\da-f]+\r\n.*\r\n0\r\n\r\n$/);
    expect(await send(`HEAD / HTTP/1.1\r\n${last}`)).to.match(/content-length: \d+\r\nconnection: close\r\n\r\n$/);
    expect(await send(`GET /empty HTTP/1.1\r\n${last}`)).to.equal(
      "HTTP/1.1 204 No Content\r\nX-Own: 1\r\nconnection: close\r\n\r\n",
    );
  });

  const malformed: Record<string, string> = {
    "another protocol": "GET / HTTP/2.0\r\n\r\n",
    "a header without a name": "GET / HTTP/1.1\r\n: x\r\n\r\n",
    "a folded header": "GET / HTTP/1.1\r\na: b\r\n c: d\r\n\r\n",
    "a length that is no number": "PUT / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    "two lengths": "PUT / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
    "a chunk without a size": "PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nx\r\n",
    "an endless head": `GET / HTTP/1.1\r\na: ${"x".repeat(70_000)}`,
  };
  for (const [what, request] of Object.entries(malformed)) {
    it(`refuses ${what}`, async () => {
      expect(await send(request)).to.match(/^HTTP\/1\.1 400 Bad Request\r\n/);
    });
  }

  it("answers 500 for the application's faults, and lets no header begin another", async () => {
    expect(await send("GET /fault HTTP/1.1\r\n\r\n")).to.match(/^HTTP\/1\.1 500 /);
    expect(await send("GET /split HTTP/1.1\r\n\r\n")).to.match(/^HTTP\/1\.1 500 (?!.*set-cookie)/s);
  });

  it("closes after an answer that did not wait for the request's body", async () => {
    expect(await send("PUT /early HTTP/1.1\r\ncontent-length: 100\r\n\r\n")).to.match(/^HTTP\/1\.1 200 OK/);
  });

  it("reports to the application that the client has gone", async () => {
    const socket: Socket = connect(port, "127.0.0.1");
    socket.write("GET /gone HTTP/1.1\r\n\r\n");
    await until(async () => output.includes("waiting"));
    socket.destroy();
    await until(async () => output.includes("http.disconnect"));
  });

  it("answers the request that it has begun when it is stopped, and lets the application end", async () => {
    const ended = once(child, "exit");
    const answer = send("GET /slow HTTP/1.1\r\n\r\n");
    await until(async () => output.split("answering").length === 3);
    child.kill("SIGTERM");
    expect(await answer).to.match(/^HTTP\/1\.1 200 OK/);
    expect(await ended).to.deep.equal([0, null]);
    expect(output).to.match(/lifespan\.startup[\s\S]*lifespan\.shutdown/);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await holds()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error("Not within a minute.");
  }
}
