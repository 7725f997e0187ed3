import type { Family } from "./family";

const sizes = (...values: string[]): Family["variants"] => ({
  attribute: "size",
  values: values.map((value) => [value, 0]),
});
const colours = (...values: string[]): Family["variants"] => ({
  attribute: "colour",
  values: values.map((value) => [value, 0]),
});

/** Audio, outdoor, sport, garden, tools and travel. */
export const goingOut: Family[] = [
  {
    category: "Audio",
    noun: "Wireless Headphones",
    models: [
      ["Sonarra", "Studio", 1.6],
      ["Sonarra", "Commute", 1],
      ["Veska", "Calm", 1.3],
    ],
    priceCents: 12900,
    variants: colours("black", "white", "navy"),
    attributes: { noiseCancelling: true, batteryHours: 35, wireless: true },
    description: "Over-ear comfort for a whole day. Noise cancelling takes the train out of the music.",
  },
  {
    category: "Audio",
    noun: "Wireless Earbuds",
    models: [
      ["Sonarra", "Pebble", 1],
      ["Veska", "Dot", 0.7],
    ],
    priceCents: 8900,
    variants: colours("black", "white", "mint"),
    attributes: { waterproof: true, batteryHours: 8, wireless: true },
    description: "Small enough to forget and tight enough to run with. The case charges them four times.",
  },
  {
    category: "Audio",
    noun: "Bluetooth Speaker",
    models: [
      ["Sonarra", "Brick", 1],
      ["Pinegrove", "Camp", 0.8],
    ],
    priceCents: 7900,
    variants: colours("black", "orange", "blue"),
    attributes: { waterproof: true, batteryHours: 20, wireless: true },
    description: "Fills a garden with sound, floats when it falls into the pool, and plays until morning.",
  },
  {
    category: "Audio",
    noun: "Turntable",
    models: [["Tarrant", "Belt One", 1]],
    priceCents: 24900,
    variants: colours("walnut", "black"),
    attributes: { speeds: "33/45", builtInPreamp: true },
    description: "Belt-driven and quiet, with a tonearm that treats records gently. Connects to any amplifier.",
    maxPerOrder: 2,
  },
  {
    category: "Outdoor",
    noun: "Hiking Backpack",
    models: [
      ["Pinegrove", "Ridge", 1],
      ["Fjellhus", "Traverse", 1.4],
    ],
    priceCents: 8900,
    variants: {
      attribute: "capacityLitres",
      unit: "l",
      values: [
        [25, 0],
        [40, 3000],
        [60, 6000],
      ],
    },
    attributes: { rainCover: true, waterproof: false },
    description: "Carries weight on the hips and air along the back. The rain cover has a pocket of its own.",
  },
  {
    category: "Outdoor",
    noun: "Tent",
    models: [
      ["Pinegrove", "Shelter", 1],
      ["Fjellhus", "Storm", 2.1],
    ],
    priceCents: 17900,
    variants: {
      attribute: "persons",
      unit: "persons",
      values: [
        [2, 0],
        [3, 4000],
        [4, 8000],
      ],
    },
    attributes: { waterproof: true, seasons: 3 },
    description: "Stands in five minutes and stays standing in wind. The porch keeps boots and stove dry.",
    maxPerOrder: 5,
  },
  {
    category: "Outdoor",
    noun: "Sleeping Bag",
    models: [["Pinegrove", "Nest", 1]],
    priceCents: 9900,
    variants: {
      attribute: "comfortCelsius",
      unit: "°C",
      values: [
        [10, 0],
        [0, 3000],
        [-7, 8000],
      ],
    },
    attributes: { filling: "synthetic", washable: true },
    description: "Warm when damp and small when packed. The zip opens from both ends.",
  },
  {
    category: "Outdoor",
    noun: "Insulated Bottle",
    models: [
      ["Arden", "Trail", 1],
      ["Hollis", "Sip", 0.9],
    ],
    priceCents: 2490,
    variants: colours("steel", "black", "forest", "coral"),
    attributes: { capacityLitres: 0.75, material: "steel", leakproof: true },
    description: "Tea stays hot through a day outside, water stays cold for two. Nothing leaks in the bag.",
  },
  {
    category: "Outdoor",
    noun: "Rain Jacket",
    models: [
      ["Fjellhus", "Squall", 1],
      ["Pinegrove", "Drizzle", 0.6],
    ],
    priceCents: 15900,
    variants: sizes("S", "M", "L", "XL"),
    attributes: { waterproof: true, breathable: true },
    description: "Keeps a downpour out and lets sweat escape. The hood turns with the head.",
  },
  {
    category: "Sport",
    noun: "Running Shoes",
    models: [
      ["Fleetwing", "Tempo", 1],
      ["Fleetwing", "Trail", 1.1],
    ],
    priceCents: 11900,
    variants: {
      attribute: "sizeEu",
      unit: "EU",
      values: [
        [38, 0],
        [40, 0],
        [42, 0],
        [44, 0],
        [46, 0],
      ],
    },
    attributes: { surface: "road and park" },
    description: "Soft where the heel lands and firm where the toes push off. The mesh dries overnight.",
  },
  {
    category: "Sport",
    noun: "Yoga Mat",
    models: [
      ["Umbrio", "Ground", 1],
      ["Umbrio", "Cork", 1.6],
    ],
    priceCents: 3490,
    variants: colours("sage", "slate", "plum"),
    attributes: { thicknessMm: 5, lengthCm: 183 },
    description: "Grips dry and damp hands alike, and rolls out flat at once.",
  },
  {
    category: "Sport",
    noun: "Adjustable Dumbbell",
    models: [["Ironvale", "Dial", 1]],
    priceCents: 14900,
    variants: {
      attribute: "maxKg",
      unit: "kg",
      values: [
        [12, 0],
        [24, 8000],
      ],
    },
    attributes: { pieces: 1 },
    description: "Replaces a rack: turn the handle, and the weights that are not needed stay in the tray.",
    maxPerOrder: 4,
  },
  {
    category: "Sport",
    noun: "Bicycle Helmet",
    models: [["Fleetwing", "Shell", 1]],
    priceCents: 6900,
    variants: colours("white", "black", "yellow"),
    attributes: { rotationalProtection: true, rearLight: true },
    description: "Turns with an impact to spare the brain, weighs less than a bottle of water, and is seen at night.",
  },
  {
    category: "Garden",
    noun: "Secateurs",
    models: [
      ["Wickham", "Prune", 1],
      ["Kestrel", "Bypass", 1.5],
    ],
    priceCents: 2290,
    variants: {
      attribute: "handSize",
      values: [
        ["small", 0],
        ["large", 200],
      ],
    },
    attributes: { material: "steel", replaceableBlade: true },
    description: "A clean cut through living wood up to two centimetres, with a spring that never jams.",
  },
  {
    category: "Garden",
    noun: "Cordless Lawn Mower",
    models: [["Wickham", "Stripe", 1]],
    priceCents: 34900,
    variants: {
      attribute: "cuttingWidthCm",
      unit: "cm",
      values: [
        [33, 0],
        [40, 8000],
      ],
    },
    attributes: { batteryIncluded: true, collectsGrass: true },
    description: "Cuts four hundred square metres on one charge, and is quiet enough for a Sunday.",
    maxPerOrder: 2,
  },
  {
    category: "Garden",
    noun: "Terracotta Planter",
    models: [["Solveig", "Patio", 1]],
    priceCents: 1990,
    variants: {
      attribute: "diameterCm",
      unit: "cm",
      values: [
        [20, 0],
        [30, 1000],
        [40, 2500],
      ],
    },
    attributes: { frostProof: true, drainageHole: true },
    description: "Fired hot enough to stand outside all winter. Roots stay cool in summer.",
  },
  {
    category: "Garden",
    noun: "Garden Hose",
    models: [["Wickham", "Flow", 1]],
    priceCents: 3490,
    variants: {
      attribute: "lengthMetres",
      unit: "m",
      values: [
        [15, 0],
        [25, 1500],
        [50, 4500],
      ],
    },
    attributes: { kinkFree: true },
    description: "Does not kink around corners and comes with tap connector and nozzle.",
  },
  {
    category: "Tools",
    noun: "Cordless Drill",
    models: [
      ["Ironvale", "Torque 12", 1],
      ["Ironvale", "Torque 18", 1.6],
    ],
    priceCents: 8900,
    variants: {
      attribute: "batteries",
      unit: "batteries",
      values: [
        [1, 0],
        [2, 3500],
      ],
    },
    attributes: { brushless: true, hammerFunction: true },
    description: "Drills wood, metal and brick, drives screws with twenty torque steps, and lights the spot.",
  },
  {
    category: "Tools",
    noun: "Screwdriver Set",
    models: [
      ["Ironvale", "Bench", 1],
      ["Kestrel", "Precision", 0.8],
    ],
    priceCents: 2990,
    variants: {
      attribute: "pieces",
      unit: "pieces",
      values: [
        [8, 0],
        [24, 1500],
      ],
    },
    attributes: { magneticTips: true },
    description: "Tips that fit the screw and not just nearly, with handles that turn easily in the palm.",
  },
  {
    category: "Tools",
    noun: "Folding Workbench",
    models: [["Ironvale", "Trestle", 1]],
    priceCents: 7900,
    variants: {
      attribute: "maxLoadKg",
      unit: "kg",
      values: [
        [150, 0],
        [250, 3000],
      ],
    },
    attributes: { foldable: true },
    description: "Clamps a door as well as a broom handle, and hangs flat on the wall afterwards.",
  },
  {
    category: "Travel",
    noun: "Cabin Suitcase",
    models: [
      ["Marlowe", "Transit", 1],
      ["Nordane", "Shell", 1.5],
    ],
    priceCents: 11900,
    variants: colours("black", "silver", "olive"),
    attributes: { capacityLitres: 38, wheels: 4, tsaLock: true },
    description: "Fits the overhead locker, rolls in every direction, and survives being checked in.",
  },
  {
    category: "Travel",
    noun: "Packing Cubes",
    models: [["Marlowe", "Sort", 1]],
    priceCents: 2490,
    variants: {
      attribute: "pieces",
      unit: "pieces",
      values: [
        [4, 0],
        [6, 800],
      ],
    },
    attributes: { washable: true },
    description: "Shirts here, socks there, laundry apart: the suitcase stays in order to the last day.",
  },
  {
    category: "Travel",
    noun: "Travel Adapter",
    models: [["Veska", "World", 1]],
    priceCents: 2990,
    variants: {
      attribute: "usbPorts",
      unit: "USB ports",
      values: [
        [2, 0],
        [4, 1000],
      ],
    },
    attributes: { countries: 150 },
    description: "One plug for a hundred and fifty countries that charges a laptop and phones at the same time.",
  },
];
