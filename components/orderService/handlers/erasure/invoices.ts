import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  creditNoteKey,
  invoiceKey,
  type OrderItem,
  type RefundItem,
  toCreditNote,
  toInvoice,
} from "../../../../domain/order";
import type { RegionData } from "./regionData";

/** Keys of a customer's invoices in this Region. */
export async function invoiceKeysOf({ objects, data }: RegionData, customerId: string): Promise<string[]> {
  const keys = new Set<string>();
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await objects.send(
      new ListObjectVersionsCommand({
        Bucket: data.invoices,
        Prefix: invoiceKey(customerId, "").replace(/\.html$/, ""),
        KeyMarker,
        VersionIdMarker,
      }),
    );
    for (const { Key } of page.Versions ?? []) if (Key !== undefined) keys.add(Key);
    KeyMarker = page.NextKeyMarker;
    VersionIdMarker = page.NextVersionIdMarker;
  } while (KeyMarker !== undefined);
  return [...keys];
}

export async function readInvoice({ objects, data }: RegionData, Key: string): Promise<string> {
  const { Body } = await objects.send(new GetObjectCommand({ Bucket: data.invoices, Key }));
  return (await Body?.transformToString()) ?? "";
}

/** Writes an invoice again from the erased order, and deletes its earlier versions. */
export async function eraseInvoice(clients: RegionData, erased: OrderItem): Promise<void> {
  const { composeInvoice: compose } = clients;
  const { storeName: store } = clients.data;
  const page = toInvoice(erased, store);
  const key = invoiceKey(erased.customerId, erased.orderId);
  await replace(clients, key, compose ? compose(page, { order: erased, store }) : page);
}

/** The same for a refund's credit note. */
export async function eraseCreditNote(clients: RegionData, order: OrderItem, refund: RefundItem): Promise<void> {
  const key = creditNoteKey(order.customerId, order.orderId, refund.refundId);
  await replace(clients, key, toCreditNote(order, refund, clients.data.storeName));
}

async function replace({ objects, data }: RegionData, Key: string, Body: string): Promise<void> {
  const { VersionId: written } = await objects.send(
    new PutObjectCommand({
      Bucket: data.invoices,
      Key,
      Body,
      ContentType: "text/html; charset=utf-8",
      CacheControl: "private, no-store",
    }),
  );
  const { Versions = [] } = await objects.send(new ListObjectVersionsCommand({ Bucket: data.invoices, Prefix: Key }));
  for (const { VersionId } of Versions) {
    if (VersionId !== written) await objects.send(new DeleteObjectCommand({ Bucket: data.invoices, Key, VersionId }));
  }
}
