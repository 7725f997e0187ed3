/** Values that are shown in full; of a longer list, such as all currencies, a caller needs examples. */
const SHOWN = 20;

/** A list of allowed values for an error sentence. */
export function listValues(values: readonly unknown[]): string {
  if (values.length <= SHOWN) return values.join(", ");
  return `the ${values.length} values that the API's document lists, such as ${values.slice(0, 3).join(", ")}`;
}
