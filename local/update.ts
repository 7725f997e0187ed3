import type { Edge } from "./aws/edge";
import type { Region } from "./region";

export interface UpdateDeps {
  regions: readonly Region[];
  /** Deploys a stack again, from this folder. */
  up(region: Region, program: string): Promise<unknown>;
  edge(): Edge | undefined;
  progress(line: string): void;
}

/**
 * Updates one Region's stack in place while the store runs, like `pulumi up`. As on AWS, an execution goes on
 * by the definition that it began with and calls the new functions.
 *
 * New tables replicate, and new resources appear on the console's page, after the next start.
 */
export function updating({
  regions,
  up,
  edge,
  progress,
}: UpdateDeps): (region: string, program: string) => Promise<void> {
  return async (name, program) => {
    const region = regions.find((one) => one.region === name);
    if (region?.state !== "up") {
      const what = region === undefined ? "no Region of this store" : region.state;
      throw new RangeError(`${name} is ${what}: only a Region that is up can be updated.`);
    }
    await up(region, program);
    await region.readStreamsAgain();
    edge()?.update(regions.map(({ deployment }) => deployment));
    await region.keepWriting();
    progress(`Updated ${name}`);
  };
}
