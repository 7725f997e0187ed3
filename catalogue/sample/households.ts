import type { Family } from "./family";

const colours = (...values: string[]): Family["variants"] => ({
  attribute: "colour",
  values: values.map((value, index) => [value, index === 0 ? 0 : 200]),
});

/** Kitchen, bedroom, lighting and home office. */
export const households: Family[] = [
  {
    category: "Kitchen",
    noun: "Electric Kettle",
    models: [
      ["Arden", "Pour", 1],
      ["Brevik", "Quiet Boil", 1.4],
      ["Tarrant", "Gooseneck", 1.9],
    ],
    priceCents: 3490,
    variants: colours("black", "white", "steel"),
    attributes: { capacityLitres: 1.7, powerWatts: 2200, autoShutOff: true },
    description:
      "Boils a full jug in under four minutes and switches itself off. The lid opens wide, so it is easy to descale.",
  },
  {
    category: "Kitchen",
    noun: "Frying Pan",
    models: [
      ["Calderon", "Everyday", 1],
      ["Brevik", "Forged", 1.8],
    ],
    priceCents: 2990,
    variants: {
      attribute: "diameterCm",
      unit: "cm",
      values: [
        [20, 0],
        [24, 600],
        [28, 1200],
      ],
    },
    attributes: { material: "aluminium", inductionReady: true, ovenSafe: true },
    description:
      "Heats evenly to the edge and lets go of eggs and pancakes without much oil. Works on every hob, induction included.",
  },
  {
    category: "Kitchen",
    noun: "Cast Iron Casserole",
    models: [["Fjellhus", "Braise", 1]],
    priceCents: 11900,
    variants: colours("cream", "red", "blue", "green"),
    attributes: { capacityLitres: 4.2, material: "cast iron", ovenSafe: true },
    description: "Keeps a stew just below the boil for hours. Enamelled inside and out, so it needs no seasoning.",
  },
  {
    category: "Kitchen",
    noun: "Chef's Knife",
    models: [
      ["Kestrel", "Line", 1],
      ["Tarrant", "Damask", 2.6],
    ],
    priceCents: 4900,
    variants: {
      attribute: "bladeCm",
      unit: "cm",
      values: [
        [16, 0],
        [20, 800],
      ],
    },
    attributes: { material: "steel", dishwasherSafe: false },
    description: "A balanced blade for vegetables, meat and herbs that takes an edge easily and holds it.",
  },
  {
    category: "Kitchen",
    noun: "Stoneware Mug Set",
    models: [
      ["Hollis", "Morning", 1],
      ["Solveig", "Speckle", 1.3],
    ],
    priceCents: 2400,
    variants: colours("white", "grey", "teal"),
    attributes: { pieces: 4, capacityLitres: 0.35, dishwasherSafe: true },
    description:
      "Four hand-glazed mugs with a handle for the whole hand. They go into the dishwasher and the microwave.",
  },
  {
    category: "Kitchen",
    noun: "Coffee Grinder",
    models: [
      ["Arden", "Burr", 1],
      ["Tarrant", "Dial 40", 1.7],
    ],
    priceCents: 7900,
    variants: colours("black", "steel"),
    attributes: { grindSettings: 40, powerWatts: 150 },
    description: "Conical burrs grind from espresso to French press without heating the beans.",
  },
  {
    category: "Kitchen",
    noun: "Stand Mixer",
    models: [["Brevik", "Fold", 1]],
    priceCents: 32900,
    variants: colours("cream", "black", "red"),
    attributes: { capacityLitres: 4.8, powerWatts: 1000 },
    description: "Kneads two loaves at once and folds egg whites gently. Comes with dough hook, flat beater and whisk.",
    maxPerOrder: 2,
  },
  {
    category: "Kitchen",
    noun: "Bread Tin",
    models: [["Calderon", "Loaf", 1]],
    priceCents: 1290,
    variants: {
      attribute: "capacityKg",
      unit: "kg",
      values: [
        [0.5, 0],
        [1, 400],
      ],
    },
    attributes: { material: "steel", dishwasherSafe: true },
    description: "Heavy steel browns the crust on all sides; the coating lets the loaf slip out.",
  },
  {
    category: "Kitchen",
    noun: "Food Storage Set",
    models: [["Hollis", "Seal", 1]],
    priceCents: 2690,
    variants: {
      attribute: "pieces",
      unit: "pieces",
      values: [
        [6, 0],
        [12, 1500],
      ],
    },
    attributes: { material: "glass", dishwasherSafe: true, ovenSafe: true },
    description: "Glass boxes with tight lids that stack, freeze, bake and show what is in them.",
  },
  {
    category: "Bedroom",
    noun: "Down Duvet",
    models: [
      ["Solveig", "Fjord", 1],
      ["Fjellhus", "Summit", 1.5],
    ],
    priceCents: 14900,
    variants: {
      attribute: "size",
      values: [
        ["single", 0],
        ["double", 4000],
        ["king", 7000],
      ],
    },
    attributes: { warmth: "all seasons", washable: true },
    description: "Light, warm and quiet. Stitched in boxes, so the down stays where it belongs.",
  },
  {
    category: "Bedroom",
    noun: "Linen Bedding Set",
    models: [["Marlowe", "Washed", 1]],
    priceCents: 9900,
    variants: colours("white", "sand", "sage", "slate"),
    attributes: { material: "linen", washable: true },
    description: "Stone-washed linen that is soft from the first night and cool in summer.",
  },
  {
    category: "Bedroom",
    noun: "Memory Foam Pillow",
    models: [["Solveig", "Cloud", 1]],
    priceCents: 4490,
    variants: {
      attribute: "firmness",
      values: [
        ["soft", 0],
        ["medium", 0],
        ["firm", 0],
      ],
    },
    attributes: { washable: true },
    description: "Follows head and neck, and the cover washes at sixty degrees.",
  },
  {
    category: "Bedroom",
    noun: "Wool Blanket",
    models: [
      ["Marlowe", "Herringbone", 1],
      ["Fjellhus", "Weave", 1.4],
    ],
    priceCents: 7900,
    variants: colours("grey", "rust", "navy"),
    attributes: { material: "wool" },
    description: "Woven from new wool, warm for its weight, with a brushed finish that does not scratch.",
  },
  {
    category: "Lighting",
    noun: "Desk Lamp",
    models: [
      ["Lumenor", "Reach", 1],
      ["Arden", "Task", 1.5],
    ],
    priceCents: 3990,
    variants: colours("black", "white", "brass"),
    attributes: { dimmable: true, brightnessLumens: 600, energyClass: "D" },
    description: "Bends to where you read, dims in five steps and shows colours as they are.",
  },
  {
    category: "Lighting",
    noun: "Floor Lamp",
    models: [["Lumenor", "Arc", 1]],
    priceCents: 12900,
    variants: colours("black", "brass"),
    attributes: { dimmable: true, heightCm: 170 },
    description: "Reaches over a sofa without taking its room. The foot switch dims.",
  },
  {
    category: "Lighting",
    noun: "LED Bulb Pack",
    models: [
      ["Lumenor", "Warm", 1],
      ["Lumenor", "Daylight", 1.1],
    ],
    priceCents: 1190,
    variants: {
      attribute: "pieces",
      unit: "pieces",
      values: [
        [2, 0],
        [4, 800],
        [10, 2400],
      ],
    },
    attributes: { fitting: "E27", powerWatts: 8, brightnessLumens: 806 },
    description: "As bright as sixty watts used to be, from the first moment, for fifteen thousand hours.",
  },
  {
    category: "Lighting",
    noun: "Rechargeable Torch",
    models: [
      ["Kestrel", "Beam", 1],
      ["Pinegrove", "Night", 1.6],
    ],
    priceCents: 2990,
    variants: {
      attribute: "brightnessLumens",
      unit: "lm",
      values: [
        [500, 0],
        [1200, 1500],
      ],
    },
    attributes: { waterproof: true, usbRechargeable: true },
    description: "A beam that narrows and widens, a body that survives a fall, and a battery that charges by USB.",
  },
  {
    category: "Home Office",
    noun: "Ergonomic Office Chair",
    models: [
      ["Wickham", "Align", 1],
      ["Nordane", "Mesh", 1.4],
    ],
    priceCents: 24900,
    variants: colours("black", "grey"),
    attributes: { adjustableArmrests: true, maxLoadKg: 130 },
    description: "Supports the lower back, follows when you lean, and lets air through on long days.",
    maxPerOrder: 6,
  },
  {
    category: "Home Office",
    noun: "Standing Desk",
    models: [["Nordane", "Lift", 1]],
    priceCents: 44900,
    variants: {
      attribute: "widthCm",
      unit: "cm",
      values: [
        [120, 0],
        [140, 5000],
        [160, 9000],
      ],
    },
    attributes: { electric: true, maxLoadKg: 100 },
    description: "Rises quietly from sitting to standing height and remembers three positions.",
    maxPerOrder: 4,
  },
  {
    category: "Home Office",
    noun: "Mechanical Keyboard",
    models: [
      ["Veska", "Type 75", 1],
      ["Veska", "Type 100", 1.25],
    ],
    priceCents: 8900,
    variants: {
      attribute: "switches",
      values: [
        ["linear", 0],
        ["tactile", 0],
        ["silent", 1000],
      ],
    },
    attributes: { wireless: true, backlit: true },
    description: "Keys with a clear point of actuation, in a case that neither rattles nor wanders.",
  },
  {
    category: "Home Office",
    noun: "Notebook",
    models: [
      ["Quillon", "Dotted", 1],
      ["Quillon", "Ruled", 1],
    ],
    priceCents: 1450,
    variants: colours("black", "green", "burgundy"),
    attributes: { pages: 192, format: "A5" },
    description: "Paper that takes a fountain pen, a spine that lies flat, and an elastic that lasts.",
  },
  {
    category: "Home Office",
    noun: "USB-C Docking Station",
    models: [
      ["Veska", "Hub 9", 1],
      ["Veska", "Hub 14", 1.6],
    ],
    priceCents: 11900,
    variants: {
      attribute: "powerDeliveryWatts",
      unit: "W",
      values: [
        [65, 0],
        [100, 2000],
      ],
    },
    attributes: { monitors: 2 },
    description: "One cable connects two screens, the network, drives and the charger of a laptop.",
  },
];
