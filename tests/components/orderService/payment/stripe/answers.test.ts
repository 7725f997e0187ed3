import { expect } from "chai";
import Stripe from "stripe";
import { ProviderRefusal } from "../../../../../components/orderService/handlers/steps/providerRefusal";
import {
  findWholeRefund,
  toAuthorizeAnswer,
  toPortError,
  toReason,
  toSettled,
} from "../../../../../components/orderService/payment/stripe/answers";
import { TransientError } from "../../../../../components/runtime/transientError";

const intent = (given: object) => ({ id: "pi_1", latest_charge: null, ...given }) as Stripe.PaymentIntent;
const charge = (...refunds: object[]) =>
  ({ refunded: refunds.length > 0, refunds: { data: refunds } }) as unknown as Stripe.Charge;
const whole = { id: "re_whole", status: "succeeded", metadata: {} };
const part = { id: "re_part", status: "succeeded", metadata: { refundId: "R1" } };

describe("toAuthorizeAnswer", () => {
  const cases: [object, object][] = [
    [{ status: "requires_payment_method" }, { status: "none" }],
    [{ status: "requires_confirmation" }, { status: "none" }],
    [
      {
        status: "requires_payment_method",
        last_payment_error: { code: "card_declined", decline_code: "insufficient_funds" },
      },
      { status: "declined", reference: "pi_1", reason: "insufficient_funds" },
    ],
    [
      { status: "requires_payment_method", last_payment_error: { code: "expired_card" } },
      { status: "declined", reference: "pi_1", reason: "expired_card" },
    ],
    [
      { status: "requires_action", next_action: { redirect_to_url: { url: "https://bank.example.com/1" } } },
      { status: "pending", reference: "pi_1", challengeUrl: "https://bank.example.com/1" },
    ],
    [
      { status: "requires_action", next_action: { redirect_to_url: { url: "javascript:alert(1)" } } },
      { status: "pending", reference: "pi_1" },
    ],
    [{ status: "processing" }, { status: "pending", reference: "pi_1" }],
    [
      {
        status: "requires_capture",
        latest_charge: { payment_method_details: { card: { brand: "visa", last4: "4242" } } },
      },
      { status: "authorized", reference: "pi_1", card: { brand: "visa", last4: "4242" } },
    ],
    [
      {
        status: "requires_capture",
        latest_charge: { payment_method_details: { card: { brand: "visa", last4: null } } },
      },
      { status: "authorized", reference: "pi_1" },
    ],
    [{ status: "canceled" }, { status: "voided", reference: "pi_1" }],
  ];
  for (const [given, answer] of cases) {
    it(`maps ${JSON.stringify(given)}`, () => expect(toAuthorizeAnswer(intent(given))).to.deep.equal(answer));
  }
});

describe("toSettled", () => {
  it("is captured unless the whole was refunded at once", () => {
    const settled = (latest_charge: Stripe.Charge) => toSettled(intent({ status: "succeeded", latest_charge })).status;
    expect(settled(charge())).to.equal("captured");
    expect(settled(charge(whole))).to.equal("refunded");
    // Parts that are the whole decide nothing about the order.
    expect(settled(charge(part))).to.equal("captured");
    expect(settled({ refunded: true } as Stripe.Charge)).to.equal("refunded");
  });

  it("takes no other state for a decision", () => {
    for (const given of [
      { status: "requires_capture" },
      { status: "half_captured" },
      { status: "succeeded" },
      { status: "succeeded", latest_charge: "ch_1" },
    ])
      expect(() => toSettled(intent(given)), JSON.stringify(given)).to.throw(TransientError, "pi_1");
  });
});

describe("findWholeRefund", () => {
  it("finds the refund that was made or may be made, and no part", () => {
    expect(findWholeRefund(charge(part, { ...whole, status: "failed" }, { ...whole, status: "canceled" }))).to.equal(
      undefined,
    );
    expect(findWholeRefund(charge(part, { ...whole, status: "pending" }))).to.include({ id: "re_whole" });
    expect(findWholeRefund("ch_1")).to.equal(undefined);
  });
});

describe("toReason", () => {
  it("tells customers of lost, stolen and unknown cards no more than that the card was declined", () => {
    const codes = ["stolen_card", "brand_new_code", undefined, "incorrect_cvc", "invalid_expiry_year"];
    expect(codes.map(toReason)).to.deep.equal([
      ...["card_declined", "card_declined", "card_declined", "incorrect_code", "invalid_expiry"],
    ]);
  });
});

describe("toPortError", () => {
  const raw = (type: Stripe.RawErrorType, message = "number 4242424242424242") => ({ type, message, statusCode: 400 });

  it("passes for what a retry may mend, and refuses the rest, without the request", () => {
    const { errors } = Stripe;
    for (const [error, Kind] of [
      [new errors.StripeConnectionError(raw("api_error")), TransientError],
      [new errors.StripeAPIError(raw("api_error")), TransientError],
      [new errors.StripeRateLimitError(raw("rate_limit_error" as "api_error")), TransientError],
      [new errors.StripeInvalidRequestError(raw("invalid_request_error")), ProviderRefusal],
      [new errors.StripeAuthenticationError(raw("authentication_error" as "api_error")), ProviderRefusal],
    ] as const) {
      const mapped = toPortError("capture of A", error) as Error;
      expect(mapped, error.type).to.be.instanceOf(Kind);
      expect(`${mapped.message} ${mapped.cause}`).to.contain("capture of A").and.not.contain("4242");
    }
  });

  it("leaves errors that are not Stripe's", () => {
    const error = new TypeError("undefined is no function");
    expect(toPortError("capture", error)).to.equal(error);
  });
});
