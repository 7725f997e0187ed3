import { type Store, type StoreOptions, startStore } from "../../local/store";
import { listeners } from "./listeners";
import { temporaryFolder } from "./temporaryFolder";

export interface SharedStore {
  store: Store;
  dataDir: string;
  /** Ports on which this process and its descendants listened before the store started. */
  earlierPorts: ReadonlySet<number>;
  /** Starts it again on the same data. The caller stops this one. */
  restart(): Promise<Store>;
}

const LIMIT_MS = 300_000;

/**
 * Shares a store among the suites of a process: the first one starts it, and it stops after the last test. Call it at the top of a module.
 *
 * @returns the access to the store, for `before`. Regions that an earlier suite has left dead return first, and a cut link heals.
 */
export function shareStore(name: string, options: StoreOptions): () => Promise<SharedStore> {
  let started: Promise<SharedStore> | undefined;

  // At the root, so that the store serves all suites.
  after(async function () {
    this.timeout(LIMIT_MS);
    await (await started)?.store.stop();
  });

  const start = async (): Promise<SharedStore> => {
    const dataDir = temporaryFolder(name);
    const earlierPorts = new Set(listeners().map(({ port }) => port));
    const restart = () => startStore({ ...options, dataDir, port: 0 });
    return { store: await restart(), dataDir, earlierPorts, restart };
  };

  return async () => {
    started ??= start();
    const shared = await started;
    const { chaos } = shared.store;
    const { regions, link } = chaos.status();
    for (const { region, state } of regions) if (state === "dead") await chaos.return(region);
    if (link?.isCut) await chaos.heal();
    return shared;
  };
}
