import { answer, refusal } from "../../http/openapi";

/** Responses that several operations of the order API share. */
export const responses = {
  priceChanged: refusal(
    "The total has changed since the customer saw it (`total` is the new one), a product can't be ordered now, or too few units are left (`lines`).",
    "OrderProblem",
  ),
  tooLate: refusal("Too late: the order is on its way, or finished. `orderStatus` has its status.", "OrderProblem"),
  notRefundable: refusal(
    "The order is not captured yet or is cancelled (`orderStatus`), the refund is more than is left (`left`, `lines`), or it has too many refunds.",
    "OrderProblem",
  ),
  unfinishedOrder: refusal(
    "An order is not finished (`orderId`, `orderStatus`). Cancel it, or repeat the request after its delivery.",
    "OrderProblem",
  ),
  signInTooOld: refusal(
    "The token is invalid, its sign-in is older than 15 minutes (`sign-in-too-old`: sign in again), or it does not state the time of the sign-in (`sign-in-time-unknown`).",
  ),
  noInvoice: refusal(
    "The order is not delivered, or its invoice is still being written. `orderStatus` has its status.",
    "OrderProblem",
  ),
  addresses: answer("The caller's saved addresses, as this Region knows them.", "AddressList"),
  notFound: refusal("The caller has no such order."),
  unknownProduct: refusal("This Region knows no such product."),
  deliveryRefused: refusal(
    "`delivery-used`: the id was written with another number of units. `too-few-units`: fewer units are left (`left`) than are to be taken away.",
  ),
  unknownOrder: refusal("There is no such order."),
  invalid: refusal("The request does not match this document; `errors` lists the places."),
  badSignature: refusal("The signature is missing, wrong or too old."),
  body: {
    400: refusal("The body is not JSON, or not UTF-8."),
    413: refusal("The body is too large."),
    415: refusal("The body is not declared as JSON."),
    422: refusal(
      "The request does not match this document, names an unknown product, or reuses an `Idempotency-Key` with another body.",
      "OrderProblem",
    ),
  },
  signedIn: {
    401: { description: "The token is missing or invalid. Sign in and retry." },
    403: { description: "The token is valid, but does not permit this request." },
  },
  merchandiser: {
    401: { description: "The token is missing or invalid. Sign in and retry." },
    403: refusal("The token is invalid, or the caller is not a merchandiser."),
  },
  everywhere: {
    429: { description: "Too many requests. Retry later with the same `Idempotency-Key`." },
    500: refusal("Internal error. Retry with the same `Idempotency-Key`."),
    503: refusal("Busy, or units are on their way. Retry after `Retry-After` seconds with the same `Idempotency-Key`."),
  },
} as const;
