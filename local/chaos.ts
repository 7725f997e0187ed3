import type { Lag, LinkStatus, Replication } from "./aws/replication";
import type { Region, RegionState } from "./region";

/** What can be done to the Regions of a running store. Each of it has happened when its promise resolves. */
export interface Chaos {
  /** SIGKILL to everything that runs for the Region: its emulator with all functions, its network, its search engine, its event sources. */
  kill(region: string): Promise<void>;
  /** Starts a killed Region again, with the data that it had acknowledged. */
  return(region: string): Promise<void>;
  /** Kills it and deletes its data: it cannot return. */
  lose(region: string): Promise<void>;
  /** SIGSTOP to everything that runs for the Region: it answers nothing, and knows nothing of the time that passes. */
  freeze(region: string): Promise<void>;
  /** A frozen Region goes on in the middle of whatever it did. */
  thaw(region: string): Promise<void>;
  /** The Regions reach each other no more, neither by replication nor by their functions' calls. Customers reach both. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** How long a change takes to the other Region, in milliseconds: always the same, or drawn anew for each change. */
  lag(lag: Lag): Promise<void>;
  status(): ChaosStatus;
}

/** The Regions, and what is between them. */
export interface ChaosStatus {
  regions: { region: string; stack: string; state: RegionState }[];
  /** Absent with one Region. */
  link?: { isCut: boolean; lagMs: Lag; directions: LinkStatus[] };
}

/** Whether the Regions reach each other, as their functions' networks see it. */
export interface Link {
  isCut: boolean;
}

export interface ChaosOptions {
  regions: readonly Region[];
  /** Absent with one Region. */
  replication?: Replication;
  link: Link;
  progress(line: string): void;
}

/**
 * The switches of a store's failures.
 *
 * @example
 * await store.chaos.kill("us-east-1");
 * await store.chaos.return("us-east-1");
 * @throws RangeError with one sentence, when there is no such Region or it is not in the state for it.
 */
export function createChaos({ regions, replication, link, progress }: ChaosOptions): Chaos {
  // One after the other: a Region that is just coming back cannot be killed half-way.
  let before: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void> | void): Promise<void> => {
    const turn = before.then(work);
    before = turn.catch(() => undefined);
    return turn;
  };
  const find = (name: string, action: Action): Region => {
    const found = regions.find(({ region }) => region === name);
    const names = regions.map(({ region }) => region).join(" and ");
    if (found === undefined) throw new RangeError(`There is no Region "${name}": the store runs in ${names}.`);
    if (!possibleIn[action].includes(found.state)) {
      throw new RangeError(
        `${name} is ${found.state}${found.state === "up" ? "" : " already"}: ${whatInstead(found.state)}`,
      );
    }
    return found;
  };
  const between = (): Replication => {
    if (replication !== undefined) return replication;
    throw new RangeError(
      'The store runs in one Region: start it with "npm start -- --regions 2" for a link to another.',
    );
  };
  const tell = (line: string) => progress(`chaos: ${line}`);

  return {
    kill: (name) =>
      inTurn(async () => {
        const region = find(name, "kill");
        replication?.pause(name);
        await region.kill();
        tell(`${name} is dead`);
      }),
    return: (name) =>
      inTurn(async () => {
        await find(name, "return").comeBack(tell);
        replication?.resume(name);
        tell(`${name} is back`);
      }),
    lose: (name) =>
      inTurn(async () => {
        const region = find(name, "lose");
        replication?.pause(name);
        await region.lose();
        tell(`${name} is lost, with its data`);
      }),
    freeze: (name) =>
      inTurn(() => {
        const region = find(name, "freeze");
        replication?.pause(name);
        region.freeze();
        tell(`${name} is frozen`);
      }),
    thaw: (name) =>
      inTurn(() => {
        find(name, "thaw").thaw();
        replication?.resume(name);
        tell(`${name} goes on`);
      }),
    cut: () =>
      inTurn(() => {
        between().cut();
        link.isCut = true;
        tell("the link between the Regions is cut");
      }),
    heal: () =>
      inTurn(() => {
        between().heal();
        link.isCut = false;
        tell("the link between the Regions is whole");
      }),
    lag: (lag) =>
      inTurn(() => {
        between().lag(checkedLag(lag));
        tell(`replication takes ${typeof lag === "number" ? lag : `${lag.min} to ${lag.max}`} ms`);
      }),
    status: () => {
      const status = replication?.status();
      return {
        regions: regions.map(({ region, stack, state }) => ({ region, stack, state })),
        link: status && { isCut: link.isCut, lagMs: status.lagMs, directions: status.links },
      };
    },
  };
}

type Action = "kill" | "return" | "lose" | "freeze" | "thaw";

const possibleIn: Record<Action, readonly RegionState[]> = {
  kill: ["up", "frozen"],
  return: ["dead"],
  lose: ["up", "frozen", "dead"],
  freeze: ["up"],
  thaw: ["frozen"],
};

function whatInstead(state: RegionState): string {
  switch (state) {
    case "up":
      return "kill, lose or freeze it.";
    case "dead":
      return "let it return, or lose it.";
    case "frozen":
      return "thaw, kill or lose it.";
    case "lost":
      return "its data are gone and it cannot return; the next start of the store makes it anew.";
  }
}

/** Longest lag that can be set, in milliseconds: an hour. */
const LONGEST_LAG_MS = 3_600_000;

function checkedLag(lag: Lag): Lag {
  const { min, max } = typeof lag === "number" ? { min: lag, max: lag } : Object(lag as unknown);
  if (!(min >= 0 && max >= min && max <= LONGEST_LAG_MS)) {
    throw new RangeError(`A lag is milliseconds from 0 to ${LONGEST_LAG_MS}, or two of them, the smaller one first.`);
  }
  return lag;
}
