import { timingSafeEqual } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Call, CallLog, Gates } from "./calls";
import type { Pages } from "./challengePage";
import type { Answer } from "./contract";
import type { Fault, Faults, Operation, ProviderName } from "./faults";

/** A request as its system understands it. */
export interface Request {
  operation: Exclude<Operation, "webhook">;
  orderId: string;
  /** Of a partial refund. */
  refundId?: string;
  body: unknown;
}

/** A provider: its routes, its checks and its operations. */
export interface ProviderDefinition {
  system: ProviderName;
  apiKey: string;
  /** The operation that a method and path ask for. */
  route(method: string, path: string): Pick<Request, "operation" | "orderId" | "refundId"> | undefined;
  /** Reason for which the body is refused; undefined if it is accepted. */
  problemOf(request: Request): string | undefined;
  /** Takes effect and answers. A fault of kind `decline` or `impossible` decides in place of card and address. */
  perform(request: Request, fault?: Fault): Answer;
  /** A fault that the request itself brings along, such as a test card's. */
  ownFault?(request: Request): Fault | undefined;
  /** Paths below `/control`, for people and scripts on this machine. */
  control(method: string, path: string, body: unknown): Answer;
  /** Pages for customers. */
  pages?: Pages;
  /** Another system that listens on this server. */
  receiver?: { path: string; receive(headers: IncomingHttpHeaders, body: string): Answer };
}

/** Longest time that a call without an answer is kept open. */
const hangMs = 120_000;
const bodyLimitBytes = 256 * 1024;

/** Serves one provider, faults included. The caller listens. */
export function serveProvider(system: ProviderDefinition, faults: Faults, gates: Gates, calls: CallLog): Server {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, { status: 500, body: { error: "internal", detail: String(error) } });
      else response.destroy();
    });
  });

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(message.url ?? "/", "http://localhost").pathname;
    const method = message.method ?? "GET";
    if (path.startsWith("/control/")) return control(message, response, method, path);
    if (system.pages && path.startsWith(system.pages.below)) {
      const page = system.pages.show(method, path, await readForm(message));
      response.writeHead(page.status, page.headers).end(page.body);
      return;
    }
    if (method === "POST" && path === system.receiver?.path) {
      const body = await readBody(message);
      if (body instanceof Error) return send(response, { status: 413, body: { error: "too_large" } });
      return send(response, system.receiver.receive(message.headers, body));
    }
    const route = system.route(method, path);
    if (!route) return send(response, { status: 404, body: { error: "not_found" } });
    if (!hasKey(message, system.apiKey)) return send(response, { status: 401, body: { error: "unauthorized" } });
    const body = await readJson(message);
    if (body instanceof Error)
      return send(response, { status: 400, body: { error: "invalid_request", detail: body.message } });
    const request: Request = { ...route, body };
    const problem = system.problemOf(request);
    if (problem) return send(response, { status: 400, body: { error: "invalid_request", detail: problem } });
    await meet(request, response);
  }

  /** Performs a valid call, or its fault. */
  async function meet(request: Request, response: ServerResponse): Promise<void> {
    const { operation, orderId } = request;
    const call: Call = { system: system.system, operation, orderId, at: new Date().toISOString() };
    calls.add(call);
    const fault = faults.take(system.system, operation, orderId) ?? system.ownFault?.(request);
    if (fault) call.fault = fault.kind;
    await gates.pass("before", call);

    const takeEffect = (): Answer => {
      call.effectAt = new Date().toISOString();
      return system.perform(request, fault);
    };
    const answer = async (result: Answer): Promise<void> => {
      await gates.pass("after", call);
      if (response.destroyed) return;
      call.status = result.status;
      send(response, result);
    };
    const failure: Answer = {
      status: fault?.status ?? 503,
      body: { error: "unavailable", detail: "Try again later." },
    };

    switch (fault?.kind) {
      case "unavailable":
        return answer(failure);
      case "unavailable-after":
        takeEffect();
        return answer(failure);
      case "reset-before":
        response.destroy();
        return;
      case "reset-after":
        takeEffect();
        await gates.pass("after", call);
        response.destroy();
        return;
      case "timeout-before":
        return abandoned(response);
      case "timeout-after":
        takeEffect();
        await gates.pass("after", call);
        return abandoned(response);
      case "unknown-answer":
        takeEffect();
        return answer({ status: 200, body: { status: "postponed" } });
      case "late":
        await abandoned(response);
        await delay(fault.ms ?? 1_000);
        takeEffect();
        return;
      case "slow":
        await delay(fault.ms ?? 2_000);
        return answer(takeEffect());
      default:
        return answer(takeEffect());
    }
  }

  async function control(
    message: IncomingMessage,
    response: ServerResponse,
    method: string,
    path: string,
  ): Promise<void> {
    // Faults are for programs on this machine: no page may add one, not even the store's own.
    if (message.headers.origin !== undefined) {
      return send(response, { status: 403, body: { error: "forbidden" } });
    }
    const body = await readJson(message);
    if (body instanceof Error)
      return send(response, { status: 400, body: { error: "invalid_request", detail: body.message } });
    send(response, system.control(method, path.slice("/control".length), body));
  }

  return server;
}

/** Resolves when the caller has given up. */
async function abandoned(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => response.destroy(), hangMs);
  response.once("close", resolve);
  await promise;
  clearTimeout(timer);
}

function hasKey(message: IncomingMessage, apiKey: string): boolean {
  const given = Buffer.from(message.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${apiKey}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Reads a body of at most `bodyLimitBytes`. */
async function readBody(message: IncomingMessage): Promise<string | Error> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += (chunk as Buffer).length;
    if (length > bodyLimitBytes) return new Error("The body is larger than 256 KiB.");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Parses the fields of a form; none if the body is too large. */
async function readForm(message: IncomingMessage): Promise<URLSearchParams> {
  const text = await readBody(message);
  return new URLSearchParams(text instanceof Error ? "" : text);
}

/** Parses the body. Returns `undefined` for none, an error if it is invalid. */
async function readJson(message: IncomingMessage): Promise<unknown> {
  const text = await readBody(message);
  if (text instanceof Error || text === "") return text || undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return new Error("The body is not JSON.");
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
