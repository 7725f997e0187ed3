/**
 * Draws products that have no picture of their own, from what their name says: "Arden Pour Electric Kettle, black" is a black kettle.
 * Each kind is a shape, filled with the colour, and lines on it, in a square of 64 units.
 */

type Shape = readonly [body: string, lines: string];

const SHAPES: Record<string, Shape> = {
  kettle: ["M20 22h22l4 28H18z M42 28h8v14h-5z", "M24 22a9 5 0 0 1 14 0 M31 18v-4 M20 44h25"],
  pan: ["M6 28h38v6a10 10 0 0 1-10 10H16A10 10 0 0 1 6 34z", "M44 31h16 M10 34h30"],
  casserole: [
    "M12 26h40v16a8 8 0 0 1-8 8H20a8 8 0 0 1-8-8z M8 30h4v6H8z M52 30h4v6h-4z",
    "M12 26a20 8 0 0 1 40 0 M32 18v-4 M12 33h40",
  ],
  knife: ["M8 36 44 14c4 6 2 12-4 16L14 42z", "M14 42 9 52 M18 40l-5 10 M30 28l10-7"],
  grinder: [
    "M22 30h20v18a4 4 0 0 1-4 4H26a4 4 0 0 1-4-4z M20 22h24l-3 8H23z",
    "M32 22v-8 M32 14h12 M44 14v4 M27 40h10",
  ],
  mixer: ["M14 16h30a8 8 0 0 1 0 14H24v16h-8a2 2 0 0 1-2-2z M28 38h24l-4 12H32z", "M40 30v8 M10 52h44 M22 23h14"],
  tin: ["M12 26h40v22a3 3 0 0 1-3 3H15a3 3 0 0 1-3-3z", "M12 33h40 M10 26h44 M24 42h16"],
  duvet: ["M10 22q22-8 44 0v24q-22 8-44 0z", "M10 31q22 8 44 0 M24 19v30 M40 19v30"],
  pillow: ["M10 24q22-8 44 0 4 10 0 20-22 8-44 0-4-10 0-20z", "M16 28q16 6 32 0 M16 40q16-6 32 0"],
  blanket: ["M12 18h34a6 6 0 0 1 6 6v22H18a6 6 0 0 1-6-6z", "M12 26h34 M12 33h34 M20 46v6 M30 46v6 M40 46v6"],
  lamp: ["M22 12h20l8 20H14z", "M32 32v18 M22 52h20 M42 32v6"],
  pack: [
    "M24 12h16a8 8 0 0 1 4 14l-5 10H25l-5-10a8 8 0 0 1 4-14z",
    "M26 40h12 M27 45h10 M29 50h6 M32 36V24 M28 20l4 4 4-4",
  ],
  torch: ["M14 24h12l4-6h6v28h-6l-4-6H14z M36 26h16v12H36z", "M10 26v12 M42 32h4"],
  chair: ["M20 8h24v24H20z M16 32h32v8H16z", "M32 40v8 M20 54l12-6 12 6 M24 16h16 M24 23h16"],
  desk: ["M6 22h52v7H6z M38 29h16v12H38z", "M10 29v24 M54 41v12 M43 35h6"],
  keyboard: [
    "M6 22h52v22H6z",
    "M12 28h3 M20 28h3 M28 28h3 M36 28h3 M44 28h8 M12 33h8 M25 33h3 M33 33h3 M41 33h3 M49 33h3 M18 39h26",
  ],
  notebook: ["M16 10h32a3 3 0 0 1 3 3v38a3 3 0 0 1-3 3H16z", "M22 10v44 M29 22h15 M29 28h11 M44 10v12"],
  station: ["M8 24h48v16H8z", "M14 32h4 M23 32h4 M32 32h6 M44 32h6 M20 40v8 M44 40v8"],
  headphones: ["M10 34h10v18h-6a4 4 0 0 1-4-4z M44 34h10v14a4 4 0 0 1-4 4h-6z", "M14 34v-4a18 18 0 0 1 36 0v4"],
  earbuds: [
    "M14 18a9 9 0 0 1 14 8v22h-7V34a9 9 0 0 1-7-16z M50 18a9 9 0 0 0-14 8v22h7V34a9 9 0 0 0 7-16z",
    "M19 25h4 M41 25h4",
  ],
  speaker: ["M18 8h28v48H18z", "M32 16a4 4 0 1 0 .1 0 M32 30a9 9 0 1 0 .1 0 M32 36a3 3 0 1 0 .1 0"],
  turntable: ["M8 14h48v36H8z", "M28 20a12 12 0 1 0 .1 0 M28 29a3 3 0 1 0 .1 0 M48 20v14l-6 6"],
  backpack: [
    "M18 20a14 14 0 0 1 28 0v34H18z M14 30h4v18h-4z M46 30h4v18h-4z",
    "M26 10a6 5 0 0 1 12 0 M24 36h16v12H24z M24 26h16",
  ],
  tent: ["M32 12 58 50H6z", "M32 12v38 M32 28l10 22 M32 28 22 50 M2 50h60"],
  bag: ["M14 24h36l4 28H10z", "M24 24v-6a8 8 0 0 1 16 0v6 M22 32h20"],
  bottle: ["M26 16h12v6q6 4 6 12v18H20V34q0-8 6-12z", "M26 16v-6h12v6 M20 40h24 M20 46h24"],
  jacket: ["M24 10h16l14 10-4 12-4-2v24H18V30l-4 2-4-12z", "M32 14v40 M24 10l8 8 8-8 M24 40h4 M36 40h4"],
  shoes: ["M8 40V26q8 6 14-2l14 10q16 2 20 10v4H8z", "M8 44h48 M22 30l4-4 M28 34l4-4"],
  mat: ["M12 26h36a9 9 0 0 1 0 18H12z", "M48 30a5 5 0 1 0 .1 0 M12 26v18 M12 35h26"],
  dumbbell: ["M10 20h8v24h-8z M46 20h8v24h-8z M4 26h6v12H4z M54 26h6v12h-6z", "M18 32h28"],
  helmet: ["M8 40a24 22 0 0 1 48 0z", "M16 30h14 M34 24h12 M24 40l6 12h8l4-12"],
  secateurs: ["M28 32 20 10q10 4 14 18z M36 32l8-22q-10 4-14 18z", "M30 34 18 54 M34 34l12 20 M32 31v3"],
  mower: ["M10 32h36l6 12H8z", "M44 32 58 10 M52 10h8 M18 50a5 5 0 1 0 .1-8 M44 50a5 5 0 1 0 .1-8"],
  planter: ["M16 34h32l-4 20H20z", "M32 34V16 M32 24q-10 0-12-10 10 0 12 10 M32 20q8 0 10-9-9 0-10 9"],
  hose: ["M32 12a20 20 0 1 0 .1 0z M32 24a8 8 0 1 1-.1 0z", "M32 18a14 14 0 1 0 .1 0 M50 44l8 10"],
  drill: ["M10 18h34v14H30l2 20H20l-2-20h-8z", "M44 25h14 M16 25h16 M22 52h12"],
  workbench: ["M6 20h52v8H6z M12 36h40v5H12z", "M12 28v26 M52 28v26 M44 20v-6h8v6"],
  suitcase: [
    "M16 18h32a3 3 0 0 1 3 3v30H13V21a3 3 0 0 1 3-3z",
    "M26 18V8h12v10 M22 24v22 M32 24v22 M42 24v22 M18 51v4 M46 51v4",
  ],
  cubes: ["M8 32h22v20H8z M34 32h22v20H34z M20 10h24v20H20z", "M13 37h12 M39 37h12 M25 16h14"],
  adapter: ["M16 22h32v26H16z", "M24 22v-9 M40 22v-9 M28 34v3 M36 34v3 M28 43h8"],
  jumper: ["M22 12h20l14 12-6 8-4-3v25H18V29l-4 3-6-8z", "M26 12q6 8 12 0 M18 49h28 M24 30h16 M24 36h16"],
  shirt: ["M22 12h20l14 10-5 9-5-3v26H18V28l-5 3-5-9z", "M26 12l6 8 6-8 M32 20v34"],
  trousers: ["M18 10h28l3 44H36l-4-28-4 28H15z", "M18 17h28 M32 17v9"],
  socks: ["M18 10h14v24l12 8a8 8 0 0 1-8 11L18 42z", "M18 17h14 M18 23h14 M40 41l-4 11"],
  blocks: ["M8 34h20v20H8z M36 34h20v20H36z M22 12h20v20H22z", "M14 44h8 M42 44h8 M32 17v10"],
  puzzle: ["M12 18h14a6 6 0 1 1 12 0h14v12a6 6 0 1 0 0 12v12H12z", "M12 36h12 M32 54V42"],
  bike: [
    "M16 34a10 10 0 1 0 .1 0z M48 34a10 10 0 1 0 .1 0z",
    "M16 44l10-20h14l8 20 M26 24l6 20 8-20 M20 20h10 M40 18h8",
  ],
  game: ["M10 14h44v38H10z", "M10 27h44 M10 40h44 M25 14v38 M40 14v38 M17 20h1 M47 46h1 M32 33h1"],
  parcel: ["M12 22 32 14l20 8v24l-20 8-20-8z", "M12 22l20 8 20-8 M32 30v24 M22 18l20 8v8"],
};

/** Shape of a category, and of its products whose kind has none, such as sets. */
const BY_CATEGORY: Record<string, string> = {
  Kitchen: "casserole",
  Bedroom: "pillow",
  Lighting: "lamp",
  "Home Office": "keyboard",
  Audio: "headphones",
  Outdoor: "tent",
  Sport: "dumbbell",
  Garden: "planter",
  Tools: "drill",
  Travel: "suitcase",
  Clothing: "shirt",
  Toys: "blocks",
};

const COLOURS: Record<string, string> = {
  black: "#3f4650",
  white: "#f4f5f2",
  steel: "#aeb9c2",
  cream: "#efe3c4",
  red: "#c8433b",
  blue: "#3c6fc4",
  green: "#3f9a5b",
  grey: "#8d979e",
  teal: "#2f9090",
  sand: "#d9c08d",
  sage: "#9db48f",
  slate: "#5f7180",
  rust: "#b3592f",
  navy: "#2c3f73",
  brass: "#c9a341",
  burgundy: "#8a2f45",
  mint: "#8fd6b4",
  orange: "#e5873a",
  walnut: "#7d5636",
  forest: "#2f6b46",
  coral: "#ee7d6a",
  plum: "#7c4a7f",
  yellow: "#e7c53a",
  silver: "#c3c9ce",
  olive: "#83853f",
  natural: "#dcc7a1",
};

export interface Drawing extends Record<"body" | "lines" | "colour" | "ground", string> {
  /** Variant that is no colour, such as a size, to be written on the picture. */
  label?: string;
}

/** @param name the product's name, with its variant after a comma. */
export function drawProduct(name: string, category?: string): Drawing {
  const [title = "", ...variants] = name.split(",").map((part) => part.trim());
  // The kind is the last word that is one: "Pan with Lid" is a pan.
  const words = title.toLowerCase().split(/\s+/);
  const kind = words.findLast((word) => Object.hasOwn(SHAPES, word));
  const [body, lines] = SHAPES[kind ?? categoryShape(category) ?? "parcel"]!;
  const colour = variants.map((variant) => COLOURS[variant.toLowerCase()]).find(Boolean);
  const hue = hash(title) % 360;
  return {
    body,
    lines,
    colour: colour ?? `hsl(${(hue + 150) % 360} 42% 58%)`,
    ground: `hsl(${hue} 40% 93%)`,
    label: variants.find((variant) => !Object.hasOwn(COLOURS, variant.toLowerCase())),
  };
}

function hash(text: string): number {
  let sum = 7;
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 100_003;
  return sum;
}

function categoryShape(category = ""): string | undefined {
  return Object.hasOwn(BY_CATEGORY, category) ? BY_CATEGORY[category] : undefined;
}
