import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { ComposeInvoice } from "../../../../domain/order";
import type { OrderStore } from "../orderStore";

/** Names of what keeps personal data in one Region: a stack's output `personalData`. */
export interface PersonalData {
  orders: string;
  cards: string;
  stock: string;
  /** Bucket. */
  invoices: string;
  /** The store's name on invoices. */
  storeName: string;
  /** Absent with an issuer of one's own, which has the accounts. */
  accounts?: { userPoolId: string; directory: string };
}

/** Clients for one Region's personal data. */
export interface RegionData {
  region: string;
  data: PersonalData;
  tables: DynamoDBDocumentClient;
  orders: OrderStore;
  objects: S3Client;
  pool: CognitoIdentityProviderClient;
  /** Composes an erased invoice. Default: the store's own page. */
  composeInvoice?: ComposeInvoice;
}

/** Keys of all items of a customer's orders, of every Region, as this Region knows them. */
export async function orderKeysOf(
  { orders }: { orders: Pick<OrderStore, "ofCustomer"> },
  customerId: string,
): Promise<{ orderId: string; region: string }[]> {
  const keys: { orderId: string; region: string }[] = [];
  let end: Record<string, unknown> | undefined;
  do {
    const page = await orders.ofCustomer(customerId, 100, end);
    keys.push(...page.keys.map(({ orderId, region }) => ({ orderId, region })));
    end = page.next && { ...page.next, customerId };
  } while (end !== undefined);
  return keys;
}

/** A short reason for people: the name of an SDK error, or our own sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" ? error.message : error.name;
}
