import { GenerateMacCommand, type KMSClient } from "@aws-sdk/client-kms";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import {
  type Account,
  type AccountItem,
  accountKey,
  addressKey,
  CUSTOMER_SCHEMA,
  type CustomerItem,
  customerAmong,
  decideIdentity,
  type Identity,
  liveAmong,
  SecondFactorElsewhereError,
} from "../../../domain/auth";
import { conditionHolds, isConditionFailed } from "../../runtime/conditionalWrites";
import { queryAll } from "../../runtime/queryAll";
import type { ReadPeerAccount } from "./peerAccounts";

/** A keyed hash as text: the same in every Region, and useless without the key. */
export type Hash = (text: string) => Promise<string>;

/** Creates the hash function from a multi-Region HMAC key. */
export function createKeyedHash(client: Pick<KMSClient, "send">, keyId: string): Hash {
  return async (text) => {
    const command = new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: "HMAC_SHA_256", Message: Buffer.from(text) });
    const { Mac } = await client.send(command);
    if (!Mac) throw new Error("KMS returned no MAC.");
    return Buffer.from(Mac).toString("base64url");
  };
}

/** The customers of all Regions and the ids under which they order. */
export class CustomerDirectory {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly hash: Hash,
    /** Reads an account of a peer Region's pool. Default: only the table's items are used. */
    private readonly peers?: ReadPeerAccount,
  ) {}

  /** Returns the key of the person with that address. */
  person(email: string): Promise<string> {
    return this.hash(`address:${addressKey(email)}`);
  }

  /** Reads each Region's item about a person. */
  items(person: string): Promise<CustomerItem[]> {
    return queryAll(this.client, {
      TableName: this.tableName,
      KeyConditionExpression: "person = :person",
      ExpressionAttributeValues: { ":person": person },
      // Consistent within this Region: includes its own item from a moment ago.
      ConsistentRead: true,
    });
  }

  /**
   * Returns the customer of an account, and stores it if this Region is the first to know it. A changed address leaves a
   * tombstone under the earlier one. Rejects with `SecondFactorElsewhereError` if another Region holds a second factor for the person.
   */
  async customerOf(email: string, account: Account, now = new Date().toISOString()): Promise<string> {
    const person = await this.person(email);
    if (!account.verified) return decideIdentity([], account, now).customerId;
    const [items, earlier] = await Promise.all([this.items(person), this.accountItem(account)]);
    const hasMoved = earlier !== undefined && earlier.address !== person;
    const moving = hasMoved ? { ...account, customerId: earlier.customerId } : account;
    const identity = await this.remember(person, items, moving, email, now);
    if (hasMoved) await this.end(earlier.address, account, now);
    await this.rememberAddress(person, account, identity, earlier);
    if (identity.secondFactorIn !== undefined) throw new SecondFactorElsewhereError(identity.secondFactorIn);
    return identity.customerId;
  }

  private async remember(
    person: string,
    known: CustomerItem[],
    account: Account,
    email: string,
    now: string,
  ): Promise<Identity & { decides: boolean }> {
    let items = known;
    for (let attempt = 1; ; attempt++) {
      const { gone, current } = await this.asPeersSay(items, account, email);
      const identity = decideIdentity(current, account, now, gone);
      const { customerId, put, replaces } = identity;
      const others = liveAmong(current).filter(({ region, sub }) => region !== account.region && !gone.includes(sub));
      const own = put ?? current.find(({ region, sub }) => region === account.region && sub === account.sub);
      const decides = own !== undefined && own.customerId === customerId && customerAmong([own, ...others]) === own;
      if (!put) return { ...identity, decides };
      const item: CustomerItem = { person, schema: CUSTOMER_SCHEMA, ...put };
      const condition =
        replaces === undefined ? { ConditionExpression: "attribute_not_exists(person)" } : ifStillOf(replaces);
      try {
        await this.client.send(new PutCommand({ TableName: this.tableName, Item: item, ...condition }));
        return { ...identity, decides };
      } catch (error) {
        // Two concurrent tokens: the item written first decides.
        if (attempt === 3 || !isConditionFailed(error)) throw error;
        items = await this.items(person);
      }
    }
  }

  /**
   * Asks the peer Regions' pools whether the accounts that identify the person still have the address. An unreachable pool
   * changes nothing: the directory's items decide, as they must while a Region is lost.
   */
  private async asPeersSay(items: CustomerItem[], account: Account, email: string) {
    const live = liveAmong(items).filter(({ region }) => region !== account.region);
    const gone: string[] = [];
    const answers = await Promise.all(live.map(async (item) => ({ item, peer: await this.peers?.(item) })));
    const changed = new Map<CustomerItem, CustomerItem>();
    for (const { item, peer } of answers) {
      if (peer === undefined) continue;
      const hasAddress = peer !== "gone" && addressKey(peer.email) === addressKey(email);
      if (!hasAddress) gone.push(item.sub);
      else if (peer.secondFactor !== (item.secondFactor ?? false)) {
        changed.set(item, { ...item, secondFactor: peer.secondFactor });
      }
    }
    return { gone, current: items.map((item) => changed.get(item) ?? item) };
  }

  /** Writes a tombstone over the account's item under its earlier address. */
  private async end(person: string, { region, sub }: Account, endedAt: string): Promise<void> {
    const item = (await this.items(person)).find((each) => each.region === region && each.sub === sub);
    if (!item || item.endedAt !== undefined) return;
    const put = new PutCommand({ TableName: this.tableName, Item: { ...item, endedAt }, ...ifStillOf(sub) });
    // False if another account has taken the address.
    await conditionHolds(this.client.send(put));
  }

  private async accountItem({ region, sub }: Account): Promise<AccountItem | undefined> {
    const Key = { person: accountKey(sub), region };
    const { Item } = await this.client.send(new GetCommand({ TableName: this.tableName, Key, ConsistentRead: true }));
    return Item as AccountItem | undefined;
  }

  /** Runs last, so that an interrupted change of the address is detected again with the next token. */
  private async rememberAddress(
    address: string,
    { region, sub }: Account,
    { customerId, decides }: { customerId: string; decides: boolean },
    earlier: AccountItem | undefined,
  ): Promise<void> {
    const kept = decides ? customerId : undefined;
    const isSame = earlier?.address === address && earlier.customerId === kept && earlier.usedBy === customerId;
    if (isSame) return;
    const key = { person: accountKey(sub), region, schema: CUSTOMER_SCHEMA };
    const item: AccountItem = { ...key, address, customerId: kept, usedBy: customerId };
    // Two concurrent tokens write the same; the next token corrects one from before a change of the address.
    await this.client.send(new PutCommand({ TableName: this.tableName, Item: item }));
  }
}

/** Condition of a write that replaces the item of one account and of no other. */
const ifStillOf = (sub: string) => ({
  ConditionExpression: "#sub = :earlier",
  ExpressionAttributeNames: { "#sub": "sub" },
  ExpressionAttributeValues: { ":earlier": sub },
});
