import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import {
  type AddressBookItem,
  addressBookKey,
  type CancelItem,
  type CardItem,
  type Condition,
  cancelKey,
  claimKey,
  type NotifiedChange,
  notificationKey,
  ORDER_SCHEMA,
  ORDER_STATUS_RULES,
  type OrderItem,
  type OrderTableItem,
  type PageEnd,
  type Partition,
  type RefundWrite,
  refundCountKey,
  sentChanges,
  toPartition,
  type WaitItem,
  type Write,
  waitKey,
} from "../../../domain/order";
import type { Units } from "../../../domain/stock";
import { conditionHolds } from "../../runtime/conditionalWrites";
import { countOne, type DailyLimit } from "./dailyLimit";
import { OrderReader, type OrderTables } from "./orderReader";
import { readBatch } from "./readBatch";
import { returnUnits, takeUnits } from "./stock/stockStore";
import { type Action, MEETING_ATTEMPTS, transact } from "./transaction";

export type { OrderTables };

/** Outcome of placing an order. */
export type Placed =
  | { kind: "placed" }
  /** The Region has an item of the order already. */
  | { kind: "existing"; item: OrderItem }
  /** The customer has as many orders today as the limit allows; nothing was written. */
  | { kind: "limited" }
  /** The own shares have too few units of these lines; nothing was written. */
  | { kind: "short"; lines: Units[] };

/** An order that stands in the index of open orders. */
export interface OpenOrder {
  orderId: string;
  region: string;
  sweepAt: string;
}

export const OPEN_INDEX = "open";
export const CUSTOMER_INDEX = "byCustomer";
export const PLACED_INDEX = "byMonth";
/** All indexes of the orders' table. */
export const ORDER_INDEXES = [OPEN_INDEX, CUSTOMER_INDEX, PLACED_INDEX] as const;

/**
 * The two tables of the order service. Every write of an order item is a `Write` of the domain under its condition;
 * `false` means that the condition no longer held; the caller then decides again from a new read.
 */
export class OrderStore extends OrderReader {
  /** All that this Region knows of an order, and the execution that waits for it here; strongly consistent. */
  async waitingPartition(orderId: string): Promise<{ partition: Partition; waiting?: WaitItem }> {
    const items = await this.everyItem(orderId);
    const isOwnWait = (item: OrderTableItem): item is WaitItem => item.region === waitKey(this.region);
    return { partition: toPartition(items), waiting: items.find(isOwnWait) };
  }

  /** All that is known of an order, and the changes that its customer has been notified of; strongly consistent. */
  async notified(orderId: string): Promise<{ partition: Partition; sent: ReadonlySet<NotifiedChange> }> {
    const items = await this.everyItem(orderId);
    return { partition: toPartition(items), sent: sentChanges(items) };
  }

  /** Reads one item, strongly consistent. */
  private async read<Item>(TableName: string, orderId: string, region: string): Promise<Item | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName, Key: { orderId, region }, ConsistentRead: true }),
    );
    return Item as Item | undefined;
  }

  /** Writes an item under its condition; `false` if that does not hold. */
  private putIf(input: PutCommandInput): Promise<boolean> {
    return conditionHolds(this.client.send(new PutCommand(input)));
  }

  /** Changes an item of the orders' table under its condition; `false` if that does not hold. */
  private updateIf(input: Omit<UpdateCommandInput, "TableName">): Promise<boolean> {
    return conditionHolds(this.client.send(new UpdateCommand({ TableName: this.tables.orders, ...input })));
  }

  /**
   * Claims a change's notification, so that of several copies only one is sent at a time.
   *
   * @param until ISO 8601 UTC: a claim whose holder has died ends then.
   * @returns `false` if this Region has sent it already, or another copy holds the claim.
   */
  async claimNotification(orderId: string, change: NotifiedChange, at: string, until: string): Promise<boolean> {
    return await this.updateIf({
      Key: { orderId, region: notificationKey(this.region) },
      UpdateExpression: "SET #claim = :until, #kind = :kind, #schema = :schema",
      ConditionExpression:
        "(attribute_not_exists(sent) OR NOT contains(sent, :change)) AND (attribute_not_exists(#claim) OR #claim < :at)",
      ExpressionAttributeNames: { "#claim": claimKey(change), "#kind": "kind", "#schema": "schema" },
      ExpressionAttributeValues: {
        ":until": until,
        ":at": at,
        ":change": change,
        ":kind": "notification",
        ":schema": ORDER_SCHEMA,
      },
    });
  }

  /** Uses one of what a customer may have in this Region today; `false` if the limit is reached. */
  async takeRate(what: string, customerId: string, daily: DailyLimit): Promise<boolean> {
    return await conditionHolds(
      this.client.send(
        new UpdateCommand(countOne(this.tables.orders, { what, customerId, region: this.region }, daily)),
      ),
    );
  }

  /** Records that the customer was notified of these changes; ends the claim of `change`. */
  async markSent(orderId: string, change: NotifiedChange, sent: readonly NotifiedChange[]): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.tables.orders,
        Key: { orderId, region: notificationKey(this.region) },
        UpdateExpression: "ADD sent :sent REMOVE #claim",
        ExpressionAttributeNames: { "#claim": claimKey(change) },
        ExpressionAttributeValues: { ":sent": new Set(sent) },
      }),
    );
  }

  /**
   * Stores an order's first item and its card, counts it among the customer's orders of the day and takes the units that it holds, in
   * one transaction: an order that is not stored is not counted.
   */
  async place({ item }: Write<OrderItem>, card: CardItem | undefined, daily: DailyLimit): Promise<Placed> {
    const counted = { what: "orders", customerId: item.customerId, region: this.region };
    const actions: Action[] = [
      {
        Put: {
          TableName: this.tables.orders,
          Item: item,
          ConditionExpression: "attribute_not_exists(orderId)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
      { Update: countOne(this.tables.orders, counted, daily) },
    ];
    if (card) actions.push({ Put: { TableName: this.tables.cards, Item: card } });
    const units = item.hold?.units ?? [];
    const firstLine = actions.length;
    actions.push(...units.map((line) => ({ Update: takeUnits(this.tables.stock, line, this.region) })));
    // An order's own item is written by its retries only, but many orders meet in one share, and a customer's in one count.
    const refused = await transact(this.client, actions, MEETING_ATTEMPTS);
    if (!refused) return { kind: "placed" };
    // A retry of a stored order may find its units sold, or the limit reached: the order comes first.
    if (refused.has(0)) return { kind: "existing", item: refused.get(0) as unknown as OrderItem };
    if (refused.has(1)) return { kind: "limited" };
    return { kind: "short", lines: units.filter((_, index) => refused.has(firstLine + index)) };
  }

  /** One Region's item of an order: the own one by default. */
  item(orderId: string, region = this.region): Promise<OrderItem | undefined> {
    return this.read(this.tables.orders, orderId, region);
  }

  /** Writes what the domain decided; `false` if its condition no longer holds. */
  async write(write: Write<OrderItem>): Promise<boolean> {
    const { item } = write;
    const key = { orderId: item.orderId, region: this.region };
    const put = { TableName: this.tables.orders, Item: item, ...expressionOf(write.condition) };
    if (write.returns) {
      const shares = write.returns.map((line) => ({ Update: returnUnits(this.tables.stock, line, this.region) }));
      return (await transact(this.client, [{ Put: put }, ...shares], MEETING_ATTEMPTS)) === undefined;
    }
    const { deletesWait } = ORDER_STATUS_RULES[item.status];
    if (deletesWait === "before") {
      await this.tidyUp(item);
      return await this.putIf(put);
    }
    const others: Action[] = [];
    if (write.deleteCard && item.payment.kind === "card") {
      others.push({ Delete: { TableName: this.tables.cards, Key: key } });
    }
    if (deletesWait === "transaction") {
      others.push({
        Delete: { TableName: this.tables.orders, Key: { ...key, region: waitKey(this.region) } },
      });
    }
    if (write.copyCardOf !== undefined) {
      const card = await this.card(item.orderId, write.copyCardOf);
      if (card) others.push({ Put: { TableName: this.tables.cards, Item: { ...card, region: this.region } } });
    }
    // A transaction costs twice as much as the writes in it.
    if (others.length === 0) return await this.putIf(put);
    return (await transact(this.client, [{ Put: put }, ...others])) === undefined;
  }

  /**
   * Before an order is delivered: its wait, and the card unless it is known to be gone. One write
   * after the other, at half the price of a transaction: an order on its way needs no card. If the
   * function dies in between, the step's next check delivers the order.
   */
  private async tidyUp(item: OrderItem): Promise<void> {
    const { orderId, epoch } = item;
    // Without a condition: it may be gone already, and usually is.
    const card = new DeleteCommand({ TableName: this.tables.cards, Key: { orderId, region: this.region } });
    const wait = new DeleteCommand({
      TableName: this.tables.orders,
      Key: { orderId, region: waitKey(this.region) },
      // A later epoch's execution waits there by its own token.
      ConditionExpression: "attribute_not_exists(orderId) OR epoch <= :epoch",
      ExpressionAttributeValues: { ":epoch": epoch },
    });
    await Promise.all([mayHaveCard(item) ? this.client.send(card) : undefined, conditionHolds(this.client.send(wait))]);
  }

  /** A Region's card item: the own one by default. */
  card(orderId: string, region = this.region): Promise<CardItem | undefined> {
    return this.read(this.tables.cards, orderId, region);
  }

  /** Whichever card item of the order has arrived here, the own one first. */
  async anyCard(orderId: string): Promise<CardItem | undefined> {
    const cards = (await this.everyItem(orderId, this.tables.cards)) as unknown as CardItem[];
    return cards.find((card) => card.region === this.region) ?? cards[0];
  }

  /** Records the customer's request to cancel; repeating it changes nothing. */
  async wishCancel(orderId: string, customerId: string, requestedAt: string): Promise<void> {
    const region = cancelKey(this.region);
    const item: CancelItem = { kind: "cancel", schema: ORDER_SCHEMA, orderId, region, customerId, requestedAt };
    await this.putIf({
      TableName: this.tables.orders,
      Item: item,
      ConditionExpression: "attribute_not_exists(orderId)",
    });
  }

  /** Writes what the domain decided about a refund; `false` if its condition no longer holds. */
  async writeRefund({ item, version, accepted }: RefundWrite): Promise<boolean> {
    const condition =
      version === undefined
        ? { ConditionExpression: "attribute_not_exists(orderId)" }
        : { ConditionExpression: "version = :version", ExpressionAttributeValues: { ":version": version } };
    const put = { TableName: this.tables.orders, Item: item, ...condition };
    if (accepted === undefined) return await this.putIf(put);
    const count = {
      TableName: this.tables.orders,
      Key: { orderId: item.orderId, region: refundCountKey(this.region) },
      UpdateExpression: "SET accepted = :next, #kind = :kind, #schema = :schema",
      ConditionExpression: accepted === 0 ? "attribute_not_exists(orderId)" : "accepted = :accepted",
      ExpressionAttributeNames: { "#kind": "kind", "#schema": "schema" },
      ExpressionAttributeValues: {
        ":next": accepted + 1,
        ":kind": "refunds",
        ":schema": ORDER_SCHEMA,
        ...(accepted > 0 && { ":accepted": accepted }),
      },
    };
    return (await transact(this.client, [{ Put: put }, { Update: count }], MEETING_ATTEMPTS)) === undefined;
  }

  /**
   * Records that an execution waits. Webhooks recorded before are kept.
   *
   * @param challengeUrl page on which the customer confirms the payment that the execution waits for.
   */
  async startWait(orderId: string, epoch: number, token: string, at: string, challengeUrl?: string): Promise<void> {
    const assignments = "#token = :token, epoch = :epoch, waitingSince = :at, #kind = :kind, #schema = :schema";
    await this.updateIf({
      Key: { orderId, region: waitKey(this.region) },
      UpdateExpression:
        challengeUrl === undefined
          ? `SET ${assignments} REMOVE challengeUrl`
          : `SET ${assignments}, challengeUrl = :challengeUrl`,
      // An execution of an earlier epoch, woken late, must not take the place of its successor.
      ConditionExpression: "attribute_not_exists(orderId) OR epoch <= :epoch",
      ExpressionAttributeNames: { "#token": "token", "#kind": "kind", "#schema": "schema" },
      ExpressionAttributeValues: {
        ":token": token,
        ":epoch": epoch,
        ":at": at,
        ":kind": "wait",
        ":schema": ORDER_SCHEMA,
        ...(challengeUrl !== undefined && { ":challengeUrl": challengeUrl }),
      },
    });
  }

  waiting(orderId: string): Promise<WaitItem | undefined> {
    return this.read(this.tables.orders, orderId, waitKey(this.region));
  }

  /** Removes a used token, and records the webhook that used it. */
  async endWait(orderId: string, token: string, webhookId?: string): Promise<void> {
    await this.updateIf({
      Key: { orderId, region: waitKey(this.region) },
      UpdateExpression: webhookId === undefined ? "REMOVE #token" : "REMOVE #token ADD wokenBy :id",
      ConditionExpression: "#token = :token",
      ExpressionAttributeNames: { "#token": "token" },
      ExpressionAttributeValues: {
        ":token": token,
        ...(webhookId === undefined ? {} : { ":id": new Set([webhookId]) }),
      },
    });
  }

  /** A customer's saved addresses: one item for each Region that has changed them. */
  async addressBooks(customerId: string): Promise<AddressBookItem[]> {
    return (await this.everyItem(addressBookKey(customerId))) as unknown as AddressBookItem[];
  }

  /** Writes this Region's item, if it still has the version before. */
  async writeAddressBook(item: AddressBookItem): Promise<boolean> {
    return await this.putIf({
      TableName: this.tables.orders,
      Item: item,
      ...(item.version === 1
        ? { ConditionExpression: "attribute_not_exists(orderId)" }
        : {
            ConditionExpression: "#version = :before",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":before": item.version - 1 },
          }),
    });
  }

  /** Deletes this Region's item of a customer's saved addresses. Succeeds if there is none. */
  async deleteAddressBook(customerId: string): Promise<void> {
    const Key = { orderId: addressBookKey(customerId), region: this.region };
    await this.client.send(new DeleteCommand({ TableName: this.tables.orders, Key }));
  }

  /** A customer's orders, newest first, as keys; an order that two Regions hold comes twice. */
  async ofCustomer(
    customerId: string,
    limit: number,
    before?: Record<string, unknown>,
  ): Promise<{ keys: { orderId: string; region: string }[]; next?: PageEnd }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.tables.orders,
        IndexName: CUSTOMER_INDEX,
        KeyConditionExpression: "customerId = :customerId",
        ExpressionAttributeValues: { ":customerId": customerId },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: before,
      }),
    );
    return { keys: Items as { orderId: string; region: string }[], next: LastEvaluatedKey as PageEnd | undefined };
  }

  /** The newest orders under a key of the index of all orders, as keys; none before `from` or after `until`. */
  async placed(
    placedIn: string,
    limit: number,
    { from = "0", until = "9" }: { from?: string; until?: string } = {},
  ): Promise<PageEnd[]> {
    // DynamoDB refuses a range without content.
    if (from > until) return [];
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tables.orders,
        IndexName: PLACED_INDEX,
        KeyConditionExpression: "placedIn = :key AND createdAt BETWEEN :from AND :until",
        ExpressionAttributeValues: { ":key": placedIn, ":from": from, ":until": until },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items as PageEnd[];
  }

  /** Items by key, at most 100. */
  items(keys: { orderId: string; region: string }[]): Promise<OrderItem[]> {
    return readBatch(
      this.client,
      this.tables.orders,
      keys.map(({ orderId, region }) => ({ orderId, region })),
    );
  }

  /** One page of the open orders under a key of the index, by deadline; only those past theirs if `dueAt` is given. */
  async open(
    openIn: string,
    { dueAt, after, limit = 100 }: { dueAt?: string; after?: Record<string, unknown>; limit?: number } = {},
  ): Promise<{ orders: OpenOrder[]; next?: Record<string, unknown> }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.tables.orders,
        IndexName: OPEN_INDEX,
        KeyConditionExpression: dueAt === undefined ? "openIn = :openIn" : "openIn = :openIn AND sweepAt <= :dueAt",
        ExpressionAttributeValues: { ":openIn": openIn, ...(dueAt === undefined ? {} : { ":dueAt": dueAt }) },
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    return { orders: Items as OpenOrder[], next: LastEvaluatedKey };
  }
}

/**
 * The write of an earlier status has deleted the card, if there was such a status, and only a takeover from a stale copy can have
 * brought it back.
 */
function mayHaveCard({ payment, epoch, history }: OrderItem): boolean {
  const wasDeleted = history.slice(0, -1).some(({ status }) => ORDER_STATUS_RULES[status].card === "deleted");
  return payment.kind === "card" && !(epoch === 1 && wasDeleted);
}

function expressionOf(condition: Condition) {
  if (condition.absent) return { ConditionExpression: "attribute_not_exists(orderId)" };
  const statuses = condition.statuses.map((status, index) => [`:status${index}`, status] as const);
  return {
    ConditionExpression: `epoch = :epoch AND version = :version AND #status IN (${statuses.map(([key]) => key).join(", ")})`,
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: {
      ":epoch": condition.epoch,
      ":version": condition.version,
      ...Object.fromEntries(statuses),
    },
  };
}
