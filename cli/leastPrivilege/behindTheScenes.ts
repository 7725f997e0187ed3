import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { SFN } from "@aws-sdk/client-sfn";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { rebuildIndex } from "../../catalogue/rebuild";
import { type CardItem, executionName, ORDER_SCHEMA, type OrderItem, type OrderTableItem } from "../../domain/order";
import type { RegionUrls } from "../../domain/region";
import { counterName, type ShareItem, STOCK_SCHEMA, shareKey } from "../../domain/stock";
import { resourcesOfType } from "../../local/deployment/deployment";
import type { Store } from "../../local/store";

/** Acts of operators, replication and failures, with the root credentials of the account. */
export interface BehindTheScenes {
  /** Writes a product that the API would refuse. */
  putRawProduct(item: Record<string, unknown>): Promise<void>;
  rebuildIndex(): Promise<void>;
  /** This Region's item of an order. */
  item(orderId: string): Promise<OrderItem | undefined>;
  /** Does the order's workflow wait for a task token? */
  isWaiting(orderId: string): Promise<boolean>;
  /** Writes the peer Region's item of the order, as replication does after a takeover there. */
  takeOverElsewhere(orderId: string): Promise<void>;
  /** Writes an order of the peer Region and its card, as replication does. */
  arrive(item: OrderItem, card: CardItem): Promise<void>;
  /** Takes over the peer Region's open orders, as the watch does while that Region is lost. */
  takeOver(): Promise<void>;
  /** Sends the request of a health check. */
  checkHealth(): Promise<Response>;
  /** Error of the order's first workflow, if it failed. */
  workflowError(orderId: string): Promise<string | undefined>;
  /** Stops the order's first workflow. */
  stopWorkflow(orderId: string): Promise<void>;
  /** Runs the sweeper, as the schedule does every few minutes. */
  sweep(): Promise<void>;
  /** Writes a share of the peer Region that has sent units here, as replication does. */
  sendUnits(productId: string, units: number): Promise<void>;
  /** Writes the peer Region's request to erase a customer, as replication does, and runs the eraser as its schedule does. */
  erase(customerId: string): Promise<void>;
  close(): void;
}

export const PEER_REGION = "us-west-2";

/** @throws {Error} for a program without the store's resources. */
export function behindTheScenes(store: Store): BehindTheScenes {
  const { deployment } = store;
  const { region, endpoint, credentials, outputs } = deployment;
  const settings = { region, endpoint, credentials };
  const database = new DynamoDB(settings);
  const tables = DynamoDBDocument.from(database, { marshallOptions: { removeUndefinedValues: true } });
  const workflows = new SFN(settings);
  const lambda = new Lambda({ ...settings, requestHandler: { requestTimeout: 250_000 } });
  const output = (type: string, name: string, key: string) => {
    const found = resourcesOfType(deployment, type).find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`The program has no ${name} (${type}).`);
    return String(found.outputs[key]);
  };
  const ordersTable = output("aws:dynamodb/table:Table", "orders-orders", "name");
  const cardsTable = output("aws:dynamodb/table:Table", "orders-cards", "name");
  const stockTable = output("aws:dynamodb/table:Table", "orders-stock", "name");
  const workflow = output("aws:sfn/stateMachine:StateMachine", "orders-workflow", "arn");
  const executionArn = (orderId: string) =>
    `${workflow.replace(":stateMachine:", ":execution:")}:${executionName(orderId, 1)}`;
  const productsTable = String(outputs["productsTable"]);

  const call = async (name: string, request: object): Promise<void> => {
    const FunctionName = output("aws:lambda/function:Function", `${name}-function`, "name");
    const { FunctionError, Payload } = await lambda.invoke({ FunctionName, Payload: JSON.stringify(request) });
    if (FunctionError) throw new Error(`${name} failed: ${Buffer.from(Payload ?? []).toString()}`);
  };
  const partition = async (orderId: string): Promise<OrderTableItem[]> => {
    const { Items = [] } = await tables.query({
      TableName: ordersTable,
      KeyConditionExpression: "orderId = :orderId",
      ExpressionAttributeValues: { ":orderId": orderId },
      ConsistentRead: true,
    });
    return Items as OrderTableItem[];
  };
  const item = async (orderId: string) =>
    (await partition(orderId)).find((one): one is OrderItem => one.kind === "order" && one.region === region);

  return {
    item,
    async isWaiting(orderId) {
      return (await partition(orderId)).some((one) => one.kind === "wait" && one.token !== undefined);
    },
    async putRawProduct(product) {
      await tables.put({ TableName: productsTable, Item: product });
    },
    async rebuildIndex() {
      await rebuildIndex({
        client: workflows,
        stateMachineArn: String(outputs["catalogueRebuild"]),
        pollMs: 500,
        patienceMs: 180_000,
      });
    },
    async takeOverElsewhere(orderId) {
      const own = await item(orderId);
      if (own === undefined) throw new Error(`The order ${orderId} does not exist.`);
      const { openIn: _openIn, sweepAt: _sweepAt, ...rest } = own;
      const taken: OrderItem = { ...rest, region: PEER_REGION, epoch: own.epoch + 1, status: "CANCELLED" };
      await tables.put({ TableName: ordersTable, Item: taken });
    },
    async workflowError(orderId) {
      const { error } = await workflows.describeExecution({ executionArn: executionArn(orderId) });
      return error;
    },
    async stopWorkflow(orderId) {
      await workflows.stopExecution({ executionArn: executionArn(orderId) });
    },
    sweep: () => call("orders-sweeper", {}),
    async sendUnits(productId, units) {
      const share: ShareItem = {
        ...shareKey(productId, PEER_REGION),
        ...{ kind: "share", schema: STOCK_SCHEMA, region: PEER_REGION, available: 0, sold: 0, delivered: units },
        [counterName("sentTo", region)]: units,
      };
      await tables.put({ TableName: stockTable, Item: share });
    },
    async erase(customerId) {
      const request = {
        ...{ orderId: "erasures", region: `${customerId}#${PEER_REGION}`, kind: "erasure", schema: ORDER_SCHEMA },
        ...{ erased: customerId, in: PEER_REGION, requestedAt: new Date().toISOString() },
      };
      await tables.put({ TableName: ordersTable, Item: request });
      await call("orders-eraser", {});
      const { Item } = await tables.get({
        TableName: ordersTable,
        Key: { orderId: request.orderId, region: `${customerId}#${region}` },
      });
      if (Item?.["doneAt"] === undefined) throw new Error(`The customer ${customerId} was not erased.`);
    },
    async arrive(order, card) {
      await tables.put({ TableName: cardsTable, Item: card });
      await tables.put({ TableName: ordersTable, Item: order });
    },
    takeOver: () => call("orders-takeover", { from: PEER_REGION }),
    checkHealth() {
      // The path holds the check key, which the watch writes into the heartbeat for its peer.
      const watch = resourcesOfType(deployment, "aws:lambda/function:Function").find(
        ({ name }) => name === "failover-watch-function",
      );
      if (watch === undefined) throw new Error("The program has no failover-watch-function.");
      const { variables } = watch.inputs["environment"] as { variables: { URLS: string } };
      const { hostname, pathname } = new URL((JSON.parse(variables.URLS) as RegionUrls).health);
      return fetch(`${endpoint}/_aws/execute-api/${hostname.split(".")[0]}/$default${pathname}`, {
        signal: AbortSignal.timeout(30_000),
      });
    },
    close() {
      for (const client of [database, workflows, lambda]) client.destroy();
    },
  };
}

/** Waits until `ask` returns a value. @throws {Error} after a minute. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited 60 s in vain: ${what}.`);
    await sleep(150);
  }
}
