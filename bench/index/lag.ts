/** What one look through the search API found. */
export interface Look {
  /** When the answer came. */
  at: number;
  found: number;
}

/**
 * How late each change was found, from the times at which the changes were acknowledged and from the looks that followed. Changes are
 * taken to be found in the order in which they were acknowledged, which is nearly that of the stream.
 */
export function lagsOf(acknowledged: readonly number[], looks: readonly Look[]): number[] {
  return [...acknowledged]
    .sort((a, b) => a - b)
    .map((at, index) => (looks.find(({ found }) => found > index)?.at ?? Number.NaN) - at);
}
