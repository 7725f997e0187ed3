import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProductContent } from "../../domain/catalogue/product";
import { categoryImage, imagePath } from "./categoryImage";
import type { Family } from "./family";
import { goingOut } from "./goingOut";
import { households } from "./households";
import { wardrobe } from "./wardrobe";

/** A product as a line of an import file has it. */
export type SampleProduct = ProductContent & { productId: string };

/** The sample catalogue: the same products, in the same order, each time. */
export function sampleProducts(families: Family[] = [...households, ...goingOut, ...wardrobe]): SampleProduct[] {
  return families.flatMap((family) =>
    family.models.flatMap((model, position) =>
      family.variants.values.map((variant) => sampleProduct(family, model, variant, position)),
    ),
  );
}

function sampleProduct(
  family: Family,
  [brand, model, priceFactor]: Family["models"][number],
  [value, addsCents]: Family["variants"]["values"][number],
  position: number,
): SampleProduct {
  const { attribute, unit } = family.variants;
  const label = unit ? `${value} ${unit}` : String(value);
  const name = `${brand} ${model} ${family.noun}, ${label}`;
  const productId = slug(name);
  return {
    productId,
    name,
    brand,
    category: family.category,
    description: `${family.description} The ${brand} ${model} ${POSITION[position]}.`,
    price: { amount: shelfPrice(family.priceCents * priceFactor + addsCents), currency: "USD" },
    availability: availabilityOf(productId),
    ...(family.maxPerOrder !== undefined && { maxPerOrder: family.maxPerOrder }),
    attributes: { ...family.attributes, [attribute]: value },
    image: imagePath(family.category),
  };
}

/** How a family's models compare, as its own shop would put it. */
const POSITION = ["is the one we use ourselves", "costs more and lasts longer", "is for those who want the best"];

/** Prices end in 90 cents. */
const shelfPrice = (cents: number) => Math.max(190, Math.round(cents / 100) * 100 - 10);

/** Some are out of stock and a few gone for good, always the same ones. */
function availabilityOf(productId: string): ProductContent["availability"] {
  let hash = 0;
  for (const character of productId) hash = (hash * 31 + character.charCodeAt(0)) % 997;
  return hash % 17 === 0 ? "out-of-stock" : hash % 41 === 0 ? "discontinued" : "in-stock";
}

const slug = (text: string) =>
  text
    .toLowerCase()
    .replace("-7 °c", "minus 7")
    .replaceAll("°c", "degrees")
    .replaceAll("'", "")
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 64);

/** Writes `sample.jsonl` and the categories' pictures beside it. */
function write(directory: string): void {
  const products = sampleProducts();
  writeFileSync(join(directory, "sample.jsonl"), products.map((product) => `${JSON.stringify(product)}\n`).join(""));
  const images = join(directory, "images");
  mkdirSync(images, { recursive: true });
  for (const category of new Set(products.map((product) => product.category))) {
    writeFileSync(join(images, imagePath(category).slice("/images/".length)), categoryImage(category));
  }
}

if (require.main === module) write(join(__dirname, ".."));
