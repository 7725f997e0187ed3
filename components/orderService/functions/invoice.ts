import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { INVOICES } from "../../../domain/order";
import { allow, InlineFunction, objects, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { createAddressLookup } from "../../runtime/peerRegion";
import type { OrderServiceArgs } from "../args";
import { handleRequest } from "../handlers/api/http";
import { invoiceStore, showCreditNote, showInvoice } from "../handlers/api/invoices";
import { documentClient, setting } from "../handlers/clients";
import { createOrderReader, readOwnRegion } from "../handlers/environment";
import type { SharedSettings } from "../resources/sharedSettings";

/** Lifetime of an invoice's URL. */
const VALID_SECONDS = 300;

/** Creates the function of `GET /api/orders/{orderId}/invoice` and of credit notes. */
export function createInvoiceReader(
  name: string,
  { regions }: OrderServiceArgs,
  { shared, bucket }: { shared: SharedSettings; bucket: aws.s3.Bucket },
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-invoice`,
    {
      description: "Returns a short-lived URL of the invoice or a credit note of the customer's own order.",
      environment: {
        ...shared.environment,
        INVOICES_BUCKET: bucket.bucket,
        ...(regions && { REGIONS_TABLE: regions.tableName }),
      },
      grants: [
        allow(shared.orders, "dynamodb:Query"),
        allow(objects(bucket, INVOICES), "s3:GetObject"),
        ...(regions ? [allow(reference("dynamodb:table", regions.tableArn), "dynamodb:GetItem")] : []),
      ],
      // Two attempts of five seconds to reach the peer Region.
      timeoutSeconds: 15,
      ...shared.settingsOf("invoice"),
      callbackFactory: () => {
        const region = readOwnRegion();
        const { REGIONS_TABLE: table } = process.env;
        const showing = {
          store: createOrderReader(),
          invoices: invoiceStore(setting("INVOICES_BUCKET")),
          validSeconds: VALID_SECONDS,
          asking: table ? { addressOf: createAddressLookup(documentClient(), table, "orders"), region } : undefined,
        };
        const [invoice, creditNote] = [showInvoice(showing), showCreditNote(showing)];
        return handleRequest(createLogger("orders-invoice"), (request) =>
          request.routeKey.endsWith("/invoice") ? invoice(request) : creditNote(request),
        );
      },
    },
    { parent },
  );
}
