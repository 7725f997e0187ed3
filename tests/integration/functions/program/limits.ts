import Ajv from "ajv";

/** Refuses an order with too many pieces. */
export function checkPieces(pieces: number): void {
  if (pieces > 9) throw new RangeError(`${pieces} pieces are too many`);
}

/** Checks an order by an invalid schema, which the validator refuses. */
export function checkShape(order: unknown): boolean {
  return new Ajv().compile({ type: "order" })(order) as boolean;
}
