import { minorDigits } from "../../domain/money";
import { MAX_TOTAL_AMOUNT } from "../../domain/order/prices/pricing";
import { challengePages } from "./challengePage";
import type { Answer, AuthorizationRequest, PartialRefundRequest, ShipmentRequest } from "./contract";
import type { Fault } from "./faults";
import { meansOf, type PaymentLedger } from "./paymentLedger";
import type { ProviderDefinition, Request } from "./providerServer";
import type { ShippingLedger } from "./shippingLedger";
import { behaviourOf } from "./testCards";
import { trackingPages } from "./trackingPage";

type Control = ProviderDefinition["control"];

/** HTTP API of the payment ledger. */
export function paymentRoutes(
  ledger: PaymentLedger,
  apiKey: string,
  control: Control,
  storeUrl: () => string | undefined = () => undefined,
): ProviderDefinition {
  const wireFaults = new Map<string, number>();
  return {
    system: "payment",
    apiKey,
    control,
    pages: challengePages(ledger, storeUrl),
    route(method, path) {
      const part = /^\/payments\/([^/]+)\/refunds\/([^/]+)$/.exec(path);
      const refunded = decodeId(part?.[1]);
      const refundId = decodeId(part?.[2]);
      if (refunded !== undefined && refundId !== undefined)
        return method === "PUT" ? { operation: "refundPart", orderId: refunded, refundId } : undefined;
      const match = /^\/payments\/([^/]+)(?:\/(authorization|capture|void|refund))?$/.exec(path);
      const orderId = decodeId(match?.[1]);
      if (!match || orderId === undefined) return undefined;
      const verb = match[2];
      if (verb === undefined) return method === "GET" ? { operation: "read", orderId } : undefined;
      if (method !== "PUT") return undefined;
      return { operation: verb === "authorization" ? "authorize" : (verb as "capture" | "void" | "refund"), orderId };
    },
    problemOf({ operation, body }) {
      if (operation === "refundPart") return problemOfPartialRefund(body);
      return operation === "authorize" ? problemOfAuthorization(body) : undefined;
    },
    perform({ operation, orderId, refundId, body }, fault): Answer {
      switch (operation) {
        case "authorize":
          return ledger.authorize(
            orderId,
            body as AuthorizationRequest,
            fault?.kind === "decline" ? { reason: fault.reason ?? "card_declined" } : undefined,
          );
        case "capture":
          return ledger.capture(orderId);
        case "void":
          return ledger.void(orderId);
        case "refund":
          return ledger.refund(orderId);
        case "refundPart":
          return ledger.refundPart(orderId, refundId!, body as PartialRefundRequest);
        default:
          return ledger.read(orderId);
      }
    },
    ownFault({ operation, orderId, body }: Request): Fault | undefined {
      if (operation !== "authorize") return undefined;
      const means = meansOf(body as AuthorizationRequest);
      const wire = "number" in means && means.number !== undefined ? behaviourOf(means.number).wire : undefined;
      if (!wire) return undefined;
      const met = (wireFaults.get(orderId) ?? 0) + 1;
      wireFaults.set(orderId, met);
      if (met > wire.times) return undefined;
      return { id: "test-card", system: "payment", operation: "authorize", kind: wire.kind, left: wire.times - met };
    },
  };
}

/** HTTP API of the shipping ledger. */
export function shippingRoutes(ledger: ShippingLedger, apiKey: string, control: Control): ProviderDefinition {
  return {
    system: "shipping",
    apiKey,
    control,
    pages: trackingPages(ledger),
    route(method, path) {
      const orderId = decodeId(/^\/shipments\/([^/]+)$/.exec(path)?.[1]);
      if (orderId === undefined) return undefined;
      if (method === "GET") return { operation: "read", orderId };
      return method === "PUT" ? { operation: "ship", orderId } : undefined;
    },
    problemOf({ operation, body }) {
      if (operation !== "ship") return undefined;
      if (!isRecord(body)) return "The body must be a JSON object.";
      if (!isRecord(body["address"])) return "`address` must be an object.";
      if (!Array.isArray(body["lines"]) || body["lines"].length === 0)
        return "`lines` must be a list that is not empty.";
      if (body["method"] !== undefined && typeof body["method"] !== "string") return "`method` must be a string.";
      return undefined;
    },
    perform({ operation, orderId, body }, fault): Answer {
      if (operation !== "ship") return ledger.read(orderId);
      const impossible = fault?.kind === "impossible" ? (fault.reason ?? "No carrier takes this parcel.") : undefined;
      return ledger.ship(orderId, body as ShipmentRequest, impossible);
    },
  };
}

function problemOfAuthorization(body: unknown): string | undefined {
  if (!isRecord(body)) return "The body must be a JSON object.";
  const { amount, currency, customerId, card, token } = body;
  if (!Number.isSafeInteger(amount) || (amount as number) < 0 || (amount as number) > MAX_TOTAL_AMOUNT)
    return `\`amount\` must be a whole number of minor units from 0 to ${MAX_TOTAL_AMOUNT}.`;
  if (typeof currency !== "string" || minorDigits(currency) === undefined)
    return "`currency` must be an ISO 4217 code.";
  if (typeof customerId !== "string" || customerId === "") return "`customerId` must name the customer.";
  if (amount === 0 && card === undefined && token === undefined) return undefined;
  if (amount === 0) return "A payment of 0 takes neither `card` nor `token`.";
  if ((card === undefined) === (token === undefined)) return "Exactly one of `card` and `token` must be given.";
  if (token !== undefined) {
    return typeof token === "string" && token !== "" ? undefined : "`token` must be a string that is not empty.";
  }
  if (!isRecord(card)) return "`card` must be an object.";
  const complete = ["number", "expiry", "code"].every((name) => typeof card[name] === "string" && card[name] !== "");
  return complete ? undefined : "`card` must have `number`, `expiry` and `code`.";
}

function problemOfPartialRefund(body: unknown): string | undefined {
  if (!isRecord(body)) return "The body must be a JSON object.";
  const { amount, currency } = body;
  if (!Number.isSafeInteger(amount) || (amount as number) < 1 || (amount as number) > MAX_TOTAL_AMOUNT)
    return `\`amount\` must be a whole number of minor units from 1 to ${MAX_TOTAL_AMOUNT}.`;
  return typeof currency === "string" && minorDigits(currency) !== undefined
    ? undefined
    : "`currency` must be an ISO 4217 code.";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An order id from a path; nothing when it is not well-formed. */
function decodeId(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const id = decodeURIComponent(text);
    return id.length > 0 && id.length <= 200 ? id : undefined;
  } catch {
    return undefined;
  }
}
