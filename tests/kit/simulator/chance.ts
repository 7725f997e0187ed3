/**
 * Decides everything that is left to chance in one schedule. Each decision is a hash of the seed and a label, not the next number of
 * a stream: leaving one event out does not change what happens to the others, so a failing schedule can be shrunk.
 */
export class Chance {
  private readonly counts = new Map<string, number>();

  constructor(readonly seed: number) {}

  /** Returns a number from 0 up to 1, the same for the same seed and label. */
  of(label: string): number {
    let hash = 0x811c9dc5 ^ Math.imul(this.seed, 0x9e3779b1);
    for (let index = 0; index < label.length; index++) {
      hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
    }
    // The finalizer of MurmurHash3, so that labels that differ in one character give unrelated numbers.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
  }

  /** Numbers a label's uses: `east/submit/PutItem` becomes `east/submit/PutItem#3`. */
  next(label: string): string {
    const count = (this.counts.get(label) ?? 0) + 1;
    this.counts.set(label, count);
    return `${label}#${count}`;
  }

  /** Returns one of the options. */
  pick<Option>(label: string, options: readonly Option[]): Option {
    return options[Math.floor(this.of(label) * options.length)]!;
  }

  /** Returns an integer from `least` to `most`. */
  between(label: string, least: number, most: number): number {
    return least + Math.floor(this.of(label) * (most - least + 1));
  }
}
