import { subscribe } from "node:diagnostics_channel";
import { beginSubsegment, type End } from "./subsegment";

/** Parts of an AWS SDK response that tracing reads. */
interface Answer {
  output?: { $metadata?: { httpStatusCode?: number; requestId?: string } };
}
type Call = (args: { input: object }) => Promise<Answer>;
interface Context {
  clientName?: string;
  commandName?: string;
}

/** Parameters that identify a call's resource, and X-Ray's names for them. */
const SUBJECTS = {
  TableName: "table_name",
  QueueUrl: "queue_url",
  TopicArn: "topic_arn",
  FunctionName: "function_name",
  stateMachineArn: "state_machine_arn",
} as const;

/**
 * Adds X-Ray subsegments to an AWS SDK client, and removes the SDK's own log, which no client of ours has: the SDK masks each request
 * and response for it, a few percent of a call's processor time.
 *
 * @example
 * const store = DynamoDBDocumentClient.from(traced(new DynamoDBClient({})));
 */
export function traced<Client extends { middlewareStack: { add: unknown } }>(client: Client): Client {
  // The stack's types are those of one service; this middleware uses what all services share.
  const { middlewareStack } = client as {
    middlewareStack: { add(middleware: typeof tracing, options: object): void; remove?(name: string): boolean };
  };
  middlewareStack.remove?.("loggerMiddleware");
  middlewareStack.add(tracing, { step: "initialize", name: "tracing", override: true });
  return client;
}

const tracing =
  (next: Call, { clientName = "", commandName = "" }: Context): Call =>
  async (args) => {
    const end = beginSubsegment({
      name: clientName.replace(/Client$/, ""),
      aws: {
        operation: commandName.replace(/Command$/, ""),
        region: process.env["AWS_REGION"],
        ...subjectsOf(args.input),
      },
    });
    if (!end) return next(args);
    try {
      const answer = await next(args);
      const { httpStatusCode: status, requestId } = answer.output?.$metadata ?? {};
      // For a presigned URL no request was sent. A missing request id proves nothing: not every endpoint sends one.
      if (!(answer.output && "presigned" in answer.output)) end({ status, requestId });
      return answer;
    } catch (error) {
      const { httpStatusCode: status, requestId } = (error as Answer["output"])?.$metadata ?? {};
      end({ status, requestId, error });
      throw error;
    }
  };

const subjectsOf = (input: object) =>
  Object.fromEntries(
    Object.entries(SUBJECTS).flatMap(([name, called]) => {
      const value = (input as Record<string, unknown>)[name];
      return typeof value === "string" ? [[called, value]] : [];
    }),
  );

/** Message of `fetch`'s diagnostics channels. */
interface FetchMessage {
  request: { origin: string | URL; path: string; method: string };
  response?: { statusCode: number };
  error?: Error;
}

let isTracingFetch = false;

/** Adds host, path and status of each later `fetch` to the function's trace. */
export function traceFetch(): void {
  if (isTracingFetch) return;
  isTracingFetch = true;
  const calls = new WeakMap<object, End>();
  const on = (what: string, listener: (message: FetchMessage) => void) =>
    subscribe(`undici:request:${what}`, (message) => listener(message as FetchMessage));
  on("create", ({ request }) => {
    const end = beginRequest(request.method, new URL(request.path, String(request.origin)));
    if (end) calls.set(request, end);
  });
  on("headers", ({ request, response }) => calls.get(request)?.({ status: response?.statusCode }));
  on("error", ({ request, error }) => calls.get(request)?.({ error }));
}

/** Begins a subsegment of a request to another host than AWS's: host and path, without the query string. */
export function beginRequest(method: string, url: URL | string): End | undefined {
  const { host, origin, pathname } = new URL(url);
  return beginSubsegment({ name: host, request: { method, url: `${origin}${withoutKeys(pathname)}` } });
}

/** Masks the check key in health routes' paths (`secretPrefix` of an HttpApi). Ids of orders and products are shorter. */
const withoutKeys = (path: string): string => path.replace(/(?<=^\/)[\w-]{32,}(?=\/regions\/)/, "KEY");
