/** Throws on its own line, which a trace must name. */
export function refuseOrder(orderId: string): never {
  throw new Error(`no such order: ${orderId}`);
}
