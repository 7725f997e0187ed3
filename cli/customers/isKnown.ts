import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { directoryItemsOf } from "../../components/orderService/handlers/erasure/accounts";
import { orderKeysOf, type RegionData } from "../../components/orderService/handlers/erasure/regionData";
import { erasureKey } from "../../components/orderService/handlers/erasure/requests";

/**
 * Returns true if a Region has data of the customer, or an earlier request to erase them. A Region that does not answer may have some, so
 * it counts as one that does.
 */
export async function isKnown(regions: readonly RegionData[], customerId: string): Promise<boolean> {
  const known = await Promise.all(regions.map((clients) => isKnownIn(clients, customerId).catch(() => true)));
  return known.includes(true);
}

async function isKnownIn(clients: RegionData, customerId: string): Promise<boolean> {
  const Key = erasureKey(customerId, clients.region);
  const [accounts, orders, addresses, { Item: request }] = await Promise.all([
    directoryItemsOf(clients, customerId),
    orderKeysOf(clients, customerId),
    clients.orders.addressBooks(customerId),
    clients.tables.send(new GetCommand({ TableName: clients.data.orders, Key, ConsistentRead: true })),
  ]);
  return accounts.length + orders.length + addresses.length > 0 || request !== undefined;
}

export const unknownCustomer = (customerId: string): string =>
  `There is no customer "${customerId}" in any Region: give the \`customerId\` of an order or of an access token.`;
