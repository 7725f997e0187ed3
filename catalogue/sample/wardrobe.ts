import type { Family } from "./family";

const sizes = (...values: string[]): Family["variants"] => ({
  attribute: "size",
  values: values.map((value) => [value, 0]),
});

/** Clothing and toys. */
export const wardrobe: Family[] = [
  {
    category: "Clothing",
    noun: "Merino Jumper",
    models: [
      ["Marlowe", "Crew", 1],
      ["Fjellhus", "Roll-neck", 1.3],
    ],
    priceCents: 7900,
    variants: sizes("XS", "S", "M", "L", "XL"),
    attributes: { material: "merino wool", washable: true },
    description: "Fine wool that can be worn on the skin, keeps its shape in the wash and does not itch.",
  },
  {
    category: "Clothing",
    noun: "Oxford Shirt",
    models: [
      ["Marlowe", "Regular", 1],
      ["Marlowe", "Slim", 1],
    ],
    priceCents: 5900,
    variants: sizes("S", "M", "L", "XL"),
    attributes: { material: "cotton", washable: true },
    description: "Heavy cotton that softens over the years. Needs an iron only for weddings.",
  },
  {
    category: "Clothing",
    noun: "Work Trousers",
    models: [["Ironvale", "Canvas", 1]],
    priceCents: 6900,
    variants: {
      attribute: "waistInches",
      unit: "inch waist",
      values: [
        [30, 0],
        [32, 0],
        [34, 0],
        [36, 0],
      ],
    },
    attributes: { material: "cotton canvas", kneePockets: true },
    description: "Double at the knees, with pockets where a folding rule and a phone belong.",
  },
  {
    category: "Clothing",
    noun: "Wool Socks",
    models: [
      ["Pinegrove", "Hike", 1],
      ["Solveig", "Home", 0.8],
    ],
    priceCents: 1690,
    variants: {
      attribute: "sizeEu",
      unit: "EU",
      values: [
        ["36-39", 0],
        ["40-43", 0],
        ["44-47", 0],
      ],
    },
    attributes: { material: "wool", pieces: 2 },
    description: "Two pairs, cushioned under the heel and flat at the toes.",
  },
  {
    category: "Clothing",
    noun: "Canvas Tote Bag",
    models: [["Hollis", "Market", 1]],
    priceCents: 1990,
    variants: {
      attribute: "colour",
      values: [
        ["natural", 0],
        ["black", 0],
        ["olive", 0],
      ],
    },
    attributes: { material: "cotton canvas", washable: true },
    description: "Carries a week's vegetables and hangs over the shoulder.",
  },
  {
    category: "Toys",
    noun: "Wooden Train Set",
    models: [["Timberly", "Junction", 1]],
    priceCents: 4490,
    variants: {
      attribute: "pieces",
      unit: "pieces",
      values: [
        [32, 0],
        [60, 3000],
      ],
    },
    attributes: { material: "beech", ageFromYears: 3 },
    description: "Tracks that fit those of other makers, a bridge, and an engine that goes by hand.",
  },
  {
    category: "Toys",
    noun: "Building Blocks",
    models: [
      ["Timberly", "Castle", 1],
      ["Timberly", "City", 1.2],
    ],
    priceCents: 3490,
    variants: {
      attribute: "pieces",
      unit: "pieces",
      values: [
        [50, 0],
        [100, 2000],
        [200, 5000],
      ],
    },
    attributes: { material: "beech", ageFromYears: 1 },
    description: "Smooth blocks in six shapes and eight colours, with a bag to put them back into.",
  },
  {
    category: "Toys",
    noun: "Jigsaw Puzzle",
    models: [
      ["Quillon", "Harbour", 1],
      ["Quillon", "Forest", 1],
    ],
    priceCents: 1490,
    variants: {
      attribute: "pieces",
      unit: "pieces",
      values: [
        [500, 0],
        [1000, 400],
        [2000, 1400],
      ],
    },
    attributes: { ageFromYears: 10 },
    description: "Thick card with pieces that fit only where they belong, drawn by hand.",
  },
  {
    category: "Toys",
    noun: "Balance Bike",
    models: [["Fleetwing", "Mini", 1]],
    priceCents: 7900,
    variants: {
      attribute: "colour",
      values: [
        ["red", 0],
        ["blue", 0],
        ["yellow", 0],
      ],
    },
    attributes: { ageFromYears: 2, maxLoadKg: 25 },
    description: "Low enough for two-year-olds to stand over, light enough for parents to carry home.",
    maxPerOrder: 3,
  },
  {
    category: "Toys",
    noun: "Board Game",
    models: [
      ["Quillon", "Lighthouse", 1],
      ["Quillon", "Caravan", 1.2],
    ],
    priceCents: 3290,
    variants: {
      attribute: "language",
      values: [
        ["English", 0],
        ["German", 0],
        ["French", 0],
      ],
    },
    attributes: { players: "2-5", ageFromYears: 8 },
    description: "Rules in ten minutes, a different board each time, and over before anyone is bored.",
  },
];
