import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { sampleProducts } from "../../catalogue/sample/generate";

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

/** Writes an import file of so many products: the sample catalogue again and again, in other series and finishes. */
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
