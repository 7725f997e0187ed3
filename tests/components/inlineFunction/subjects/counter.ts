/** A file without Pulumi: captures are imported, with their private fields. */
export class Counter {
  #count = 0;

  public next(): number {
    this.#count += 1;
    return this.#count;
  }
}

export const prices = new Map([["tea", 450]]);
