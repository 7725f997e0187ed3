import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { SQSRecord } from "aws-lambda";
import { json, problem, validator } from "../../../domain/http";
import {
  type ComposeInvoice,
  type CustomerStatus,
  invoiceKey,
  isCancelled,
  isFulfilled,
  type OrderNotification,
  toInvoice,
} from "../../../domain/order";
import * as operations from "../../../domain/order/operations.compiled";
import { type ForwardDeps, forwardRequest, isForwarded } from "../../runtime/peerRegion";
import { clientLimits, traced } from "./clients";
import { ownOrder } from "./customerOrders";
import { customerOf, type HttpRequest, type HttpResponse, type Log } from "./http";
import type { OrderStore } from "./orderStore";
import { answerOrderNotFound } from "./refusals";

/** The Region's bucket of invoices. */
export interface InvoiceStore {
  client: S3Client;
  bucket: string;
}

export function invoiceStore(bucket: string): InvoiceStore {
  const client = traced(
    new S3Client({
      ...clientLimits,
      // An endpoint of one's own has no host name for every bucket.
      forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
      // A browser follows the address: it sends no checksum and checks none.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
  );
  return { client, bucket };
}

export interface WriteInvoiceDeps {
  store: OrderStore;
  invoices: InvoiceStore;
  storeName: string;
  /** Default: the store's own page. */
  compose?: ComposeInvoice;
  log: Log;
}

/**
 * Writes the invoice of an order that this Region delivered. Idempotent: an issued invoice stays as it is, even if a later
 * release would word it differently.
 */
export async function writeInvoice(record: SQSRecord, writing: WriteInvoiceDeps): Promise<void> {
  const notification = JSON.parse(record.body) as OrderNotification;
  // The notification has no personal data; the invoice's content is read from the order.
  const order = await writing.store.item(notification.orderId, notification.region);
  if (order === undefined || !isFulfilled(order.status)) {
    // Superseded: the peer Region's item is the effective one, and the peer writes the invoice.
    writing.log.warn("No delivered order to invoice", { id: notification.id, status: order?.status ?? "none" });
    return;
  }
  const { storeName: store, compose = (page) => page } = writing;
  const { client, bucket } = writing.invoices;
  try {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: invoiceKey(order.customerId, order.orderId),
        Body: compose(toInvoice(order, store), { order, store }),
        ContentType: "text/html; charset=utf-8",
        CacheControl: "private, no-store",
        IfNoneMatch: "*",
      }),
    );
    writing.log.info("Invoice written", { id: notification.id });
  } catch (error) {
    if (!isStatus(error, 412)) throw error;
  }
}

export interface ShowInvoiceDeps {
  store: OrderStore;
  invoices: InvoiceStore;
  /** Lifetime of a URL, in seconds. */
  validSeconds: number;
  /** Access to the peer Region, which signs URLs of its own bucket; absent without a peer. */
  asking?: ForwardDeps;
  now?: () => number;
}

/**
 * Handles `GET /api/orders/{orderId}/invoice`: returns a URL that is valid for a few minutes. An invoice stays in the Region
 * that delivered the order, and no role of another Region can read its bucket, so that Region signs the URL.
 */
export function showInvoice(showing: ShowInvoiceDeps) {
  const { store, asking } = showing;
  const check = validator<undefined, { orderId: string }>(operations.getInvoice);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { orderId } = valid.parameters;
    const found = await ownOrder(store, orderId, customerOf(request));
    if (!found) return answerOrderNotFound(orderId);

    const { status, region, customerId } = found.item;
    if (!isFulfilled(status)) return notDelivered(orderId, status);
    if (region === store.region) return signed(showing, invoiceKey(customerId, orderId), found.item);
    // A forwarded request would only be sent back: replication has not caught up in one of the Regions.
    const answer = asking && !isForwarded(request) ? await forwardRequest(asking, region, request) : undefined;
    return answer ?? elsewhere(orderId, region);
  };
}

type SignedOrder = { orderId: string; status: CustomerStatus };

async function signed(
  { invoices, ...showing }: ShowInvoiceDeps,
  Key: string,
  order: SignedOrder,
): Promise<HttpResponse> {
  const { client, bucket: Bucket } = invoices;
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key }));
  } catch (error) {
    // S3 answers 403 for a missing object to callers that may not list the bucket, such as this function.
    if (isStatus(error, 404) || isStatus(error, 403)) return notWritten(order);
    throw error;
  }
  const { validSeconds, now = Date.now } = showing;
  const expiresAt = new Date(now() + validSeconds * 1_000).toISOString();
  const ResponseContentDisposition = `inline; filename="invoice-${order.orderId}.html"`;
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key, ResponseContentDisposition }), {
    expiresIn: validSeconds,
  });
  return json(200, { url, expiresAt });
}

function notDelivered(orderId: string, orderStatus: CustomerStatus): HttpResponse {
  const detail = isCancelled(orderStatus)
    ? `The order ${orderId} is cancelled and nothing is charged, so there is no invoice.`
    : `The order ${orderId} is ${orderStatus}. Its invoice is written when it is delivered.`;
  return problem(409, { title: "No invoice yet", detail, orderStatus });
}

function notWritten({ orderId, status }: SignedOrder): HttpResponse {
  const detail = `The invoice of the order ${orderId} is being written. Ask again in a few seconds.`;
  return problem(409, { title: "No invoice yet", detail, orderStatus: status }, { "retry-after": "5" });
}

function elsewhere(orderId: string, region: string): HttpResponse {
  const detail = `The invoice of the order ${orderId} is kept in ${region} only, which does not answer. Ask again later.`;
  return problem(503, { title: "Invoice not reachable", detail, region }, { "retry-after": "60" });
}

const isStatus = (error: unknown, status: number) =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
