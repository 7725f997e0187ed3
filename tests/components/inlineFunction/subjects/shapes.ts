/** A file without Pulumi that exports values that can't be copied: captures are imported. */
export abstract class Shape {
  public readonly kind: string = "shape";
  public abstract area(): number;
  public describe(): string {
    return `${this.kind} of ${this.area()}`;
  }
}

export class Square extends Shape {
  public override readonly kind = "square";
  readonly #side: number;

  public constructor(side: number) {
    super();
    this.#side = side;
  }

  public override area(): number {
    return this.#side ** 2;
  }

  public override describe(): string {
    return `a ${super.describe()}`;
  }
}

export class OutOfStock extends Error {
  public override readonly name = "OutOfStock";
}

export const started = new Date("2026-01-02T03:04:05.000Z");
export const seasons = new Set(["spring", "autumn"]);
export const unit = new Square(1);
export const mark = Symbol("mark");
export const greet = function (this: { name: string }): string {
  return `Hello ${this.name}`;
}.bind({ name: "bound" });
export const frozen = Object.freeze({ list: Object.freeze([1, 2]) });

export let visits = 0;
export function visit(): number {
  visits += 1;
  return visits;
}

export enum Size {
  Small = 1,
  Large = 2,
}

export default function area(side: number): number {
  return new Square(side).area();
}
