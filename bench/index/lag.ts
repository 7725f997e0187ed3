/** Result of one search. */
export interface Look {
  /** Time of the response. */
  at: number;
  found: number;
}

/**
 * Computes the delay until each change was found, from the times of acknowledgement and of the searches. It assumes that changes are found
 * in the order of acknowledgement, which is nearly that of the stream.
 */
export function lagsOf(acknowledged: readonly number[], looks: readonly Look[]): number[] {
  return [...acknowledged]
    .sort((a, b) => a - b)
    .map((at, index) => (looks.find(({ found }) => found > index)?.at ?? Number.NaN) - at);
}
