import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { SQSRecord } from "aws-lambda";
import { expect } from "chai";
import type { HttpRequest, HttpResponse } from "../../../../../components/orderService/handlers/api/http";
import {
  showCreditNote,
  showInvoice,
  writeInvoice,
} from "../../../../../components/orderService/handlers/api/invoices";
import { FORWARDED_BY } from "../../../../../components/runtime/peerRegion";
import {
  type ComposeInvoice,
  type OrderItem,
  type RefundItem,
  toCreditNote,
  toInvoice,
  toNotification,
  toRefundNotification,
} from "../../../../../domain/order";
import { itemOf, refundItemOf } from "../../../../kit/orderArbitraries";
import { answeringClient, MemoryStore } from "../../../../kit/orderFakes";

const delivered = itemOf({ status: "DELIVERED" });
const key = `invoices/${delivered.customerId}/${delivered.orderId}.html`;
const log = { info: () => {}, warn: () => {}, error: () => {} };

const failing = (httpStatusCode: number) =>
  new S3ServiceException({ name: "Refused", $fault: "client", $metadata: { httpStatusCode } });

/** A store with one item, which the writer reads by its key. */
class OneItem extends MemoryStore {
  override async item(_orderId: string, region = this.region): Promise<OrderItem | undefined> {
    return this.orders.find((item) => item.region === region);
  }
}

async function write(order: OrderItem, answer: () => unknown = () => ({}), compose?: ComposeInvoice) {
  const { client, sent } = answeringClient<S3Client>(answer);
  const record = { body: JSON.stringify(toNotification(delivered)) } as SQSRecord;
  const writing = {
    store: new OneItem([order]),
    invoices: { client, bucket: "invoices" },
    storeName: "Test store",
    compose,
    log,
  };
  await writeInvoice(record, writing);
  return sent.map(({ input }) => input);
}

describe("writeInvoice", () => {
  it("writes the page of a delivered order to the Region's bucket, unless it exists", async () => {
    expect(await write(delivered)).to.deep.equal([
      {
        Bucket: "invoices",
        Key: key,
        Body: toInvoice(delivered, "Test store"),
        ContentType: "text/html; charset=utf-8",
        CacheControl: "private, no-store",
        IfNoneMatch: "*",
      },
    ]);
  });

  it("writes the page that the shop composes", async () => {
    const [input] = await write(delivered, undefined, (page, { order, store }) =>
      page.replace('lang="en"', 'lang="de"').replace(`Invoice ${order.orderId}`, `Rechnung von ${store}`),
    );
    expect(input!["Body"]).to.contain('<html lang="de">').and.contain("<title>Rechnung von Test store");
  });

  it("keeps an existing invoice", async () => {
    const sent = await write(delivered, () => {
      throw failing(412);
    });
    expect(sent).to.have.length(1);
  });

  it("throws if the bucket fails, so that the message is redelivered", async () => {
    const failure = await write(delivered, () => {
      throw failing(503);
    }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(S3ServiceException);
  });

  it("writes nothing for an order that the peer Region has delivered", async () => {
    expect(await write({ ...delivered, status: "SUPERSEDED" })).to.deep.equal([]);
  });
});

describe("writeInvoice for a refund", () => {
  const shipped = itemOf({ status: "SHIPPED" });
  const refund = refundItemOf({
    status: "REFUNDED",
    lines: [{ productId: "kettle", quantity: 1 }],
    reason: "<b>Scratch</b>",
  });
  const note = `invoices/${shipped.customerId}/${shipped.orderId}-${refund.refundId}.html`;

  async function credit(refunds: RefundItem[], answer: () => unknown = () => ({})) {
    const { client, sent } = answeringClient<S3Client>(answer);
    const store = new OneItem([shipped]);
    store.refunds = refunds;
    const record = { body: JSON.stringify(toRefundNotification(refund)) } as SQSRecord;
    await writeInvoice(record, { store, invoices: { client, bucket: "invoices" }, storeName: "Test store", log });
    return sent.map(({ input }) => input);
  }

  it("writes a credit note beside the invoice, before the delivery too, unless it exists", async () => {
    const [put] = await credit([refund]);
    expect(put).to.include({ Bucket: "invoices", Key: note, IfNoneMatch: "*" });
    expect(put?.["Body"]).to.equal(toCreditNote(shipped, refund, "Test store"));
    const existing = await credit([refund], () => {
      throw failing(412);
    });
    expect(existing).to.have.length(1);
  });

  it("names the invoice that it corrects, the lines at their prices, and the reason as text", () => {
    const page = toCreditNote(shipped, refund, "Test store");
    expect(page).to.contain(`<dt>Corrects invoice</dt><dd>${shipped.orderId}</dd>`);
    expect(page).to.contain("Kettle").and.contain("€34.90").and.contain("€5.00").and.contain("Ann Example");
    expect(page).to.contain("&lt;b&gt;Scratch").and.not.contain("<b>Scratch");
  });

  it("names an amount as a part of the price, with the tax in it where the order has taxes", () => {
    const { lines: _lines, ...amountOnly } = refund;
    const vat = {
      name: "VAT",
      percent: 19,
      included: true,
      base: shipped.total,
      amount: shipped.total,
      productIds: [],
    };
    expect(toCreditNote(shipped, amountOnly, "S"))
      .to.contain("Part of the price")
      .and.not.contain("Tax");
    expect(toCreditNote({ ...shipped, taxes: [vat] }, amountOnly, "S")).to.contain("proportions of the invoice");
    const taxed = { ...refund, tax: { amount: 80, currency: "EUR" } };
    expect(toCreditNote({ ...shipped, taxes: [vat] }, taxed, "S"))
      .to.contain("Tax in it")
      .and.contain("€0.80");
  });

  it("writes nothing for a refund that is not made", async () => {
    expect(await credit([refundItemOf()])).to.deep.equal([]);
  });
});

describe("GET /api/orders/{orderId}/refunds/{refundId}/credit-note", () => {
  const shipped = itemOf({ status: "SHIPPED" });
  const refund = refundItemOf({ status: "REFUNDED" });
  const client = new S3Client({
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "x" },
  });
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) =>
        commandName === "HeadObjectCommand" ? { response: {}, output: { $metadata: {} } } : next(args),
  );

  async function asked(made: RefundItem, caller = shipped.customerId): Promise<HttpResponse> {
    const store = new MemoryStore([shipped]);
    store.refunds = [made];
    return await showCreditNote({ store, invoices: { client, bucket: "invoices" }, validSeconds: 300 })({
      routeKey: "GET /api/orders/{orderId}/refunds/{refundId}/credit-note",
      rawPath: `/api/orders/${shipped.orderId}/refunds/${made.refundId}/credit-note`,
      rawQueryString: "",
      pathParameters: { orderId: shipped.orderId, refundId: made.refundId },
      headers: {},
      isBase64Encoded: false,
      requestContext: {
        requestId: "1",
        http: { method: "GET", path: "" },
        authorizer: { lambda: { customerId: caller } },
      },
    } as unknown as HttpRequest);
  }

  it("signs a URL of the credit note for the order's customer alone", async () => {
    const { statusCode, body } = await asked(refund);
    expect(statusCode).to.equal(200);
    expect(JSON.parse(body!).url)
      .to.contain(`/${shipped.orderId}-${refund.refundId}.html?`)
      .and.contain("credit-note-");
    expect((await asked(refund, "customer-bob")).statusCode).to.equal(404);
  });

  it("answers 409 for a refund that is not made, and 503 for one of a Region that does not answer", async () => {
    expect((await asked(refundItemOf())).statusCode).to.equal(409);
    expect((await asked(refundItemOf({ status: "REFUNDED", owner: "us-west-2" }))).statusCode).to.equal(503);
  });
});

interface Situation {
  order?: OrderItem;
  caller?: string;
  head?: () => unknown;
  headers?: Record<string, string>;
  peer?: () => Response;
}

async function ask({ order = delivered, caller = delivered.customerId, head, headers = {}, peer }: Situation) {
  const client = new S3Client({
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "x" },
  });
  const asked: string[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== "HeadObjectCommand") return next(args);
        head?.();
        return { response: {}, output: { $metadata: {} } };
      },
    { step: "initialize" },
  );
  const answer = showInvoice({
    store: new MemoryStore([order]),
    invoices: { client, bucket: "invoices-of-east" },
    validSeconds: 300,
    now: () => Date.parse("2026-11-05T12:00:00.000Z"),
    asking: peer && {
      region: "us-east-1",
      addressOf: async () => "https://west.example",
      fetch: async (url) => {
        asked.push(String(url));
        return peer();
      },
    },
  });
  const request = {
    routeKey: "GET /api/orders/{orderId}/invoice",
    rawPath: `/api/orders/${order.orderId}/invoice`,
    rawQueryString: "",
    headers: { authorization: "Bearer token", ...headers },
    pathParameters: { orderId: order.orderId },
    isBase64Encoded: false,
    requestContext: { http: { method: "GET" }, authorizer: { lambda: { customerId: caller, groups: "customers" } } },
  } as unknown as HttpRequest;
  const response = await answer(request);
  client.destroy();
  return { response, body: read(response), asked };
}

const read = ({ body }: HttpResponse) => JSON.parse(body ?? "null") as Record<string, string>;

describe("GET /api/orders/{orderId}/invoice", () => {
  it("returns to the owner an address of the Region's bucket that is valid for five minutes", async () => {
    const { response, body } = await ask({});
    expect(response.statusCode).to.equal(200);
    expect(response.headers).to.include({ "cache-control": "no-store" });
    expect(body["expiresAt"]).to.equal("2026-11-05T12:05:00.000Z");
    const url = new URL(body["url"]!);
    expect(url.host).to.equal("invoices-of-east.s3.us-east-1.amazonaws.com");
    expect(url.pathname).to.equal(`/${key}`);
    expect(url.searchParams.get("X-Amz-Expires")).to.equal("300");
    expect(url.searchParams.get("X-Amz-SignedHeaders")).to.equal("host");
    expect(url.searchParams.get("response-content-disposition")).to.contain(`invoice-${delivered.orderId}.html`);
  });

  it("answers 404 for another customer's order", async () => {
    const { response, body } = await ask({ caller: "customer-ben" });
    expect(response.statusCode).to.equal(404);
    expect(body["title"]).to.equal("Order not found");
  });

  for (const status of ["PLACED", "PAID", "SHIPPING", "SHIPPED", "CANCELLED"] as const) {
    it(`answers 409 while the order is ${status}`, async () => {
      const { response, body } = await ask({ order: itemOf({ status }) });
      expect(response.statusCode).to.equal(409);
      expect(body).to.include({ orderStatus: status });
    });
  }

  it("answers 409 before the invoice is written, for each response of S3 to a missing object", async () => {
    for (const missing of [403, 404]) {
      const head = () => {
        throw failing(missing);
      };
      const { response, body } = await ask({ head });
      expect(response.statusCode).to.equal(409);
      expect(response.headers).to.include({ "retry-after": "5" });
      expect(body["detail"]).to.contain("is being written");
    }
  });

  const west = itemOf({ status: "DELIVERED", region: "us-west-2" });

  it("requests the address from the Region that delivered the order, since no other may read its bucket", async () => {
    const signed = { url: "https://invoices-of-west.example/…", expiresAt: "2026-11-05T12:05:00.000Z" };
    const { response, body, asked } = await ask({ order: west, peer: () => Response.json(signed) });
    expect(response.statusCode).to.equal(200);
    expect(body).to.deep.equal(signed);
    expect(asked).to.deep.equal([`https://west.example/api/orders/${west.orderId}/invoice`]);
  });

  it("answers 503 while that Region does not respond", async () => {
    const peer = () => {
      throw new Error("connect ECONNREFUSED");
    };
    const { response, body, asked } = await ask({ order: west, peer });
    expect(response.statusCode).to.equal(503);
    expect(body).to.include({ title: "Invoice not reachable", region: "us-west-2" });
    expect(asked).to.have.length(2);
  });

  it("does not forward a forwarded request", async () => {
    const { response, asked } = await ask({
      order: west,
      headers: { [FORWARDED_BY]: "us-west-2" },
      peer: () => Response.json({}),
    });
    expect(response.statusCode).to.equal(503);
    expect(asked).to.deep.equal([]);
  });
});
