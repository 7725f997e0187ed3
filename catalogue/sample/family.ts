import type { AttributeValue } from "../../domain/catalogue/product";

/** Products of one kind: every model comes in every variant. */
export interface Family {
  category: string;
  /** What it is, as the name ends: `Kettle`. */
  noun: string;
  /** Brand, model, and how its price compares with the family's. */
  models: [brand: string, model: string, priceFactor: number][];
  /** Of the plainest model in its plainest variant, in cents. */
  priceCents: number;
  /** The attribute in which variants differ, and its values with what each adds in cents. */
  variants: { attribute: string; values: [value: string | number, addsCents: number][]; unit?: string };
  /** What all of them have. */
  attributes?: Record<string, AttributeValue>;
  /** What it is good for: one or two sentences. */
  description: string;
  maxPerOrder?: number;
}
