import { accountsOf, directoryItemsOf } from "../../components/orderService/handlers/erasure/accounts";
import { invoiceKeysOf, readInvoice } from "../../components/orderService/handlers/erasure/invoices";
import { orderKeysOf, reasonOf } from "../../components/orderService/handlers/erasure/regionData";
import { queryAll } from "../../components/runtime/queryAll";
import type { AddressBookItem } from "../../domain/order";
import { unknownCustomer } from "./isKnown";
import type { CustomerClients } from "./places";

/** A customer's data in one Region. */
export interface RegionExport {
  accounts: { attributes: Record<string, string>; createdAt?: string }[];
  /** Items of orders: orders, cancellations, and which notifications were sent. */
  orders: Record<string, unknown>[];
  /** Saved addresses, those removed too. */
  addresses: AddressBookItem[];
  /** HTML by name. */
  invoices: Record<string, string>;
}

/**
 * Exports everything that the Regions keep about a customer.
 *
 * @throws {Error} if a Region does not answer, or none has anything of the customer's.
 */
export async function exportCustomer(
  regions: readonly CustomerClients[],
  customerId: string,
): Promise<Record<string, RegionExport>> {
  const exported: Record<string, RegionExport> = {};
  for (const clients of regions) {
    exported[clients.region] = await exportRegion(clients, customerId).catch((error: unknown) => {
      throw new Error(
        `${clients.region} did not answer (${reasonOf(error)}), and has accounts and invoices that no other Region has. Repeat the export when it is back.`,
      );
    });
  }
  const isEmpty = ({ accounts, orders, addresses, invoices }: RegionExport) =>
    accounts.length + orders.length + addresses.length + Object.keys(invoices).length === 0;
  if (Object.values(exported).every(isEmpty)) throw new Error(unknownCustomer(customerId));
  return exported;
}

/** Exports everything that one Region keeps about a customer. A waiting order's task token is no personal data. */
async function exportRegion(clients: CustomerClients, customerId: string): Promise<RegionExport> {
  const keys = await orderKeysOf(clients, customerId);
  const orders: Record<string, unknown>[] = [];
  for (const orderId of new Set(keys.map((key) => key.orderId))) {
    const items = await queryAll<Record<string, unknown>>(clients.tables, {
      TableName: clients.data.orders,
      KeyConditionExpression: "orderId = :orderId",
      ExpressionAttributeValues: { ":orderId": orderId },
    });
    orders.push(...items.filter(({ kind }) => kind !== "wait").map(withoutSets));
  }
  const invoices: Record<string, string> = {};
  for (const key of await invoiceKeysOf(clients, customerId)) invoices[key] = await readInvoice(clients, key);
  const accounts = await accountsOf(clients, await directoryItemsOf(clients, customerId));
  return {
    accounts: accounts.map(({ Attributes = [], UserCreateDate }) => ({
      attributes: Object.fromEntries(Attributes.map(({ Name, Value }) => [Name ?? "", Value ?? ""])),
      createdAt: UserCreateDate?.toISOString(),
    })),
    orders,
    addresses: await clients.orders.addressBooks(customerId),
    invoices,
  };
}

/** JSON has no sets. */
const withoutSets = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, value instanceof Set ? [...value] : value]));
