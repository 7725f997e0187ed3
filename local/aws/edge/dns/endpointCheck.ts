import { request as httpRequest } from "node:http";
import { connect } from "node:net";

/** Result of one check. */
export interface Asked {
  ok: boolean;
  /** Description for the user: the status, or the reason for a missing response. */
  said: string;
}

export interface Endpoint {
  /** `http://127.0.0.1:PORT`. Without TLS: AWS's checkers do not validate certificates either. */
  url: string;
  host: string;
  path: string;
  /** `HTTPS`, `HTTP_STR_MATCH`, `TCP` … */
  type: string;
  searchString?: string;
}

/** Route 53's limits: 4 s to connect and 2 s more to respond; 10 s for a TCP check. */
const connectLimitMs = 4_000;
const answerLimitMs = 2_000;
const tcpLimitMs = 10_000;
/** Route 53 searches for the string in this part of the body. */
const searchedBytes = 5_120;

/** Checks an endpoint once as Route 53 does: a status from 200 to 399 in time is healthy. Never throws. */
export async function askEndpoint(endpoint: Endpoint, limitMs: (ms: number) => number): Promise<Asked> {
  return endpoint.type === "TCP" ? await askTcp(endpoint, limitMs) : await askHttp(endpoint, limitMs);
}

function askTcp({ url }: Endpoint, limitMs: (ms: number) => number): Promise<Asked> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const end = (asked: Asked) => {
      socket.destroy();
      resolve(asked);
    };
    socket.setTimeout(limitMs(tcpLimitMs), () => end({ ok: false, said: "no connection in time" }));
    socket.once("connect", () => end({ ok: true, said: "connected" }));
    socket.once("error", (error) => end({ ok: false, said: error.message }));
  });
}

function askHttp({ url, host, path, type, searchString }: Endpoint, limitMs: (ms: number) => number): Promise<Asked> {
  return new Promise((resolve) => {
    const headers = {
      host,
      "user-agent": "Amazon-Route53-Health-Check-Service (local run)",
      "x-forwarded-proto": type.startsWith("HTTPS") ? "https" : "http",
    };
    const asking = httpRequest(new URL(path, url), { agent: false, headers });
    let limit: NodeJS.Timeout | undefined;
    const end = (asked: Asked) => {
      clearTimeout(limit);
      asking.destroy();
      resolve(asked);
    };
    const within = (ms: number, said: string) => {
      clearTimeout(limit);
      limit = setTimeout(() => end({ ok: false, said }), limitMs(ms));
    };
    within(connectLimitMs, "no connection in time");
    asking.once("socket", (socket) => socket.once("connect", () => within(answerLimitMs, "no answer in time")));
    asking.once("error", (error: NodeJS.ErrnoException) => end({ ok: false, said: error.code ?? error.message }));
    asking.once("response", (response) => {
      const status = response.statusCode ?? 0;
      const isGood = status >= 200 && status < 400;
      if (!isGood || !type.endsWith("_STR_MATCH")) {
        end({ ok: isGood, said: String(status) });
        return;
      }
      within(answerLimitMs, "no body in time");
      let body = Buffer.alloc(0);
      const isThere = () => body.subarray(0, searchedBytes).includes(searchString ?? "");
      response.on("data", (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]);
        if (isThere() || body.length >= searchedBytes)
          end({ ok: isThere(), said: `${status}, string ${isThere() ? "found" : "missing"}` });
      });
      response.once("end", () => end({ ok: isThere(), said: `${status}, string ${isThere() ? "found" : "missing"}` }));
    });
    asking.end();
  });
}
