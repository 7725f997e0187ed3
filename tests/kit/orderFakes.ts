import { constants, generateKeyPairSync, type KeyObject, privateDecrypt } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Log } from "../../components/orderService/handlers/api/http";
import type { DailyLimit } from "../../components/orderService/handlers/dailyLimit";
import { OrderStore } from "../../components/orderService/handlers/orderStore";
import {
  type CardItem,
  holds,
  type NotifiedChange,
  type OrderItem,
  type Partition,
  type RefundItem,
  type RefundWrite,
  rateKey,
  type WaitItem,
  type Write,
  waitKey,
} from "../../domain/order";

/** The two tables in memory, as one Region sees them: strongly consistent, conditions judged by the domain's `holds`. */
export class MemoryStore extends OrderStore {
  readonly orders: OrderItem[];
  readonly cards: CardItem[] = [];
  refunds: RefundItem[] = [];
  acceptedRefunds = 0;
  cancelWished = false;
  wait?: WaitItem;
  reads = 0;
  /** Runs before each write, to simulate a concurrent writer. */
  meanwhile?: () => void;

  constructor(orders: OrderItem[], region = "us-east-1") {
    const client = DynamoDBDocumentClient.from(
      new DynamoDBClient({ region, credentials: { accessKeyId: "x", secretAccessKey: "x" } }),
    );
    super(client, { orders: "orders", cards: "cards", stock: "stock" }, region);
    this.orders = [...orders];
  }

  get own(): OrderItem | undefined {
    return this.orders.find(({ region }) => region === this.region);
  }

  override async partition(): Promise<Partition> {
    this.reads += 1;
    const refunds = this.refunds.length > 0 ? { refunds: [...this.refunds] } : {};
    const acceptedRefunds = { [this.region]: this.acceptedRefunds };
    return { acceptedRefunds, orders: [...this.orders], cancelWished: this.cancelWished, ...refunds };
  }

  override async waitingPartition() {
    return { partition: await this.partition(), waiting: await this.waiting() };
  }

  readonly sent = new Map<string, Set<NotifiedChange>>();
  readonly claims = new Map<NotifiedChange, string>();

  override async notified() {
    return {
      partition: await this.partition(),
      sent: new Set([...this.sent.values()].flatMap((changes) => [...changes])),
    };
  }

  override async claimNotification(
    _orderId: string,
    change: NotifiedChange,
    at: string,
    until: string,
  ): Promise<boolean> {
    if (this.sent.get(this.region)?.has(change) || (this.claims.get(change) ?? "") >= at) return false;
    this.claims.set(change, until);
    return true;
  }

  override async markSent(_orderId: string, change: NotifiedChange, sent: readonly NotifiedChange[]): Promise<void> {
    this.sent.set(this.region, new Set([...(this.sent.get(this.region) ?? []), ...sent]));
    this.claims.delete(change);
  }

  override async deleteAddressBook(): Promise<void> {}

  readonly used = new Map<string, number>();

  override async takeRate(what: string, customerId: string, { limit, at }: DailyLimit): Promise<boolean> {
    const key = JSON.stringify(rateKey(what, customerId, this.region, at));
    const used = this.used.get(key) ?? 0;
    if (used >= limit) return false;
    this.used.set(key, used + 1);
    return true;
  }

  override async writeRefund({ item, version, accepted }: RefundWrite): Promise<boolean> {
    this.meanwhile?.();
    const own = this.refunds.find(({ region }) => region === item.region);
    if (own?.version !== version) return false;
    if (accepted !== undefined) {
      if (accepted !== this.acceptedRefunds) return false;
      this.acceptedRefunds += 1;
    }
    this.refunds = [...this.refunds.filter((refund) => refund !== own), item];
    return true;
  }

  override async write(write: Write<OrderItem>): Promise<boolean> {
    this.meanwhile?.();
    if (!holds(write.condition, this.own)) return false;
    this.replace(write.item);
    if (write.deleteCard)
      this.cards.splice(0, this.cards.length, ...this.cards.filter((card) => card.region !== this.region));
    return true;
  }

  override async anyCard(): Promise<CardItem | undefined> {
    return this.cards[0];
  }

  override async startWait(
    orderId: string,
    epoch: number,
    token: string,
    at: string,
    challengeUrl?: string,
  ): Promise<void> {
    const { wokenBy } = this.wait ?? {};
    this.wait = {
      kind: "wait",
      schema: 1,
      orderId,
      region: waitKey(this.region),
      epoch,
      token,
      waitingSince: at,
      wokenBy,
      ...(challengeUrl !== undefined && { challengeUrl }),
    };
  }

  override async waiting(): Promise<WaitItem | undefined> {
    return this.wait;
  }

  override async endWait(_orderId: string, token: string, webhookId?: string): Promise<void> {
    if (this.wait?.token !== token) return;
    const { token: _used, ...rest } = this.wait;
    this.wait = { ...rest, wokenBy: new Set([...(rest.wokenBy ?? []), ...(webhookId ? [webhookId] : [])]) };
  }

  replace(item: OrderItem): void {
    const index = this.orders.findIndex(({ region }) => region === item.region);
    this.orders.splice(index < 0 ? this.orders.length : index, 1, item);
  }
}

/** An AWS client whose every command is answered by this function. */
export function answeringClient<Client>(answer: (name: string, input: Record<string, unknown>) => unknown) {
  const sent: { name: string; input: Record<string, unknown> }[] = [];
  const client = {
    send: async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
      sent.push({ name: command.constructor.name, input: command.input });
      return answer(command.constructor.name, command.input) ?? {};
    },
  };
  return { client: client as unknown as Client, sent };
}

export const workflowsAnswering = (answer: (name: string, input: Record<string, unknown>) => unknown = () => ({})) =>
  answeringClient<SFNClient>(answer);

/** A key service with one RSA key. */
export function keyService(): { kms: KMSClient; publicKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { client } = answeringClient<KMSClient>((_name, { CiphertextBlob }) => {
    try {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      return {
        Plaintext: privateDecrypt({ key: privateKey, oaepHash: "sha256", padding }, CiphertextBlob as Uint8Array),
      };
    } catch {
      throw Object.assign(new Error("wrong key"), { name: "InvalidCiphertextException" });
    }
  });
  return { kms: client, publicKey };
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
