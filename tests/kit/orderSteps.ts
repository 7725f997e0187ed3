import { deriveOrderId, type OrderItem, type StepInput } from "../../domain/order";
import { itemOf } from "./orderArbitraries";

/** `Idempotency-Key` of the order that the tests of the steps share. */
export const orderKey = "key-1";
export const orderId = deriveOrderId("customer-ann", orderKey);
export const own = (given: Partial<OrderItem> = {}) => itemOf({ orderId, ...given });

export const stepInput = (step: StepInput["step"], more: Partial<StepInput> = {}): StepInput => ({
  step,
  orderId,
  epoch: 1,
  startedAt: new Date().toISOString(),
  polls: 0,
  ...more,
});
