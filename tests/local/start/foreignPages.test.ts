import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { type Store, startStore } from "../../../local/store";
import { temporaryFolder } from "../../kit/temporaryFolder";

interface Answer {
  /** Absent: the connection was dropped without a response. */
  status?: number;
  headers: IncomingHttpHeaders;
}

/** Requests that a page of another site can make a browser send. */
const foreign: Record<string, { method: string; headers: OutgoingHttpHeaders }> = {
  "a page whose name resolves to this machine": { method: "GET", headers: { host: "evil.example" } },
  "a page's request": { method: "POST", headers: { origin: "http://evil.example", "content-type": "text/plain" } },
  "a page of another server on this machine": {
    method: "POST",
    headers: { origin: "http://127.0.0.1:9", "content-type": "text/plain" },
  },
  "an image on a page of another server on this machine": {
    method: "GET",
    headers: { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" },
  },
  "a sandboxed page's request": { method: "POST", headers: { origin: "null", "content-type": "text/plain" } },
  "a page's preflight": {
    method: "OPTIONS",
    headers: { origin: "http://evil.example", "access-control-request-method": "PUT" },
  },
  "an image on a page": { method: "GET", headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } },
};

describe("Every server of a running store with two Regions", function () {
  this.timeout(300_000);
  let dataDir: string;
  let store: Store;
  let engines: number[];
  /** Sockets that other test files of this process left open. */
  let earlier: ReadonlySet<number>;
  const ofStore = () => listeners().filter(({ port }) => !earlier.has(port));

  before(async () => {
    earlier = new Set(listeners().map(({ port }) => port));
    dataDir = temporaryFolder("stayopen-foreign");
    store = await startStore({ dataDir, port: 0, regions: 2, fast: true, sampleCatalogue: false });
    engines = portsIn(ofStore(), "osmem-server");
  });
  after(async () => {
    await store?.stop();
  });

  it("listens on loopback addresses only", () => {
    const found = ofStore();
    const known = [store.url, store.consoleUrl, store.providers.paymentUrl, store.providers.shippingUrl];
    const emulators = Object.values(store.regions).map(({ endpoint }) => endpoint);

    const elsewhere = found.filter(({ address, port }) => address !== "127.0.0.1" && !engines.includes(port));
    expect(elsewhere).to.deep.equal([]);
    expect(found.filter(({ address }) => !address.startsWith("127."))).to.deep.equal([]);
    // Edge, console, two providers; each Region's emulator, search engine and search gateway; the functions' proxy and its TLS server.
    expect(found.map(({ port }) => port)).to.include.members([...known, ...emulators].map((url) => portOf(url)));
    expect(engines).to.have.length(2);
    expect(found).to.have.length(4 + 2 * 5);
  });

  for (const [what, { method, headers }] of Object.entries(foreign)) {
    it(`refuses ${what}`, async () => {
      const answers: Record<number, number | undefined> = {};
      for (const { port } of ofStore()) {
        if (engines.includes(port)) continue;
        const answer = await ask(port, method, headers);
        expect(answer.headers).not.to.have.property("access-control-allow-origin");
        answers[port] = answer.status;
      }

      expect(new Set(Object.values(answers)), JSON.stringify(answers)).to.deep.equal(new Set([403]));
    });
  }

  it("hides the search engines, which check no Host, at addresses that a page can't guess", async () => {
    for (const { address, port } of ofStore().filter(({ port }) => engines.includes(port))) {
      expect(address).not.to.equal("127.0.0.1");
      expect(await ask(port, "GET", {})).to.deep.equal({ headers: {} });
    }
  });

  it("answers the emulator's other callers without CORS headers", async () => {
    const { endpoint } = store.emulator;
    const ready = await fetch(`${endpoint}/_ministack/ready`, { headers: { origin: endpoint } });

    expect(ready.status).to.equal(200);
    expect(Object.fromEntries(ready.headers)).not.to.have.property("access-control-allow-origin");
  });

  it("creates no function for a page that signs with the emulator's own credentials", async () => {
    const lambda = new LambdaClient({
      endpoint: store.emulator.endpoint,
      region: "us-east-1",
      credentials: store.deployment.credentials,
      maxAttempts: 1,
    });
    lambda.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["origin"] = "http://evil.example";
        return next(args);
      },
      { step: "build" },
    );
    const made = await lambda
      .send(
        new CreateFunctionCommand({
          FunctionName: "evil",
          Role: "arn:aws:iam::000000000000:role/evil",
          Code: { ZipFile: Buffer.from("") },
          Handler: "index.handler",
          Runtime: "nodejs24.x",
        }),
      )
      .then(
        () => 200,
        (error: { $metadata: { httpStatusCode?: number } }) => error.$metadata.httpStatusCode,
      );
    lambda.destroy();

    expect(made).to.equal(403);
  });
});

interface Listener {
  address: string;
  port: number;
  /** Command line of the process. */
  command: string;
}

/** Sockets that this process and its descendants listen on. */
function listeners(): Listener[] {
  const sockets = new Map<string, { address: string; port: number }>();
  for (const table of ["tcp", "tcp6"]) {
    for (const line of readFileSync(`/proc/net/${table}`, "utf8").trim().split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state !== "0A") continue;
      const [address = "", port = ""] = local.split(":");
      sockets.set(inode, { address: readable(address), port: Number.parseInt(port, 16) });
    }
  }
  const found = new Map<number, Listener>();
  for (const pid of descendants()) {
    const command = readOr(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
    for (const fd of filesOf(`/proc/${pid}/fd`)) {
      const socket = sockets.get(/^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? "");
      if (socket) found.set(socket.port, { ...socket, command });
    }
  }
  return [...found.values()];
}

function descendants(): number[] {
  const parents = new Map<number, number>();
  for (const entry of filesOf("/proc").filter((name) => /^\d+$/.test(name))) {
    // The command's name, in parentheses, may hold anything.
    const parent = readOr(`/proc/${entry}/stat`)
      .replace(/^.*\) /s, "")
      .split(" ")[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === process.pid || isOurs(parents.get(pid)));
  return [...parents.keys()].filter(isOurs);
}

const portsIn = (found: Listener[], command: string): number[] =>
  found.filter((one) => one.command.includes(command)).map(({ port }) => port);

const portOf = (url: string): number => Number(new URL(url).port);

/** `0100007F` → `127.0.0.1`; an IPv6 address stays as it is. */
const readable = (hex: string): string =>
  hex.length === 8
    ? (hex.match(/../g) ?? [])
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join(".")
    : hex;

/** Reads a process's file; the process may end meanwhile. */
function orNothing<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
const readOr = (file: string): string => orNothing(() => readFileSync(file, "utf8"), "");
const linkOf = (file: string): string => orNothing(() => readlinkSync(file), "");
const filesOf = (folder: string): string[] => orNothing(() => readdirSync(folder), []);

/** Sends a request by plain HTTP, and again by TLS if it gets no response. */
async function ask(port: number, method: string, headers: OutgoingHttpHeaders): Promise<Answer> {
  const plain = await askBy(httpRequest, port, method, headers);
  return plain.status === undefined ? askBy(httpsRequest, port, method, headers) : plain;
}

function askBy(
  request: typeof httpRequest,
  port: number,
  method: string,
  headers: OutgoingHttpHeaders,
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, method, headers, agent: false, rejectUnauthorized: false };
    const asking = request(options, (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode, headers: response.headers }));
    });
    asking.setTimeout(10_000, () => asking.destroy(new Error("no answer")));
    asking.once("error", () => resolve({ headers: {} }));
    asking.end();
  });
}
