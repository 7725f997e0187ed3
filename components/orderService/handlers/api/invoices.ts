import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { SQSRecord } from "aws-lambda";
import { json, problem, validator } from "../../../../domain/http";
import {
  type ComposeInvoice,
  type CustomerStatus,
  creditNoteKey,
  findEffectiveOrder,
  findRefund,
  invoiceKey,
  isCancelled,
  isFulfilled,
  type OrderNotification,
  type RefundNotification,
  toCreditNote,
  toInvoice,
} from "../../../../domain/order";
import * as operations from "../../../../domain/order/api/operations.compiled";
import { type ForwardDeps, forwardRequest, isForwarded } from "../../../runtime/peerRegion";
import { clientLimits, traced } from "../clients";
import type { OrderReader } from "../orderReader";
import type { OrderStore } from "../orderStore";
import { ownOrder } from "./customerOrders";
import { customerOf, type HttpRequest, type HttpResponse, type Log } from "./http";
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
 * Writes the invoice of an order that this Region delivered, or the credit note of a refund. Idempotent: an issued invoice stays as it is, even if a later
 * release would word it differently.
 */
export async function writeInvoice(record: SQSRecord, writing: WriteInvoiceDeps): Promise<void> {
  const notification = JSON.parse(record.body) as OrderNotification | RefundNotification;
  if ("refundId" in notification) return await writeCreditNote(notification, writing);
  // The notification has no personal data; the invoice's content is read from the order.
  const order = await writing.store.item(notification.orderId, notification.region);
  if (order === undefined || !isFulfilled(order.status)) {
    // Superseded: the peer Region's item is the effective one, and the peer writes the invoice.
    writing.log.warn("No delivered order to invoice", { id: notification.id, status: order?.status ?? "none" });
    return;
  }
  const { storeName: store, compose = (page) => page } = writing;
  const page = compose(toInvoice(order, store), { order, store });
  const isNew = await putOnce(writing.invoices, invoiceKey(order.customerId, order.orderId), page);
  if (isNew) writing.log.info("Invoice written", { id: notification.id });
}

/**
 * Writes the credit note of a refund that this Region made. The invoice stays as it was issued, and may even come later: a parcel on its
 * way can be refunded. An issued credit note stays as it is too.
 */
async function writeCreditNote(
  { id, orderId, refundId }: RefundNotification,
  { store, invoices, storeName, log }: WriteInvoiceDeps,
): Promise<void> {
  const partition = await store.partition(orderId);
  const order = findEffectiveOrder(partition);
  const refund = findRefund(partition, refundId);
  if (!order || !refund) {
    log.warn("No refund to write a credit note for", { id });
    return;
  }
  const key = creditNoteKey(order.customerId, orderId, refundId);
  if (await putOnce(invoices, key, toCreditNote(order, refund, storeName))) log.info("Credit note written", { id });
}

/** Writes a page, unless there is one already. */
async function putOnce({ client, bucket }: InvoiceStore, Key: string, Body: string): Promise<boolean> {
  try {
    await client.send(
      new PutObjectCommand({
        ...{ Bucket: bucket, Key, Body, ContentType: "text/html; charset=utf-8" },
        CacheControl: "private, no-store",
        IfNoneMatch: "*",
      }),
    );
    return true;
  } catch (error) {
    if (!isStatus(error, 412)) throw error;
    return false;
  }
}

export interface ShowInvoiceDeps {
  store: OrderReader;
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
    return answer ?? elsewhere({ orderId }, region);
  };
}

/**
 * Handles `GET /api/orders/{orderId}/refunds/{refundId}/credit-note` as the invoice: the Region that made the refund has the credit note
 * and signs its URL.
 */
export function showCreditNote(showing: ShowInvoiceDeps) {
  const { store, asking } = showing;
  const check = validator<undefined, { orderId: string; refundId: string }>(operations.getCreditNote);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { orderId, refundId } = valid.parameters;
    const found = await ownOrder(store, orderId, customerOf(request));
    if (!found) return answerOrderNotFound(orderId);
    const { status, customerId } = found.item;
    const refund = findRefund(found.partition, refundId);
    if (!refund) return notRefunded(orderId, refundId, status);
    if (refund.owner === store.region) {
      return signed(showing, creditNoteKey(customerId, orderId, refundId), { orderId, status, refundId });
    }
    const answer = asking && !isForwarded(request) ? await forwardRequest(asking, refund.owner, request) : undefined;
    return answer ?? elsewhere({ orderId, refundId }, refund.owner);
  };
}

function notRefunded(orderId: string, refundId: string, orderStatus: CustomerStatus): HttpResponse {
  const detail = `The refund ${refundId} of the order ${orderId} is not made, so there is no credit note. Look at the order's refunds.`;
  return problem(409, { title: "No credit note yet", detail, orderStatus });
}

/** Document that a URL shows: an order's invoice, or a refund's credit note. */
type Shown = { orderId: string; refundId?: string };

const describeShown = ({ orderId, refundId }: Shown) =>
  refundId === undefined ? `invoice of the order ${orderId}` : `credit note of the refund ${refundId}`;

async function signed(
  { invoices, ...showing }: ShowInvoiceDeps,
  Key: string,
  order: Shown & { status: CustomerStatus },
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
  const ResponseContentDisposition = `inline; filename="${order.refundId ? `credit-note-${order.refundId}` : `invoice-${order.orderId}`}.html"`;
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

function notWritten({ status, ...shown }: Shown & { status: CustomerStatus }): HttpResponse {
  const detail = `The ${describeShown(shown)} is being written. Ask again in a few seconds.`;
  return problem(409, { title: "No invoice yet", detail, orderStatus: status }, { "retry-after": "5" });
}

function elsewhere(shown: Shown, region: string): HttpResponse {
  const detail = `The ${describeShown(shown)} is kept in ${region} only, which does not answer. Ask again later.`;
  return problem(503, { title: "Invoice not reachable", detail, region }, { "retry-after": "60" });
}

const isStatus = (error: unknown, status: number) =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
