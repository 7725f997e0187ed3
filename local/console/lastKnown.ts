import type { RegionClients } from "./regionClients";

/** Reads a value from each Region. For a Region that does not answer it keeps the last value, so that orders stay visible. */
export class LastKnown<T> {
  private readonly known = new Map<string, T>();

  constructor(
    private readonly regions: readonly RegionClients[],
    private readonly readOne: (region: RegionClients) => Promise<T>,
  ) {}

  /** @throws the error of the first Region that is up and fails. */
  async read(): Promise<T[]> {
    const results = await Promise.all(
      this.regions.map(async (clients) => {
        const { region } = clients.deployment;
        try {
          if (clients.isUp()) this.known.set(region, await this.readOne(clients));
        } catch (error) {
          if (clients.isUp()) throw error;
        }
        return this.known.get(region);
      }),
    );
    return results.filter((result) => result !== undefined);
  }
}
