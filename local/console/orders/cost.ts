import { ASSUMED, PRICES } from "../../aws/prices";
import type { FunctionCall, OutgoingCall } from "../../aws/traces";
import { type Deployment, resourcesOfType } from "../../deployment/deployment";
import { records } from "../../engine/handler";
import { indexKeys } from "../../engine/services/dynamoDb";
import type { OrderWrite } from "./writes";

/** Settings of a function on which the cost of its calls depends. */
export interface FunctionFacts {
  memoryMb: number;
  /** An API calls it. */
  isApi: boolean;
  /** A queue calls it. */
  isFromQueue: boolean;
}

/** Settings of the deployed program on which the cost of an order's steps depends. */
export interface CostFacts {
  /** By resource, such as `orders-submit`. */
  functions: ReadonlyMap<string, FunctionFacts>;
  /** Keys of each secondary index, by the table's name. */
  indexes: ReadonlyMap<string, readonly (readonly string[])[]>;
}

/** Reads the settings from the deployed resources. */
export function readCostFacts(deployments: readonly Pick<Deployment, "resources">[]): CostFacts {
  const functions = new Map<string, FunctionFacts>();
  const indexes = new Map<string, string[][]>();
  for (const deployment of deployments) {
    const targets = resourcesOfType(deployment, "aws:apigatewayv2/integration:Integration").map(({ inputs }) =>
      String(inputs["integrationUri"]),
    );
    const fromQueues = resourcesOfType(deployment, "aws:lambda/eventSourceMapping:EventSourceMapping")
      .filter(({ inputs }) => String(inputs["eventSourceArn"]).includes(":sqs:"))
      .map(({ inputs }) => String(inputs["functionName"]));
    for (const { name, id, inputs, outputs } of resourcesOfType(deployment, "aws:lambda/function:Function")) {
      const physical = String(outputs["name"] ?? id);
      const isCalledBy = (callers: readonly string[]) =>
        callers.some((caller) => caller === physical || new RegExp(`:function:${physical}([:/]|$)`).test(caller));
      functions.set(name.replace(/-function$/, ""), {
        memoryMb: Number(inputs["memorySize"] ?? 128),
        isApi: isCalledBy(targets),
        isFromQueue: isCalledBy(fromQueues),
      });
    }
    for (const { id, inputs, outputs } of resourcesOfType(deployment, "aws:dynamodb/table:Table")) {
      const own = records(inputs, "globalSecondaryIndexes");
      indexes.set(
        String(outputs["name"] ?? id),
        own.map((each) => indexKeys(each, inputs).map(({ AttributeName }) => String(AttributeName))),
      );
    }
  }
  return { functions, indexes };
}

/** Cost of a state with its failed attempts: Step Functions counts a retry as a transition. */
export const stateUsd = (failures: number): number => (1 + failures) * PRICES.transition;

/**
 * Cost of a function's call without its requests: the call, its billed time, its log, its share of traces, and the API or queue in front.
 *
 * The billed time is measured here, except for the function's own requests, for which AWS's times are assumed as in `npm run bench:cost`.
 */
export function callUsd(call: FunctionCall, facts: FunctionFacts | undefined, logBytes: number): number {
  const { memoryMb = 128, isApi = false, isFromQueue = false } = facts ?? {};
  const lastMs = call.endAt === undefined ? 0 : Date.parse(call.endAt) - Date.parse(call.at);
  const ownMs = Math.max(0, lastMs - unionMs(call.calls));
  const waitMs = call.calls.reduce((sum, one) => sum + (isOfAws(one) ? ASSUMED.awsCallMs : ASSUMED.providerCallMs), 0);
  const gbSeconds = (ownMs * ASSUMED.processorMb + waitMs * memoryMb) / 1_000 / 1_024;
  const bytes = logBytes + (isApi ? ASSUMED.accessLogBytes : 0);
  return (
    PRICES.lambdaRequest +
    gbSeconds * PRICES.lambdaGbSecond +
    (bytes / 1_073_741_824) * PRICES.logGb +
    // One call in twenty is sampled.
    PRICES.trace / 20 +
    (isApi ? PRICES.apiRequest : 0) +
    // Lambda receives and deletes a batch in one request each.
    (isFromQueue ? 2 * PRICES.sqsRequest : 0)
  );
}

/** Milliseconds in which at least one request was under way. */
function unionMs(calls: readonly OutgoingCall[]): number {
  let [sum, until] = [0, 0];
  for (const { at, endAt } of calls.toSorted((a, b) => a.at.localeCompare(b.at))) {
    const [begin, end] = [Math.max(until, Date.parse(at)), Date.parse(endAt)];
    if (end > begin) sum += end - begin;
    until = Math.max(until, end);
  }
  return sum;
}

const isOfAws = ({ title }: Pick<OutgoingCall, "title">) => !/^[A-Z]+ https?:/.test(title);

/**
 * Cost of a request of each operation, in US dollars. Written units are counted at the writes themselves, by the items' sizes, and mails and text
 * messages at their entries.
 */
const REQUESTS: Readonly<Record<string, number>> = {
  GetItem: PRICES.readUnit,
  Query: PRICES.readUnit,
  BatchGetItem: PRICES.readUnit,
  // Stores the card with the order, which the audit trail records.
  TransactWriteItems: PRICES.dataEvent,
  Decrypt: PRICES.kmsAsymmetric,
  Publish: PRICES.snsPublish,
  SendMessage: PRICES.sqsRequest,
  PutObject: PRICES.objectPut,
};

/** Cost of a request of AWS; 0 for a provider's, whose fees the store does not know. */
export function requestUsd({ title, subject, error }: Pick<OutgoingCall, "title" | "subject" | "error">): number {
  if (!isOfAws({ title })) return 0;
  const operation = title.split(" ").at(-1) ?? "";
  // A text message has a phone number instead of a topic.
  if (operation === "Publish" && subject === undefined) return 0;
  // A refused write is billed too.
  const refused = error === "ConditionalCheckFailedException" ? PRICES.writeUnit : 0;
  // The audit trail records calls on cards, and none of the order's own functions on orders.
  const audited = subject?.includes("cards") ? PRICES.dataEvent : 0;
  return (REQUESTS[operation] ?? 0) + refused + audited;
}

/** Cost of a message to a customer. A webhook costs the function's call alone. */
export const messageUsd = (kind: "mail" | "sms" | "webhook"): number =>
  ({ mail: PRICES.mail, sms: PRICES.textMessage, webhook: 0 })[kind];

/** Cost of a write with the entries of the indexes that it changed. */
export function writeUsd(write: OrderWrite, facts: CostFacts | undefined, isInTransaction: boolean): number {
  const units = unitsOf(write) * (isInTransaction ? 2 : 1);
  return (units + indexUnits(write, facts)) * PRICES.writeUnit;
}

/** Cost of a write's arrival in the other Region. */
export function replicationUsd(write: OrderWrite | undefined, facts: CostFacts | undefined): number {
  if (write === undefined) return PRICES.writeUnit;
  const bytes = bytesOf(write.after ?? write.before);
  return (
    (unitsOf(write) + indexUnits(write, facts)) * PRICES.writeUnit + (bytes / 1_073_741_824) * PRICES.betweenRegionsGb
  );
}

/** Write units: one for each KB begun of the larger of both items. */
const unitsOf = ({ before, after }: OrderWrite) =>
  Math.max(1, Math.ceil(Math.max(bytesOf(before), bytesOf(after)) / 1_024));

const bytesOf = (item: object | undefined) => (item === undefined ? 0 : Buffer.byteLength(JSON.stringify(item)));

/** An index entry that appears, moves or disappears is a unit each for what is deleted and what is put. */
function indexUnits({ tableName, before = {}, after = {} }: OrderWrite, facts: CostFacts | undefined): number {
  let units = 0;
  for (const keys of facts?.indexes.get(tableName) ?? []) {
    const entryOf = (item: Record<string, unknown>) =>
      keys.every((key) => item[key] !== undefined) ? JSON.stringify(keys.map((key) => item[key])) : undefined;
    const [old, now] = [entryOf(before), entryOf(after)];
    if (old !== now) units += [old, now].filter((entry) => entry !== undefined).length;
  }
  return units;
}
