/**
 * Synonyms in Solr's format: `a, b` are equal, `a => b` replaces a by b. They apply to the query, but are part of the
 * index's settings: a change takes effect with the next rebuild.
 */
export const SYNONYMS: readonly string[] = [
  "headphones, headset, earphones, cans",
  "earbuds, in-ears, buds",
  "tv, television",
  "laptop, notebook computer",
  "phone, smartphone, mobile phone",
  "fridge, refrigerator",
  "hoover, vacuum cleaner",
  "sofa, couch, settee",
  "torch, flashlight",
  "kettle, water boiler",
  "hob, cooktop",
  "pan, skillet, frying pan",
  "mug, cup, beaker",
  "rucksack, backpack, daypack",
  "jumper, sweater, pullover",
  "trainers, sneakers, running shoes",
  "trousers, pants",
  "raincoat, waterproof jacket",
  "spanner, wrench",
  "screwdriver set, bit set",
  "secateurs, pruning shears, pruner",
  "lawnmower, lawn mower, grass cutter",
  "bike, bicycle, cycle",
  "pushchair, stroller, buggy",
  "duvet, comforter",
  "lamp, light",
  "color => colour",
  "gray => grey",
];
