import type { Lag, LinkStatus, Replication } from "./aws/replication";
import type { Region, RegionState } from "./region";

/** Failures of the Regions of a running store. Each one has happened when its promise resolves. */
export interface Chaos {
  /** SIGKILL to everything that runs for the Region: its emulator with all functions, its network, its search engine, its event sources. */
  kill(region: string): Promise<void>;
  /** Starts a killed Region again, with the data that it had acknowledged. */
  return(region: string): Promise<void>;
  /** Kills it and deletes its data: it cannot return. */
  lose(region: string): Promise<void>;
  /** SIGSTOP to everything that runs for the Region: nothing is answered, and timers stand still. */
  freeze(region: string): Promise<void>;
  /** Resumes a frozen Region where it stopped. */
  thaw(region: string): Promise<void>;
  /** Blocks replication and function calls between the Regions. Customers still reach both. */
  cut(): Promise<void>;
  /** Restores the link. */
  heal(): Promise<void>;
  /** Sets the replication lag in milliseconds: fixed, or drawn for each change. */
  lag(lag: Lag): Promise<void>;
  status(): ChaosStatus;
  /** The latest failures and repairs as sentences, oldest first. */
  incidents(): readonly Incident[];
}

/** A failure or a repair. */
export interface Incident {
  /** ISO 8601, UTC. */
  at: string;
  /** For example "us-east-1 was killed". */
  what: string;
}

/** State of the Regions and of the link between them. */
export interface ChaosStatus {
  regions: { region: string; stack: string; state: RegionState }[];
  /** Absent with one Region. */
  link?: { isCut: boolean; lagMs: Lag; directions: LinkStatus[] };
}

/** The link between the Regions, as their functions' networks see it. */
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
 * Creates the failure controls of a store.
 *
 * @example
 * await store.chaos.kill("us-east-1");
 * await store.chaos.return("us-east-1");
 * @throws RangeError with one sentence if the Region is unknown or its state does not allow the action.
 */
export function createChaos({ regions, replication, link, progress }: ChaosOptions): Chaos {
  // Serialized: a Region must not be killed half-way through its return.
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
      'The store runs in one Region: start it with "npm start -- --regions 2" for a link between two Regions.',
    );
  };
  const incidents: Incident[] = [];
  const report = (what: string) => {
    incidents.push({ at: new Date().toISOString(), what });
    if (incidents.length > KEPT_INCIDENTS) incidents.shift();
    progress(`chaos: ${what}`);
  };

  return {
    kill: (name) =>
      inTurn(async () => {
        const region = find(name, "kill");
        replication?.pause(name);
        await region.kill();
        report(`${name} was killed`);
      }),
    return: (name) =>
      inTurn(async () => {
        await find(name, "return").comeBack(report);
        replication?.resume(name);
        report(`${name} has returned`);
      }),
    lose: (name) =>
      inTurn(async () => {
        const region = find(name, "lose");
        replication?.pause(name);
        await region.lose();
        report(`${name} was lost with its data`);
      }),
    freeze: (name) =>
      inTurn(() => {
        const region = find(name, "freeze");
        replication?.pause(name);
        region.freeze();
        report(`${name} was frozen`);
      }),
    thaw: (name) =>
      inTurn(() => {
        find(name, "thaw").thaw();
        replication?.resume(name);
        report(`${name} was thawed`);
      }),
    cut: () =>
      inTurn(() => {
        between().cut();
        link.isCut = true;
        report("the link between the Regions was cut");
      }),
    heal: () =>
      inTurn(() => {
        between().heal();
        link.isCut = false;
        report("the link between the Regions was restored");
      }),
    lag: (lag) =>
      inTurn(() => {
        between().lag(checkedLag(lag));
        report(`replication lag set to ${typeof lag === "number" ? lag : `${lag.min} to ${lag.max}`} ms`);
      }),
    incidents: () => incidents,
    status: () => {
      const status = replication?.status();
      return {
        regions: regions.map(({ region, stack, state }) => ({ region, stack, state })),
        link: status && { isCut: link.isCut, lagMs: status.lagMs, directions: status.links },
      };
    },
  };
}

const KEPT_INCIDENTS = 1_000;

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
      return "its data are gone and it cannot return; the next start of the store creates it again.";
  }
}

/** Longest lag in milliseconds: an hour. */
const LONGEST_LAG_MS = 3_600_000;

function checkedLag(lag: Lag): Lag {
  const { min, max } = typeof lag === "number" ? { min: lag, max: lag } : Object(lag as unknown);
  if (!(min >= 0 && max >= min && max <= LONGEST_LAG_MS)) {
    throw new RangeError(
      `The lag is ${JSON.stringify(lag)}; give 0 to ${LONGEST_LAG_MS} milliseconds, or a range with the smaller number first.`,
    );
  }
  return lag;
}
