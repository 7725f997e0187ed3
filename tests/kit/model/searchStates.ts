/** A violated invariant, with the steps that led to it and the state as JSON. */
export interface Finding<Invariant extends string> {
  invariant: Invariant;
  trace: string[];
}

/** Receives a step that may follow: `change` gets a copy of the state. `progress`: it follows by itself in the end, unlike a failure. */
export type Emit<State> = (label: string, progress: boolean, change: (next: State) => void) => void;

export interface StateModel<State, Invariant extends string> {
  first: State;
  /** Copies a state, but not its parts, which are frozen. A step replaces the parts that it changes. */
  copy(state: State): State;
  /** Returns a text that equal states share, and shares the state's parts. */
  identify(state: State, parts: SharedParts): string;
  /** Emits every step that may follow. Equal parts are one object. */
  follow(state: State, emit: Emit<State>): void;
  /** Reports the violated invariants of every state. */
  always(state: State, broken: (invariant: Invariant) => void): void;
  /** Reports the violated invariants of a state in which nothing more happens by itself. */
  atRest(state: State, broken: (invariant: Invariant) => void): void;
}

const NUMBER = Symbol("number");
type Part = object & { [NUMBER]?: number };

/** Parts of states, of which equal ones are one frozen object: texts of whole states took five times as long. */
export class SharedParts {
  private readonly known = new Map<string, Part>();

  /** Replaces a part by the one that equals it as JSON, and returns its number. */
  share<Name extends PropertyKey>(host: Record<Name, unknown>, name: Name): number {
    const part = host[name] as Part | null | undefined;
    if (part === null || part === undefined) return -1;
    const number = part[NUMBER];
    if (number !== undefined) return number;
    const text = JSON.stringify(part);
    let shared = this.known.get(text);
    if (!shared) {
      shared = Object.defineProperty(JSON.parse(text) as Part, NUMBER, { value: this.known.size });
      this.known.set(text, freeze(shared));
    }
    host[name] = shared;
    return shared[NUMBER]!;
  }

  shareAll(list: unknown[]): string {
    let numbers = "";
    for (let index = 0; index < list.length; index++) numbers += `,${this.share(list as never, index)}`;
    return numbers;
  }
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

/**
 * Breadth-first over all states of a model, so that the first trace to a violation is a shortest one.
 *
 * @param until ends the search when this invariant is broken.
 */
export function searchStates<State, Invariant extends string>(
  model: StateModel<State, Invariant>,
  { maxStates, until }: { maxStates: number; until?: Invariant },
) {
  const parts = new SharedParts();
  const known = new Set([model.identify(model.first, parts)]);
  const states = [model.first];
  const parents: [number, string][] = [[-1, "begin"]];
  const findings = new Map<Invariant, Finding<Invariant>>();
  for (let at = 0; at < states.length && states.length < maxStates; at++) {
    if (until && findings.has(until)) break;
    const state = states[at]!;
    const broken = (invariant: Invariant) => {
      if (findings.has(invariant)) return;
      const trace: string[] = [];
      for (let step = at; step > 0; step = parents[step]![0]) trace.unshift(parents[step]![1]);
      findings.set(invariant, { invariant, trace: [...trace, JSON.stringify(state)] });
    };
    let quiet = true;
    model.follow(state, (label, progress, change) => {
      quiet &&= !progress;
      const next = model.copy(state);
      change(next);
      const text = model.identify(next, parts);
      if (known.has(text)) return;
      known.add(text);
      states.push(next);
      parents.push([at, label]);
    });
    model.always(state, broken);
    if (quiet) model.atRest(state, broken);
  }
  return { states: states.length, exhaustive: states.length < maxStates, findings: [...findings.values()] };
}
