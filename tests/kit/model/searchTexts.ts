/** A violated invariant, with the steps that led to it and the text of the state. */
export interface Finding<Invariant extends string> {
  invariant: Invariant;
  trace: string[];
}

/** Receives a state that may follow. `progress`: it follows by itself in the end, unlike a failure. */
export type Emit<State> = (next: State, label: string, progress: boolean) => void;

/** Steps that are possible in one state, which is kept as JSON. */
export abstract class Steps<State> {
  constructor(
    protected readonly state: State,
    private readonly text: string,
    private readonly emit: Emit<State>,
  ) {}

  protected step(label: string, progress: boolean, change: (next: State) => void): void {
    const next = JSON.parse(this.text) as State;
    change(next);
    this.emit(next, label, progress);
  }
}

export interface TextModel<State, Invariant extends string> {
  first: State;
  /** Emits every state that may follow. */
  follow(state: State, text: string, emit: Emit<State>): void;
  /** Reports the violated invariants of every state. */
  always(state: State, broken: (invariant: Invariant) => void): void;
  /** Reports the violated invariants of a state in which nothing more happens by itself. */
  atRest(state: State, broken: (invariant: Invariant) => void): void;
}

/**
 * Breadth-first over all states of a model, so that the first trace to a violation is a shortest one.
 *
 * @param until ends the search when this invariant is broken.
 */
export function searchTexts<State, Invariant extends string>(
  model: TextModel<State, Invariant>,
  { maxStates, until }: { maxStates: number; until?: Invariant },
) {
  const texts = [JSON.stringify(model.first)];
  const known = new Set(texts);
  const parents: [number, string][] = [[-1, "begin"]];
  const findings = new Map<Invariant, Finding<Invariant>>();
  for (let at = 0; at < texts.length && texts.length < maxStates; at++) {
    if (until && findings.has(until)) break;
    const text = texts[at]!;
    const state = JSON.parse(text) as State;
    const broken = (invariant: Invariant) => {
      if (findings.has(invariant)) return;
      const trace: string[] = [];
      for (let step = at; step > 0; step = parents[step]![0]) trace.unshift(parents[step]![1]);
      findings.set(invariant, { invariant, trace: [...trace, text] });
    };
    let quiet = true;
    model.follow(state, text, (next, label, progress) => {
      quiet &&= !progress;
      const key = JSON.stringify(next);
      if (known.has(key)) return;
      known.add(key);
      texts.push(key);
      parents.push([at, label]);
    });
    model.always(state, broken);
    if (quiet) model.atRest(state, broken);
  }
  return { states: texts.length, exhaustive: texts.length < maxStates, findings: [...findings.values()] };
}
