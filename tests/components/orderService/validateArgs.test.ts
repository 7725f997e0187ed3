import { OrderService, type OrderServiceArgs, stripe } from "../../../components/orderService";
import { usual } from "../../kit/orderServiceStand";
import { expectRefusal } from "../../kit/refusals";

const stripeAccount = {
  apiKey: "rk_live_1",
  webhookSecrets: ["whsec_old", "whsec_new"],
  returnUrl: "https://www.example.com/orders/{orderId}",
};

describe("The arguments of an OrderService", function () {
  this.timeout(180_000);
  const wrong: [string, Partial<OrderServiceArgs>, RegExp][] = [
    [
      "an endpoint without TLS",
      { payment: { ...usual.payment, endpoint: "http://payment.example.com" } },
      /`payment\.endpoint` is "http:.*; it must be an https:/,
    ],
    [
      "an endpoint with a slash at its end",
      { shipping: { ...usual.shipping, endpoint: "https://s.example.com/" } },
      /`shipping\.endpoint` is .* without a trailing slash/,
    ],
    [
      "a time-out that is too long",
      { payment: { ...usual.payment, timeoutSeconds: 60 } },
      /`payment\.timeoutSeconds` is 60; it must be between 1 and 10, because a step/,
    ],
    [
      "a publishable key of Stripe's",
      { payment: stripe({ ...stripeAccount, apiKey: "pk_live_1" }) },
      /`payment\.apiKey` has another form; it must be a secret or restricted key/,
    ],
    [
      "a secret key where every visitor reads it",
      { payment: stripe({ ...stripeAccount, publishableKey: "sk_live_1" }) },
      /^(?!.*sk_live).*`payment\.publishableKey` has another form; it must be a publishable key/,
    ],
    [
      "Stripe without a signing secret",
      { payment: stripe({ ...stripeAccount, webhookSecrets: [] }) },
      /`payment\.webhookSecrets` is empty; it must have one signing secret/,
    ],
    [
      "a signing secret of another form",
      { payment: stripe({ ...stripeAccount, webhookSecrets: ["secret"] }) },
      /`payment\.webhookSecrets\[0\]` has another form; it must be a signing secret, whsec_/,
    ],
    [
      "a page to return to that is none",
      { payment: stripe({ ...stripeAccount, returnUrl: "/orders/{orderId}" }) },
      /`payment\.returnUrl` is "\/orders/,
    ],
    [
      "a time-out of Stripe's that is too long",
      { payment: stripe({ ...stripeAccount, timeoutSeconds: 11 }) },
      /`payment\.timeoutSeconds` is 11; it must be between 1 and 10/,
    ],
    [
      "a sender whose name SES does not take",
      { mail: { from: "Läden <orders@example.com>" } },
      /`mail\.from` is "Läden <orders@example\.com>"; it must be a sender in ASCII/,
    ],
    ["mails without a sender", { mail: {} as never }, /`mail\.from` is ""; it must be a sender/],
    ["a takeover of no order at a time", { takeoverConcurrency: 0 }, /`takeoverConcurrency` is 0; /],
    [
      "a review without a check",
      { review: {} },
      /`review\.function` and `review\.callbackFactory` are missing; give one of them/,
    ],
    [
      "a review that outlasts the sweeper's deadline",
      { review: { function: { arn: "arn" }, limitSeconds: 600 }, deadlines: { settlingSeconds: 600 } },
      /`review\.limitSeconds` is 600; it must be a whole number, between 1 and 599, because the sweeper restarts/,
    ],
    [
      "the default limit of a review beside a shorter deadline",
      { review: { function: { arn: "arn" } }, deadlines: { settlingSeconds: 300 } },
      /`review\.limitSeconds` is 600; /,
    ],
    [
      "a variable of a review that the service has itself",
      { review: { callbackFactory: () => () => ({ decision: "accept" }), environment: { ORDERS_TABLE: "t" } } },
      /`review\.environment\.ORDERS_TABLE` is the service's own; it must have another name/,
    ],
    [
      "permissions for another function's check",
      { review: { function: { arn: "arn" }, grants: [] } },
      /`review\.grants` is given; it must be left out beside `review\.function`/,
    ],
    [
      "mails neither set nor off",
      { mail: undefined as never },
      /`mail` is undefined; it must have `from`, or be "off"\./,
    ],
    [
      "a misspelt field of mails",
      { mail: { from: "a@b.c", gatherSecond: 1 } as never },
      /`mail` has the unknown field "gatherSecond"/,
    ],
    ["composers without a function", { texts: {} as never }, /`texts` is object; it must be a function/],
    ["a mail limit of 0", { mail: { from: "orders@example.com", perCustomerDay: 0 } }, /`mail\.perCustomerDay` is 0; /],
    ["a sweep every half minute", { sweepEveryMinutes: 0.5 }, /`sweepEveryMinutes` is 0\.5; /],
    [
      "more polls than an execution's history holds",
      { waits: { delivery: { maxPolls: 500 } } },
      /`waits\.delivery\.maxPolls` is 500; it must be a whole number, between 1 and 60/,
    ],
    [
      "waits that shrink",
      { waits: { payment: { factor: 0.5 } } },
      /`waits\.payment\.factor` is 0\.5; it must be between 1 and 100, because waits can only grow/,
    ],
    [
      "a wait of part of a second",
      { waits: { delivery: { firstSeconds: 0.5 } } },
      /`waits\.delivery\.firstSeconds` is 0\.5/,
    ],
    ["retries without a wait", { waits: { retries: { firstSeconds: 0 } } }, /`waits\.retries\.firstSeconds` is 0/],
    [
      "retries after parts of a second",
      { waits: { retries: { firstSeconds: 1.5 } } },
      /`waits\.retries\.firstSeconds` is 1\.5; it must be a whole/,
    ],
    ["half an attempt", { waits: { refundRetries: { attempts: 2.5 } } }, /`waits\.refundRetries\.attempts` is 2\.5/],
    [
      "an execution of more than a year",
      { waits: { executionLimitSeconds: 4e7 } },
      /`waits\.executionLimitSeconds` is 40000000; .* a year at most/,
    ],
  ];
  for (const [what, changes, sentence] of wrong) {
    it(`refuses ${what} with a sentence that names the argument`, () =>
      expectRefusal("OrderService", () => new OrderService("orders", { ...usual, ...changes }), sentence));
  }
});
