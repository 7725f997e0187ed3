import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { ProductContent } from "../../domain/catalogue/product";

const FINISHES = ["matte", "brushed", "polished", "satin", "glossy", "ribbed", "smooth", "hammered", "frosted", "raw"];
const SERIES = [
  "Alder",
  "Birch",
  "Cedar",
  "Dune",
  "Ember",
  "Flint",
  "Grove",
  "Heath",
  "Inlet",
  "Juniper",
  "Kelp",
  "Larch",
];

/** Reads the sample catalogue. */
export function sampleProducts(): (ProductContent & { productId: string })[] {
  const file = join(__dirname, "..", "..", "catalogue", "sample.jsonl");
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Writes an import file with so many products: the sample catalogue repeated, in other series and finishes. */
export async function generateFile(file: string, count: number): Promise<void> {
  const sample = sampleProducts();
  const out = createWriteStream(file);
  for (let number = 0; number < count; number++) {
    const original = sample[number % sample.length]!;
    const round = Math.floor(number / sample.length);
    const finish = FINISHES[round % FINISHES.length]!;
    const series = SERIES[Math.floor(round / FINISHES.length) % SERIES.length]!;
    const line = JSON.stringify({
      ...original,
      productId: `p${number}`,
      name: `${original.name}, ${series} ${finish} ${round}`,
      price: { ...original.price, amount: original.price.amount + (round % 50) * 10 },
      attributes: { ...original.attributes, finish, series },
    });
    if (!out.write(`${line}\n`)) await once(out, "drain");
  }
  out.end();
  await finished(out);
}
