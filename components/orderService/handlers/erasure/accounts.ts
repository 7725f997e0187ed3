import { AdminDeleteUserCommand, ListUsersCommand, type UserType } from "@aws-sdk/client-cognito-identity-provider";
import { DeleteCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import { type AccountItem, accountKey, type CustomerItem, DIRECTORY_INDEXES } from "../../../../domain/auth";
import { conditionHolds } from "../../../runtime/conditionalWrites";
import { queryAll } from "../../../runtime/queryAll";
import type { RegionData } from "./regionData";

/**
 * A Region's own items of the directory about a customer: keyed hashes, and the subjects of their accounts. The directory finds customers by
 * a hash of their address, which the operator may not know, so its indexes are queried; items of the last second may be missing there.
 */
export async function directoryItemsOf(
  { tables, data, region }: RegionData,
  customerId: string,
): Promise<(CustomerItem | AccountItem)[]> {
  if (data.accounts === undefined) return [];
  const TableName = data.accounts.directory;
  const persons = new Set<string>();
  // Accounts of a customer whom another Region's item decides are in the index of `usedBy` alone.
  for (const { name, hashKey, rangeKey } of DIRECTORY_INDEXES) {
    const keys = await queryAll<{ person: string }>(tables, {
      TableName,
      IndexName: name,
      KeyConditionExpression: "#customer = :customerId AND #region = :region",
      ExpressionAttributeNames: { "#customer": hashKey, "#region": rangeKey },
      ExpressionAttributeValues: { ":customerId": customerId, ":region": region },
    });
    for (const { person } of keys) persons.add(person);
  }
  const items: (CustomerItem | AccountItem)[] = [];
  for (const person of persons) {
    const { Item } = await tables.send(new GetCommand({ TableName, Key: { person, region }, ConsistentRead: true }));
    // Another customer may have taken the address since the index was written.
    if (Item && [Item["customerId"], Item["usedBy"]].includes(customerId))
      items.push(Item as CustomerItem | AccountItem);
  }
  return items;
}

/** The customer's accounts in this Region's user pool. */
export async function accountsOf(clients: RegionData, items: readonly (CustomerItem | AccountItem)[]) {
  const { data, pool } = clients;
  const accounts: UserType[] = [];
  for (const sub of new Set(items.map(subOf))) {
    const { Users = [] } = await pool.send(
      new ListUsersCommand({ UserPoolId: data.accounts?.userPoolId, Filter: `sub = "${sub}"` }),
    );
    accounts.push(...Users);
  }
  return accounts;
}

const subOf = (item: CustomerItem | AccountItem): string =>
  "sub" in item ? item.sub : item.person.slice(accountKey("").length);

/** Deletes the accounts first: the directory's items name them, and a repeated run needs them. */
export async function eraseAccounts(clients: RegionData, customerId: string): Promise<number> {
  const { data, pool, tables } = clients;
  if (data.accounts === undefined) return 0;
  const items = await directoryItemsOf(clients, customerId);
  const accounts = await accountsOf(clients, items);
  for (const { Username } of accounts) {
    await pool.send(new AdminDeleteUserCommand({ UserPoolId: data.accounts.userPoolId, Username }));
  }
  const TableName = data.accounts.directory;
  for (const { person, region } of items) {
    const command = new DeleteCommand({
      TableName,
      Key: { person, region },
      ConditionExpression: "attribute_not_exists(person) OR customerId = :customerId OR usedBy = :customerId",
      ExpressionAttributeValues: { ":customerId": customerId },
    });
    // False if another customer has taken the address in the meantime.
    await conditionHolds(tables.send(command));
  }
  // An account's item names its customer only where it decides it.
  for (const sub of new Set(items.map(subOf))) {
    await tables.send(new DeleteCommand({ TableName, Key: { person: accountKey(sub), region: clients.region } }));
  }
  return accounts.length;
}
