import type { ShownStock } from "../stock";
import type { AttributeValue, Availability, Price } from "./product";

/** Fields by which variants of one product are compared. */
export interface Variant {
  productId: string;
  name: string;
  price: Price;
  availability: Availability;
  stock?: ShownStock;
  attributes: Record<string, AttributeValue>;
}

/** All variants of one product, for its tile in a list. */
export interface VariantSummary {
  count: number;
  /** Variants that can be ordered. */
  offered: number;
  /** Words that all names begin with. */
  name: string;
  lowest: Price;
  highest: Price;
}

/** Returns true if a variant can be ordered. */
export const isOffered = ({ availability, stock }: Pick<Variant, "availability" | "stock">): boolean =>
  availability === "in-stock" && !stock?.soldOut;

/** @param shown the variant of the tile: only prices in its currency are compared. */
export function summarizeVariants(
  shown: Pick<Variant, "name" | "price">,
  variants: readonly Omit<Variant, "attributes">[],
): VariantSummary {
  const { currency } = shown.price;
  const amounts = variants.filter(({ price }) => price.currency === currency).map(({ price }) => price.amount);
  return {
    count: variants.length,
    offered: variants.filter(isOffered).length,
    name: sharedName(variants.map(({ name }) => name)) || shown.name,
    lowest: { amount: Math.min(shown.price.amount, ...amounts), currency },
    highest: { amount: Math.max(shown.price.amount, ...amounts), currency },
  };
}

/** Returns the words that all names begin with: of "Kettle, black" and "Kettle, white" it is "Kettle". */
export function sharedName(names: readonly string[]): string {
  const [first = [], ...others] = names.map((name) => name.split(/\s+/));
  const different = first.findIndex((word, at) => others.some((other) => other[at] !== word));
  const shared = different === -1 ? first : first.slice(0, different);
  return shared.join(" ").replace(/[^\p{L}\p{M}\p{N}.)]+$/u, "");
}

/** An attribute in which variants differ, with its values in an order that people expect. */
export interface Choice {
  attribute: string;
  values: AttributeValue[];
}

/** Returns the attributes to choose a variant by. None if attributes do not tell all variants apart. */
export function choicesOf(variants: readonly Variant[]): Choice[] {
  const names = [...new Set(variants.flatMap(({ attributes }) => Object.keys(attributes)))];
  const choices: Choice[] = [];
  for (const attribute of names) {
    const given = variants.map(({ attributes }) => attributes[attribute]);
    const values = [...new Set(given)].filter((value) => value !== undefined);
    // A part that some variants lack can't be chosen by.
    if (values.length < 2 || given.includes(undefined)) continue;
    if (!choices.some((other) => follows(variants, attribute, other.attribute))) {
      choices.push({ attribute, values: values.sort(compareValues) });
    }
  }
  const keys = variants.map(({ attributes }) => JSON.stringify(choices.map(({ attribute }) => attributes[attribute])));
  return new Set(keys).size === variants.length ? choices : [];
}

/** Returns true if the attribute's value follows from the other's, as the weight does from the size. */
function follows(variants: readonly Variant[], attribute: string, other: string): boolean {
  const known = new Map<AttributeValue, AttributeValue>();
  return variants.every(({ attributes }) => {
    const [key, value] = [attributes[other]!, attributes[attribute]!];
    if (!known.has(key)) known.set(key, value);
    return known.get(key) === value;
  });
}

/** Sizes in the order of the shelf; others are sorted by number or by letters. */
const SIZES = ["xxs", "xs", "s", "small", "m", "medium", "l", "large", "xl", "xxl", "xxxl"];

function compareValues(a: AttributeValue, b: AttributeValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [a, b].map((value) => SIZES.indexOf(String(value).toLowerCase())) as [number, number];
  if (left !== -1 && right !== -1) return left - right;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/**
 * Returns the variant that a choice leads to: one with the value, as like the present one as possible, one that can be ordered among
 * equals. `undefined` if no variant has the value.
 */
export function chooseVariant<One extends Variant>(
  variants: readonly One[],
  present: Variant,
  attribute: string,
  value: AttributeValue,
  choices: readonly Choice[],
): One | undefined {
  const likeness = (variant: One) =>
    choices.filter((choice) => variant.attributes[choice.attribute] === present.attributes[choice.attribute]).length *
      2 +
    Number(isOffered(variant));
  return variants
    .filter(({ attributes }) => attributes[attribute] === value)
    .sort((a, b) => likeness(b) - likeness(a) || a.productId.localeCompare(b.productId))[0];
}
