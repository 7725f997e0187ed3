/**
 * Rules and stands for tests of one's own adapters: `stayopen/testing`. Nothing here loads Pulumi or a test runner.
 */

export { type PaymentRule, paymentProviderRules } from "./paymentProviderRules";
export {
  PAYMENT_FAULTS,
  type PaymentFault,
  type PaymentOperation,
  type PaymentStand,
  type PaymentTotals,
} from "./paymentStand";
