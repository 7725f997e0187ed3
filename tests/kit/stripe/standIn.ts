import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Stripe from "stripe";
import { closeServer, listen } from "../../../local/servers/listen";
import { type Parameters, StripeLedger } from "./ledger";
import type { StripeAnswer } from "./records";

/** Requests that a fault can meet. */
export type StripeRoute = "create" | "retrieve" | "confirm" | "capture" | "cancel" | "refund";

/**
 * - `refused-before`, `refused-after`: 500; `timeout-before`, `timeout-after`: no answer; each without or with effect
 * - `unknown-answer`: with effect, then 200 with a status that Stripe does not have
 * - `late`: no answer; takes effect when `release` is called
 * - `kept-error`: 500 without effect, kept under the request's idempotency key
 */
export type StripeFault =
  | "refused-before"
  | "refused-after"
  | "timeout-before"
  | "timeout-after"
  | "unknown-answer"
  | "late"
  | "kept-error";

export interface StripeStandIn {
  url: string;
  ledger: StripeLedger;
  webhookSecret: string;
  orderFault(orderId: string, route: StripeRoute, fault: StripeFault): void;
  /** Lets a `late` request take effect. */
  release(orderId: string): void;
  /** Forgets idempotency keys, as Stripe does after a day. */
  forgetKeys(): void;
  /** Method and path of each request. */
  requests: { method: string; path: string; idempotencyKey?: string; authorization?: string }[];
  /** Objections of Stripe's specification to requests or answers. Only with a `specification`. */
  violations: string[];
  stop(): Promise<void>;
}

/**
 * Starts a stand-in for Stripe's API: an HTTP server on the loopback address that keeps PaymentIntents, charges, refunds and Products in memory, with
 * Stripe's transitions, idempotency keys, errors and signed webhooks, as its documentation describes them. It has the
 * requests that the adapter makes, and nothing was compared with Stripe itself. Faults are ordered by request.
 *
 * @param options.specification Address of a `stripe-mock`: it gets each request too, and checks it against Stripe's specification.
 */
export async function startStripeStandIn(options: {
  webhookUrl?: string;
  specification?: string;
}): Promise<StripeStandIn> {
  const webhookSecret = "whsec_stand_in";
  const ledger = new StripeLedger((type, intent) => void send(type, structuredClone(intent)));
  const faults: { orderId: string; route: StripeRoute; fault: StripeFault }[] = [];
  const held = new Map<string, () => void>();
  const keys = new Map<string, { fingerprint: string; answer?: StripeAnswer }>();
  const requests: StripeStandIn["requests"] = [];
  const violations: string[] = [];
  let events = 0;

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const method = request.method ?? "GET";
    const body = await textOf(request);
    const parameters = nested(method === "GET" ? searchParams : new URLSearchParams(body));
    const idempotencyKey = request.headers["idempotency-key"] as string | undefined;
    requests.push({ method, path, idempotencyKey, authorization: request.headers.authorization });
    const theirs = await askSpecification(method, request.url ?? "/", body);

    const route = routeOf(method, path);
    const orderId = orderOf(path, parameters);
    const index = faults.findIndex((each) => each.orderId === orderId && each.route === route);
    const fault = index < 0 ? undefined : faults.splice(index, 1)[0]!.fault;
    const failure: StripeAnswer = { status: 500, body: { error: { type: "api_error", message: "Try again." } } };
    const perform = () =>
      idempotent(idempotencyKey, `${method} ${path} ${body}`, () => ledger.perform(method, path, parameters));

    switch (fault) {
      case "refused-before":
        return answer(failure);
      case "refused-after":
        perform();
        return answer(failure);
      case "kept-error":
        return answer(idempotent(idempotencyKey, `${method} ${path} ${body}`, () => failure));
      case "timeout-before":
        return;
      case "timeout-after":
        perform();
        return;
      case "late":
        held.set(orderId!, perform);
        return;
      case "unknown-answer": {
        const { status, body: right } = perform();
        return answer({ status, body: { ...right, status: "postponed" } });
      }
      default:
        return answer(perform());
    }

    function answer({ status, body: content, ...rest }: StripeAnswer & { replayed?: boolean }): void {
      if (status === 200) compareKeys(`${method} ${path}`, content, theirs);
      const headers = { "content-type": "application/json", "request-id": `req_${requests.length}` };
      response.writeHead(status, rest.replayed ? { ...headers, "idempotent-replayed": "true" } : headers);
      response.end(JSON.stringify(content));
    }
  }

  /** Validation errors are not kept, since the endpoint did not begin. */
  function idempotent(
    key: string | undefined,
    fingerprint: string,
    perform: () => StripeAnswer,
  ): StripeAnswer & { replayed?: boolean } {
    if (key === undefined) return perform();
    const kept = keys.get(key);
    if (kept && kept.fingerprint !== fingerprint) {
      return { status: 400, body: { error: { type: "idempotency_error", message: "Other parameters." } } };
    }
    if (kept?.answer) return { ...kept.answer, replayed: true };
    const answer = perform();
    if (answer.status < 400 || answer.status >= 500) keys.set(key, { fingerprint, answer });
    return answer;
  }

  function orderOf(path: string, { metadata, payment_intent: intent }: Parameters): string | undefined {
    const named = (metadata as { orderId?: string } | undefined)?.orderId;
    const id = /^\/v1\/payment_intents\/(pi_\w+)/.exec(path)?.[1] ?? String(intent);
    return named ?? ledger.intents.get(id)?.metadata["orderId"];
  }

  async function askSpecification(
    method: string,
    url: string,
    body: string,
  ): Promise<Record<string, unknown> | undefined> {
    if (options.specification === undefined) return undefined;
    const response = await fetch(`${options.specification}${url}`, {
      method,
      headers: { authorization: "Bearer sk_test_123", "content-type": "application/x-www-form-urlencoded" },
      body: method === "GET" ? undefined : body,
      signal: AbortSignal.timeout(10_000),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) return answer;
    violations.push(`${method} ${url} ${body}: ${JSON.stringify(answer["error"])}`);
    return undefined;
  }

  /** The stand-in has no field that Stripe's object has not. */
  function compareKeys(what: string, ours: Record<string, unknown>, theirs: Record<string, unknown> | undefined): void {
    if (theirs === undefined) return;
    for (const [key, value] of Object.entries(ours)) {
      if (!(key in theirs)) violations.push(`${what}: Stripe's ${ours["object"]} has no field ${key}.`);
      const inner = theirs[key];
      if (key === "latest_charge" && isObject(value) && isObject(inner)) compareKeys(what, value, inner);
    }
  }

  async function send(type: string, object: { metadata: Record<string, string> }): Promise<void> {
    if (options.webhookUrl === undefined) return;
    events += 1;
    const payload = JSON.stringify({ id: `evt_${events}`, object: "event", type, data: { object } });
    await fetch(options.webhookUrl, {
      method: "POST",
      headers: { "content-type": "application/json", "stripe-signature": signEvent(payload, webhookSecret) },
      body: payload,
    });
  }

  const url = await listen(server, 0, "stand-in for Stripe");
  return {
    url,
    ledger,
    webhookSecret,
    requests,
    violations,
    orderFault: (orderId, route, fault) => void faults.push({ orderId, route, fault }),
    release(orderId) {
      held.get(orderId)?.();
      held.delete(orderId);
    },
    forgetKeys: () => keys.clear(),
    async stop() {
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}

/** Signs an event as Stripe does. */
export const signEvent = (payload: string, secret: string, timestamp = Math.floor(Date.now() / 1000)): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function routeOf(method: string, path: string): StripeRoute | undefined {
  if (path === "/v1/refunds") return method === "POST" ? "refund" : undefined;
  const action = /^\/v1\/payment_intents(?:\/pi_\w+(?:\/(confirm|capture|cancel))?)?$/.exec(path);
  if (!action) return undefined;
  if (action[1]) return action[1] as StripeRoute;
  if (path === "/v1/payment_intents") return "create";
  return method === "GET" ? "retrieve" : undefined;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** `metadata[orderId]=x` becomes `{ metadata: { orderId: "x" } }`. */
function nested(fields: URLSearchParams): Parameters {
  const result: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    const parts = name.replaceAll("]", "").split("[");
    let at = result;
    for (const part of parts.slice(0, -1)) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    at[parts.at(-1)!] = value;
  }
  return result;
}
