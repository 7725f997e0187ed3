import Ajv from "ajv";

/** Refuses an order of too many pieces. */
export function checkPieces(pieces: number): void {
  if (pieces > 9) throw new RangeError(`${pieces} pieces are too many`);
}

/** Checks an order by a schema that has a mistake: the validator refuses the schema. */
export function checkShape(order: unknown): boolean {
  return new Ajv().compile({ type: "order" })(order) as boolean;
}
