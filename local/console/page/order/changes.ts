/** An attribute of an item before and after a write, as text; empty if it was or is absent. */
export interface Change {
  name: string;
  before: string;
  after: string;
  isChanged: boolean;
}

/** Compares an item's attributes before and after a write; the changed ones come first. */
export function changesBetween(
  before: Readonly<Record<string, unknown>> = {},
  after: Readonly<Record<string, unknown>> = {},
): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .map((name) => {
      const [old, now] = [toText(before[name]), toText(after[name])];
      return { name, before: old, after: now, isChanged: old !== now };
    })
    .sort((a, b) => Number(b.isChanged) - Number(a.isChanged));
}

const toText = (value: unknown) =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 1);
