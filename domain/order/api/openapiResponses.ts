/** Responses that several operations of the order API share. */

const problemOf = (description: string, schema = "#/components/schemas/Problem") => ({
  description,
  content: { "application/problem+json": { schema: { $ref: schema } } },
});

export const responses = {
  priceChanged: problemOf(
    "The total has changed since the customer saw it (`total` is the new one), a product can't be ordered now, or too few units are left (`lines`).",
    "#/components/schemas/OrderProblem",
  ),
  tooLate: problemOf(
    "Too late: the order is on its way, or finished. `orderStatus` has its status.",
    "#/components/schemas/OrderProblem",
  ),
  notRefundable: problemOf(
    "The order is not captured yet or is cancelled (`orderStatus`), the refund is more than is left (`left`, `lines`), or it has too many refunds.",
    "#/components/schemas/OrderProblem",
  ),
  unfinishedOrder: problemOf(
    "An order is not finished (`orderId`, `orderStatus`). Cancel it, or repeat the request after its delivery.",
    "#/components/schemas/OrderProblem",
  ),
  signInTooOld: problemOf(
    "The token is invalid, its sign-in is older than 15 minutes (`sign-in-too-old`: sign in again), or it does not state the time of the sign-in (`sign-in-time-unknown`).",
  ),
  noInvoice: problemOf(
    "The order is not delivered, or its invoice is still being written. `orderStatus` has its status.",
    "#/components/schemas/OrderProblem",
  ),
  addresses: {
    description: "The caller's saved addresses, as this Region knows them.",
    content: { "application/json": { schema: { $ref: "#/components/schemas/AddressList" } } },
  },
  notFound: problemOf("The caller has no such order."),
  unknownProduct: problemOf("This Region knows no such product."),
  deliveryRefused: problemOf(
    "`delivery-used`: the id was written with another number of units. `too-few-units`: fewer units are left (`left`) than are to be taken away.",
  ),
  unknownOrder: problemOf("There is no such order."),
  invalid: problemOf("The request does not match this document; `errors` lists the places."),
  badSignature: problemOf("The signature is missing, wrong or too old."),
  body: {
    400: problemOf("The body is not JSON, or not UTF-8."),
    413: problemOf("The body is too large."),
    415: problemOf("The body is not declared as JSON."),
    422: problemOf(
      "The request does not match this document, names an unknown product, or reuses an `Idempotency-Key` with another body.",
      "#/components/schemas/OrderProblem",
    ),
  },
  signedIn: {
    401: { description: "The token is missing or invalid. Sign in and retry." },
    403: { description: "The token is valid, but does not permit this request." },
  },
  merchandiser: {
    401: { description: "The token is missing or invalid. Sign in and retry." },
    403: problemOf("The token is invalid, or the caller is not a merchandiser."),
  },
  everywhere: {
    429: { description: "Too many requests. Retry later with the same `Idempotency-Key`." },
    500: problemOf("Internal error. Retry with the same `Idempotency-Key`."),
    503: problemOf(
      "Busy, or units are on their way. Retry after `Retry-After` seconds with the same `Idempotency-Key`.",
    ),
  },
} as const;
