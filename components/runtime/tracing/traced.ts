import { subscribe } from "node:diagnostics_channel";
import { beginSubsegment, type End } from "./subsegment";

/** As much of an answer of AWS's clients as is looked at. */
interface Answer {
  output?: { $metadata?: { httpStatusCode?: number; requestId?: string } };
}
type Call = (args: { input: object }) => Promise<Answer>;
interface Context {
  clientName?: string;
  commandName?: string;
}

/** Names of what a call is about, and what X-Ray calls them. */
const SUBJECTS = {
  TableName: "table_name",
  QueueUrl: "queue_url",
  TopicArn: "topic_arn",
  FunctionName: "function_name",
  stateMachineArn: "state_machine_arn",
} as const;

/**
 * A client of AWS's whose calls show up in the trace of the function that makes them.
 *
 * @example
 * const store = DynamoDBDocumentClient.from(traced(new DynamoDBClient({})));
 */
export function traced<Client extends { middlewareStack: { add: unknown } }>(client: Client): Client {
  // The stack's own types are of one service's inputs and outputs; this middleware looks at what all have.
  const { middlewareStack } = client as { middlewareStack: { add(middleware: typeof tracing, options: object): void } };
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
      // AWS gives each request an id; without one nothing was sent, but an address signed for somebody else.
      if (requestId) end({ status, requestId });
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

/** What Node's `fetch` tells of its requests. */
interface FetchMessage {
  request: { origin: string | URL; path: string; method: string };
  response?: { statusCode: number };
  error?: Error;
}

let isTracingFetch = false;

/** From now on each `fetch` of the function shows up in its trace: host, path and status. */
export function traceFetch(): void {
  if (isTracingFetch) return;
  isTracingFetch = true;
  const calls = new WeakMap<object, End>();
  const on = (what: string, listener: (message: FetchMessage) => void) =>
    subscribe(`undici:request:${what}`, (message) => listener(message as FetchMessage));
  on("create", ({ request }) => {
    const { host, origin } = new URL(String(request.origin));
    const url = `${origin}${withoutKeys(request.path.split("?")[0] ?? "")}`;
    const end = beginSubsegment({ name: host, request: { method: request.method, url } });
    if (end) calls.set(request, end);
  });
  on("headers", ({ request, response }) => calls.get(request)?.({ status: response?.statusCode }));
  on("error", ({ request, error }) => calls.get(request)?.({ error }));
}

/** A health route's path holds a key that is not for traces (`secretPrefix` of an HttpApi). Ids of orders and products are shorter. */
const withoutKeys = (path: string): string => path.replace(/(?<=^\/)[\w-]{32,}(?=\/regions\/)/, "KEY");
