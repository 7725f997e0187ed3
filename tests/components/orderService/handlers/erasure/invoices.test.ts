import type { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import {
  eraseCreditNote,
  eraseInvoice,
  invoiceKeysOf,
} from "../../../../../components/orderService/handlers/erasure/invoices";
import type { RegionData } from "../../../../../components/orderService/handlers/erasure/regionData";
import { creditNoteKey, invoiceKey } from "../../../../../domain/order";
import { itemOf, refundItemOf } from "../../../../kit/orderArbitraries";
import { answeringClient } from "../../../../kit/orderFakes";

/** A bucket with versions, that lists three of them a page. */
function bucket(...keys: string[]) {
  const versions = keys.map((Key, index) => ({ Key, VersionId: `v${index}`, Body: "before" }));
  const { client } = answeringClient<S3Client>((name, input) => {
    const { Key, Prefix = "", VersionId, Body } = input as Record<string, string>;
    if (name === "PutObjectCommand") {
      const written = { Key: Key!, VersionId: `v${versions.length}`, Body: Body! };
      versions.unshift(written);
      return written;
    }
    if (name === "DeleteObjectCommand") {
      versions.splice(
        versions.findIndex((one) => one.Key === Key && one.VersionId === VersionId),
        1,
      );
      return {};
    }
    const found = versions.filter((one) => one.Key.startsWith(Prefix));
    const start = input["VersionIdMarker"]
      ? found.findIndex((one) => one.VersionId === input["VersionIdMarker"]) + 1
      : 0;
    const page = found.slice(start, start + 3);
    const isLast = start + page.length >= found.length;
    const { Key: NextKeyMarker, VersionId: NextVersionIdMarker } = page.at(-1) ?? {};
    return { Versions: page, ...(!isLast && { NextKeyMarker, NextVersionIdMarker }) };
  });
  const data = { invoices: "invoices", storeName: "Store" } as RegionData["data"];
  return { versions, clients: { objects: client, data } as RegionData };
}

const order = itemOf({ status: "DELIVERED" });
const { customerId, orderId } = order;
const key = invoiceKey(customerId, orderId);

describe("invoiceKeysOf", () => {
  it("lists each invoice of the customer once, over pages of versions, and none of a customer whose id begins alike", async () => {
    const other = invoiceKey(customerId, "B");
    const { clients } = bucket(key, key, key, other, invoiceKey(`${customerId}-2`, "C"));
    expect(await invoiceKeysOf(clients, customerId)).to.deep.equal([key, other]);
  });

  it("lists nothing for a customer without invoices", async () => {
    expect(await invoiceKeysOf(bucket().clients, customerId)).to.deep.equal([]);
  });
});

describe("eraseInvoice", () => {
  it("leaves one version, of the erased order, composed as the store's invoices are", async () => {
    const { versions, clients } = bucket(key, key);
    await eraseInvoice(clients, order);
    expect(versions.map(({ Key }) => Key)).to.deep.equal([key]);
    expect(versions[0]!.Body).to.contain("Store").and.contain(orderId);
    clients.composeInvoice = (page, { store }) => `${store}: ${page.length}`;
    await eraseInvoice(clients, order);
    expect(versions).to.have.length(1);
    expect(versions[0]!.Body).to.match(/^Store: \d+$/);
  });
});

describe("eraseCreditNote", () => {
  it("leaves one version of the refund's note, and the invoice alone", async () => {
    const refund = refundItemOf({ status: "REFUNDED" });
    const note = creditNoteKey(customerId, orderId, refund.refundId);
    const { versions, clients } = bucket(note, key);
    await eraseCreditNote(clients, order, refund);
    expect(versions.map(({ Key, Body }) => [Key, Body === "before"])).to.deep.equal([
      [note, false],
      [key, true],
    ]);
  });
});
