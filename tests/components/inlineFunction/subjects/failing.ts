/** Fails on a line of its own, for a trace to name. */
export function refuseOrder(orderId: string): never {
  throw new Error(`no such order: ${orderId}`);
}
