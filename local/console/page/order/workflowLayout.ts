import type { Workflow } from "../../orders/workflow";

/** Place of a state in the drawing, in columns and rows. */
export interface Place {
  column: number;
  row: number;
}

/**
 * Places the states of a workflow: its undisturbed way in the first row, what errors lead to in the rows below, each under the
 * first state that leads there.
 */
export function layOut({ startAt, states }: Workflow): Map<string, Place> {
  const byName = new Map(states.map((state) => [state.name, state]));
  const places = new Map<string, Place>();
  const taken = new Set<string>();
  const put = (name: string, column: number, row: number) => {
    let at = column;
    while (taken.has(`${at} ${row}`)) at += 1;
    taken.add(`${at} ${row}`);
    places.set(name, { column: at, row });
  };
  const ordinary: string[] = [];
  for (let name: string | undefined = startAt; name !== undefined && !ordinary.includes(name); ) {
    ordinary.push(name);
    name = byName.get(name)?.next.find(({ on }) => on === undefined)?.to;
  }
  for (const [column, name] of ordinary.filter((one) => byName.has(one)).entries()) put(name, column, 0);
  // Breadth first: a state stands one row below the first one that leads to it.
  for (const queue = [...places.keys()]; queue.length > 0; ) {
    const name = queue.shift()!;
    const { column, row } = places.get(name)!;
    for (const { to } of byName.get(name)?.next ?? []) {
      if (places.has(to) || !byName.has(to)) continue;
      put(to, column, row + 1);
      queue.push(to);
    }
  }
  let last = Math.max(0, ...[...places.values()].map(({ column }) => column));
  for (const { name } of states) if (!places.has(name)) put(name, ++last, 0);
  return places;
}
