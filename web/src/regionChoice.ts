import { regionPath } from "../../domain/region/paths";

/** Milliseconds that a Region has to report that it works. */
const CHECK_MS = 4_000;
/** Milliseconds between two looks at the home Region, and the most after repeated failures. */
const LOOK_MS = 10_000;
const LONGEST_LOOK_MS = 300_000;
/** Looks in a row that must succeed before the page returns. */
const GOOD_LOOKS = 2;
/** A return that fails again within this time doubles the pause between looks. Milliseconds. */
const SOON_MS = 120_000;

const KEPT = "stayopen.away";

/** Uncached, and it writes and reads the tables that an order needs. */
const HEALTH = "/api/orders/health";

/** Regions of a store, and the one that answers at the store's own address, as far as known. */
export interface KnownRegions {
  storeRegions: readonly string[];
  home?: string;
}

export interface RegionChoiceDeps {
  /** Returns true if the Region behind the path of its health works. */
  works(path: string, timeoutMs: number): Promise<boolean>;
  /** Reads the Regions from a file that does not depend on one of them. */
  readRegions(): Promise<KnownRegions>;
  /** Keeps the choice over reloads. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/**
 * Decides which Region the page calls: home is the store's own address, whose name leads to a healthy Region once DNS has
 * noticed. Until then the page calls another Region by its path, and returns when home has worked twice in a row.
 *
 * A wrong decision costs nothing: every Region takes every request.
 */
export class RegionChoice {
  private current: string | undefined;
  private readonly listeners = new Set<() => void>();
  private known: KnownRegions = { storeRegions: [] };
  private leaving?: Promise<boolean>;
  private looking?: ReturnType<typeof setTimeout>;
  private pauseMs = LOOK_MS;
  private returnedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly deps: RegionChoiceDeps) {
    this.current = deps.storage.getItem(KEPT) ?? undefined;
    if (this.current !== undefined) this.lookHome();
  }

  /** Name of the Region that the page has moved to; `undefined` at home. */
  get away(): string | undefined {
    return this.current;
  }

  /** Calls the listener after each move. Returns the function that ends it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Path of an API in the chosen Region. */
  pathOf(path: string): string {
    return pathIn(this.current, path);
  }

  /** Learns the Regions from the store's settings. Away, their Region is not the home. */
  know({ storeRegions, home }: KnownRegions): void {
    this.known = { storeRegions, home: this.current === undefined ? home : this.known.home };
  }

  /**
   * Moves away from a Region that fails. Resolves with true if the page calls another one now, false if none works.
   *
   * @param from `away` when the failing call began.
   */
  leave(from: string | undefined): Promise<boolean> {
    if (this.current !== from) return Promise.resolve(true);
    this.leaving ??= this.move(from).finally(() => {
      this.leaving = undefined;
    });
    return this.leaving;
  }

  private async move(from: string | undefined): Promise<boolean> {
    if (this.known.storeRegions.length === 0) this.know(await this.deps.readRegions());
    const { storeRegions, home } = this.known;
    if (storeRegions.length < 2) return false;
    // The home Region last: with routing by latency it may be another one than the settings name.
    const others = storeRegions.filter((region) => region !== from).sort((a) => (a === home ? 1 : -1));
    for (const region of from === undefined ? others : [undefined, ...others]) {
      if (!(await this.deps.works(pathIn(region, HEALTH), CHECK_MS))) continue;
      this.choose(region);
      return true;
    }
    return false;
  }

  private choose(region: string | undefined): void {
    const wasHome = this.current === undefined;
    if (region === undefined) {
      this.returnedAt = Date.now();
      this.deps.storage.removeItem(KEPT);
    } else this.deps.storage.setItem(KEPT, region);
    this.current = region;
    for (const listener of this.listeners) listener();
    if (region === undefined || !wasHome) return;
    const isSoon = Date.now() - this.returnedAt < SOON_MS;
    this.pauseMs = isSoon ? Math.min(2 * this.pauseMs, LONGEST_LOOK_MS) : LOOK_MS;
    this.lookHome();
  }

  private lookHome(good = 0): void {
    clearTimeout(this.looking);
    // Pages that left together must not return together.
    const pauseMs = this.pauseMs * (0.75 + Math.random() / 2);
    const looking = setTimeout(async () => {
      const works = await this.deps.works(HEALTH, CHECK_MS);
      if (this.looking !== looking || this.current === undefined) return;
      if (works && good + 1 === GOOD_LOOKS) this.choose(undefined);
      else this.lookHome(works ? good + 1 : 0);
    }, pauseMs);
    this.looking = looking;
  }
}

const pathIn = (region: string | undefined, path: string): string =>
  region === undefined ? path : regionPath(region, path);
