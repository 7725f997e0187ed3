/**
 * Regions that may have stored an order without answering. A Region knows what itself has stored, so only its own refusal means
 * that there is no order: another Region may refuse what the first one has accepted.
 */
export class Doubts {
  private readonly regions = new Set<string | undefined>();

  /** @param region the page's choice: `undefined` at home. */
  add(region: string | undefined): void {
    this.regions.add(region);
  }

  /** True if a refusal of this Region does not tell whether the order is stored. */
  concern(region: string | undefined): boolean {
    return [...this.regions].some((each) => each !== region);
  }
}
