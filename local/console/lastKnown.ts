import type { RegionClients } from "./regionClients";

/**
 * Reads something from each Region. Of a Region that does not answer, what it said last is there still: an order does not vanish from
 * the page because its Region died.
 */
export class LastKnown<T> {
  private readonly known = new Map<string, T>();

  constructor(
    private readonly regions: readonly RegionClients[],
    private readonly readOne: (region: RegionClients) => Promise<T>,
  ) {}

  /** @throws what the first Region that is up fails with. */
  async read(): Promise<T[]> {
    const results = await Promise.all(
      this.regions.map(async (clients) => {
        const { region } = clients.deployment;
        if (clients.isUp()) {
          try {
            this.known.set(region, await this.readOne(clients));
          } catch (error) {
            if (clients.isUp()) throw error;
          }
        }
        return this.known.get(region);
      }),
    );
    return results.filter((result) => result !== undefined);
  }
}
