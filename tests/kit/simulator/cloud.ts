import { constants, privateDecrypt } from "node:crypto";
import * as dynamo from "@aws-sdk/client-dynamodb";
import * as kms from "@aws-sdk/client-kms";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as ses from "@aws-sdk/client-sesv2";
import * as sfn from "@aws-sdk/client-sfn";
import * as sns from "@aws-sdk/client-sns";
import * as ssm from "@aws-sdk/client-ssm";
import * as lib from "@aws-sdk/lib-dynamodb";
import type { Functions } from "./functions";
import type { Messaging } from "./messaging";
import { cardKeyPair, TABLES } from "./program";
import type { Providers } from "./providers";
import { copyOf, type Tables } from "./tables";
import { type Activation, currentActivation, type LimitSignal } from "./virtualTime";
import type { Workflows } from "./workflows";
import type { World } from "./world";

type Json = Record<string, unknown>;

/** Probabilities of what may go wrong with one attempt of one call. */
export interface CallTrouble {
  /** The request is refused, with no effect: throttled or 5xx. */
  refused: number;
  /** The request never arrives; the caller waits for its time-out. */
  lost: number;
  /** The request takes effect, and its response never arrives. */
  unanswered: number;
  /** The request takes effect long after its caller has given up. */
  late: number;
  /** The function's process ends before the call, or after its effect and before the response. */
  crash: number;
}

export interface Mail {
  region: string;
  to: string;
  /** Ids of the notifications that it carries: `orderId-status`. */
  ids: string[];
  atMs: number;
}

/** The services that calls go to. */
export interface Services {
  world: World;
  tables: Tables;
  functions: Functions;
  workflows: Workflows;
  messaging: Messaging;
  providers: Providers;
  trouble: CallTrouble;
  /** Of calls of the providers. */
  providerTrouble: CallTrouble;
  /** Values of SSM parameters by name. */
  parameter: (name: string) => string;
  mails: Mail[];
  /** Keys of invoices by Region. */
  invoices: Map<string, Set<string>>;
  /** Answers a probe of a Region's health route. */
  probe: (from: string, url: string, done: (status: number | undefined) => void) => void;
  /** Changes an item before a release writes it. */
  beforePut: (region: string, item: Json) => void;
  /** Called with each request of a function; the function that it returns is called at its end. Default: none is. */
  onRequest?: (activation: Activation, title: string, subject: string | undefined) => (error?: Error) => void;
  /** Called with each request that reached a provider. Default: none is. */
  onProviderCall?: (method: string, url: string, status: number) => void;
  /** Share of transactions on stock that are refused because they meet another one. */
  conflicts: number;
}

let services: Services | undefined;

/** Attempts and time-out of a client, as the product configured it. */
interface Limits {
  attempts: number;
  timeoutMs: number;
}
const limits = new WeakMap<object, Limits>();

/** Makes every AWS client of this process call the simulated services while they are set; clients outside of it work as before. */
export function serve(given: Services | undefined): void {
  services = given;
}

function prepareClients(): void {
  const prototypes = new Set<{ send: (command: Json, options?: unknown) => Promise<unknown> }>();
  for (const client of [
    dynamo.DynamoDBClient,
    lib.DynamoDBDocumentClient,
    kms.KMSClient,
    lambda.LambdaClient,
    s3.S3Client,
    ses.SESv2Client,
    sfn.SFNClient,
    sns.SNSClient,
    ssm.SSMClient,
  ]) {
    let prototype: object = client.prototype;
    while (!Object.hasOwn(prototype, "send")) prototype = Object.getPrototypeOf(prototype);
    prototypes.add(prototype as never);
  }
  for (const prototype of prototypes) {
    const real = prototype.send;
    prototype.send = function (this: object, command: Json, ...rest: [unknown?]) {
      return services ? simulate(services, this, command) : real.call(this, command, ...rest);
    };
  }
}
prepareClients();

/** Reads what the product configured, once for each client. */
async function readLimits(client: object): Promise<Limits> {
  const known = limits.get(client);
  if (known) return known;
  const { config } = client as { config: { maxAttempts(): Promise<number>; requestHandler: object } };
  // The handler keeps its options to itself; its own provider of them is the only way to read them back.
  const { requestTimeout } = await (config.requestHandler as { configProvider: Promise<{ requestTimeout?: number }> })
    .configProvider;
  const found = { attempts: await config.maxAttempts(), timeoutMs: requestTimeout ?? 3_000 };
  limits.set(client, found);
  return found;
}

function requireActivation(call: string): Activation {
  const activation = currentActivation();
  if (!activation) throw new Error(`${call} was called outside of a function. Only functions call AWS in a schedule.`);
  return activation;
}

/** One call with the SDK's retries; each attempt may meet trouble of its own. */
async function simulate(given: Services, client: object, command: Json): Promise<unknown> {
  const name = command.constructor.name;
  const activation = requireActivation(name);
  const input = copyOf(command["input"] ?? {}) as Json;
  const call = `${activation.region}/${activation.functionName}/${name}`;
  let isApplied = false;
  const answered = attempts(
    given,
    activation,
    call,
    { ...(await readLimits(client)), lateIn: activation.region },
    given.trouble,
    (done) => {
      // The SDK gives a transaction a token, by which DynamoDB knows an attempt that has succeeded already.
      if (name === "TransactWriteCommand" && isApplied) return done({ value: {} });
      perform(given, activation, name, input, (result) => {
        isApplied = "value" in result;
        done(result);
      });
    },
  );
  if (given.onRequest) observe(answered, given.onRequest(activation, toTitle(client, name), subjectOf(input)));
  return answered;
}

function observe(answered: Promise<unknown>, ended: (error?: Error) => void): void {
  answered.then(
    () => ended(),
    (error: Error) => ended(error),
  );
}

/** Title of a request as the functions' traces have it. */
function toTitle(client: object, command: string): string {
  const service = client.constructor.name.replace(/(Document)?Client$/, "");
  // The document client's commands have shorter names.
  const name = command.replace(/Command$/, "");
  if (service !== "DynamoDB") return `${service} ${name}`;
  if (name === "TransactWrite") return `${service} ${name}Items`;
  return `${service} ${name}${/^(Get|BatchGet|Put|Update|Delete)$/.test(name) ? "Item" : ""}`;
}

const subjectOf = (input: Json) =>
  [input["TableName"], input["TopicArn"], input["FunctionName"], input["QueueUrl"]]
    .find((one) => typeof one === "string")
    ?.toString()
    .split(":")
    .at(-1);

type Done = (result: { value: unknown } | { error: unknown }) => void;

function attempts(
  { world, functions }: Services,
  activation: Activation,
  call: string,
  { attempts: most, timeoutMs, lateIn }: Limits & { lateIn?: string },
  trouble: CallTrouble,
  effect: (done: Done) => void,
): Promise<unknown> {
  const isPeriodic = activation.functionName.endsWith("-watch");
  const { region } = activation;
  return new Promise((resolve, reject) => {
    const again = (attempt: number, error: unknown) => {
      if (attempt >= most) return reject(error);
      const label = `${world.chance.next(`${call}/backoff`)}`;
      world.after(world.chance.of(label) * 100 * 2 ** attempt, region, () => start(attempt + 1), isPeriodic);
    };
    const start = (attempt: number): void => {
      if (activation.dead) return;
      const label = world.chance.next(call);
      if (world.strikes(`${label}/crash`, trouble.crash, `${activation.functionName} crashes before a call`)) {
        functions.crash(activation);
        return;
      }
      if (world.strikes(`${label}/refused`, trouble.refused, "a call is refused")) {
        world.after(world.latency(label, 8), region, () => again(attempt, refusedError()), isPeriodic);
        return;
      }
      const isLate = world.strikes(`${label}/late`, trouble.late, "a call takes effect late");
      const isLost = !isLate && world.strikes(`${label}/lost`, trouble.lost, "a call is lost");
      if (isLate) {
        // It is on its way already: its caller's end does not stop it, nor that of the caller's Region if it goes to a provider.
        const longestMs = lateIn === undefined ? 120_000 : 5_000;
        world.after(timeoutMs + world.chance.of(`${label}/delay`) * longestMs, lateIn, () => effect(() => {}));
      }
      if (isLate || isLost) {
        world.after(timeoutMs, region, () => again(attempt, timeoutError()), isPeriodic);
        return;
      }
      world.after(
        world.latency(label, 8),
        region,
        () => {
          if (activation.dead) return;
          let answered = false;
          const isUnanswered = world.strikes(`${label}/unanswered`, trouble.unanswered, "a response is lost");
          const crashes = world.strikes(
            `${label}/crash-after`,
            trouble.crash,
            `${activation.functionName} crashes after a call`,
          );
          effect((result) => {
            if (answered || activation.dead) return;
            answered = true;
            if (crashes) return functions.crash(activation);
            if (isUnanswered) {
              world.after(timeoutMs, region, () => again(attempt, timeoutError()), isPeriodic);
              return;
            }
            if ("error" in result) reject(result.error);
            else resolve(result.value);
          });
        },
        isPeriodic,
      );
    };
    start(1);
  });
}

function refusedError(): Error {
  return Object.assign(new Error("Too busy."), {
    name: "ThrottlingException",
    $retryable: { throttling: true },
    $metadata: { httpStatusCode: 429 },
  });
}

const timeoutError = () => Object.assign(new Error("No response in time."), { name: "TimeoutError", $metadata: {} });

function perform(given: Services, activation: Activation, name: string, input: Json, done: Done): void {
  const { region } = activation;
  const answer = (respond: () => unknown) => {
    try {
      done({ value: respond() });
    } catch (error) {
      // A gap of the simulator must not pass for a failure that the product handles.
      if (String(error).includes("The simulator")) given.world.violate(String(error));
      done({ error });
    }
  };
  switch (name) {
    case "StartExecutionCommand":
    case "DescribeExecutionCommand":
    case "SendTaskSuccessCommand":
    case "SendTaskFailureCommand":
      answer(() => given.workflows.answer(region, name, input));
      return;
    case "PublishCommand":
      answer(() => given.messaging.publish(region, input));
      return;
    case "SendEmailCommand":
      answer(() => mail(given, region, input));
      return;
    case "DecryptCommand":
      answer(() => ({ Plaintext: decrypt(Buffer.from(input["CiphertextBlob"] as Uint8Array)) }));
      return;
    case "GetParameterCommand":
      answer(() => ({ Parameter: { Value: given.parameter(String(input["Name"])) } }));
      return;
    case "PutObjectCommand":
      answer(() => putInvoice(given, region, String(input["Key"])));
      return;
    case "InvokeCommand":
      invoke(given, region, input, done);
      return;
    default:
      if (name === "PutCommand") given.beforePut(region, input["Item"] as Json);
      if (name === "TransactWriteCommand") {
        for (const { Put } of input["TransactItems"] as { Put?: { Item: Json } }[])
          if (Put) given.beforePut(region, Put.Item);
        if (meetsAnother(given, region, input)) {
          done({ error: conflictError() });
          return;
        }
      }
      answer(() => given.tables.answer(region, name, input as never));
      return;
  }
}

/** Orders for one product meet in its share; the stand-in's transactions take no time, so chance decides. */
function meetsAnother({ world, conflicts }: Services, region: string, input: Json): boolean {
  if (conflicts === 0) return false;
  const tables = (input["TransactItems"] as Record<string, { TableName: string }>[]).flatMap(Object.values);
  if (!tables.some(({ TableName }) => TableName === TABLES.stock)) return false;
  return world.strikes(world.chance.next(`${region}/conflict`), conflicts, "a transaction meets another one");
}

function conflictError(): Error {
  const reasons = [{ Code: "None" }, { Code: "TransactionConflict" }];
  return new dynamo.TransactionCanceledException({
    $metadata: {},
    message: "cancelled",
    CancellationReasons: reasons,
  });
}

function mail({ world, mails }: Services, region: string, input: Json): unknown {
  const simple = (input["Content"] as { Simple: { Headers: { Name: string; Value: string }[] } }).Simple;
  const ids = simple.Headers.find(({ Name }) => /Notice|Notification/i.test(Name))!.Value.split(", ");
  const [to] = (input["Destination"] as { ToAddresses: string[] }).ToAddresses;
  mails.push({ region, to: to!, ids, atMs: world.elapsedMs });
  world.tell(`${region} mails ${to}: ${ids.map((id) => id.slice(0, 6) + id.slice(26)).join(", ")}`);
  return { MessageId: "mail" };
}

const opened = new Map<string, Uint8Array>();

function decrypt(ciphertext: Buffer): Uint8Array {
  const key = ciphertext.toString("base64");
  let plain = opened.get(key);
  if (!plain) {
    plain = privateDecrypt(
      { key: cardKeyPair.privateKey, oaepHash: "sha256", padding: constants.RSA_PKCS1_OAEP_PADDING },
      ciphertext,
    );
    opened.set(key, plain);
  }
  return plain;
}

function putInvoice({ invoices }: Services, region: string, key: string): unknown {
  const bucket = invoices.get(region) ?? new Set();
  invoices.set(region, bucket);
  if (bucket.has(key)) {
    throw new s3.S3ServiceException({
      name: "PreconditionFailed",
      $fault: "client",
      message: "It exists.",
      $metadata: { httpStatusCode: 412 },
    });
  }
  bucket.add(key);
  return {};
}

function invoke({ functions }: Services, region: string, input: Json, done: Done): void {
  const fn = functions.find(region, String(input["FunctionName"]));
  const payload = input["Payload"];
  const event = payload === undefined ? undefined : JSON.parse(Buffer.from(payload as Uint8Array).toString("utf8"));
  if (input["InvocationType"] === "Event") {
    functions.callLater(region, fn, event);
    done({ value: { StatusCode: 202 } });
    return;
  }
  functions.call(region, fn, event, (result) => {
    const text = result.ok
      ? JSON.stringify(result.value ?? null)
      : JSON.stringify({ errorType: result.error, errorMessage: result.message });
    done({
      value: { StatusCode: 200, Payload: Buffer.from(text), ...(result.ok ? {} : { FunctionError: "Unhandled" }) },
    });
  });
}

/** Stands in for `fetch`: the providers, and the peer's health route. */
export const simulatedFetch = (async (url: string, init: RequestInit = {}) => {
  const given = services!;
  const activation = requireActivation(`fetch ${url}`);
  const timeoutMs = (init.signal as unknown as LimitSignal | undefined)?.limitMs ?? 60_000;
  const method = init.method ?? "GET";
  const { region, functionName } = activation;
  if (url.includes("/regions/health")) return await probed(given, activation, url, timeoutMs);
  const path = new URL(url).pathname;
  const call = `${region}/${functionName}/${method} ${path.replace(/\/([^/]{6})[^/]*/, "/$1")}`;
  const body = init.body ? JSON.parse(String(init.body)) : undefined;
  const answer = (await attempts(given, activation, call, { attempts: 1, timeoutMs }, given.providerTrouble, (done) =>
    done({ value: answerOfProvider(given, method, url, body) }),
  ).catch((error: Error) => {
    if (error.name === "ThrottlingException") return { status: 503, body: { error: "unavailable" } };
    throw error;
  })) as { status: number; body: unknown };
  return respond(answer.status, JSON.stringify(answer.body));
}) as typeof fetch;

function answerOfProvider({ providers, onProviderCall }: Services, method: string, url: string, body: unknown) {
  const answer = providers.answer(method, url, body);
  onProviderCall?.(method, url, answer.status);
  return answer;
}

function respond(status: number, text: string): Response {
  return { status, text: async () => text, arrayBuffer: async () => new ArrayBuffer(0) } as Response;
}

function probed(given: Services, { region }: Activation, url: string, timeoutMs: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const timer = given.world.after(timeoutMs, region, () => reject(timeoutError()), true);
    given.probe(region, url, (status) => {
      timer.cancel();
      if (status === undefined)
        reject(Object.assign(new Error("connection refused"), { cause: { code: "ECONNREFUSED" } }));
      else resolve(respond(status, "{}"));
    });
  });
}
