/** The answers that several operations of the order API share. */

const problemOf = (description: string, schema = "#/components/schemas/Problem") => ({
  description,
  content: { "application/problem+json": { schema: { $ref: schema } } },
});

export const responses = {
  priceChanged: problemOf(
    "The catalogue says another total than the one the customer saw (`total` is the new one), or a product can't be ordered now.",
    "#/components/schemas/OrderProblem",
  ),
  tooLate: problemOf(
    "Too late: the order is on its way, or finished. `orderStatus` says which.",
    "#/components/schemas/OrderProblem",
  ),
  noInvoice: problemOf(
    "The order is not delivered, or was a moment ago and its invoice is being written. `orderStatus` says which.",
    "#/components/schemas/OrderProblem",
  ),
  notFound: problemOf("The caller has no such order."),
  invalid: problemOf("The request is not as this document says; `errors` lists where."),
  badSignature: problemOf("The signature is missing, wrong or too old."),
  body: {
    400: problemOf("The body is not JSON, or not UTF-8."),
    413: problemOf("The body is too large."),
    415: problemOf("The body is not declared as JSON."),
    422: problemOf(
      "The request is not as this document says, names an unknown product, or repeats an `Idempotency-Key` with another body.",
      "#/components/schemas/OrderProblem",
    ),
  },
  signedIn: {
    401: { description: "No token, or not a valid one. Sign in and repeat." },
    403: { description: "The token is valid and does not permit this." },
  },
  everywhere: {
    429: { description: "Too many requests. Repeat later, with the same `Idempotency-Key`." },
    500: problemOf("Something failed on our side. Repeat with the same `Idempotency-Key`."),
    503: problemOf("Busy. Repeat after `Retry-After` seconds, with the same `Idempotency-Key`."),
  },
} as const;
