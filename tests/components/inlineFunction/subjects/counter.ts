/** A file that loads no Pulumi: captured, it is imported, private fields and all. */
export class Counter {
  #count = 0;

  public next(): number {
    this.#count += 1;
    return this.#count;
  }
}

export const prices = new Map([["tea", 450]]);
