/** A line drawing for each category, on a 64 × 64 grid. */
const DRAWINGS: Record<string, string> = {
  Kitchen:
    "M18 26h24v16a8 8 0 0 1-8 8h-8a8 8 0 0 1-8-8z M42 30h4a5 5 0 0 1 0 10h-4 M24 14c-3 3 3 5 0 8 M32 14c-3 3 3 5 0 8",
  Bedroom: "M10 46V22 M10 38h44v8 M54 38v-6a6 6 0 0 0-6-6H26v12 M16 32a4 4 0 1 0 8 0 4 4 0 0 0-8 0",
  Lighting: "M32 10a14 14 0 0 1 8 25v7H24v-7a14 14 0 0 1 8-25z M26 48h12 M28 53h8",
  "Home Office": "M12 16h40v26H12z M26 50h12 M32 42v8 M20 24h16 M20 31h24",
  Audio: "M14 38v-6a18 18 0 0 1 36 0v6 M14 36h6v14h-6z M44 36h6v14h-6z",
  Outdoor: "M8 50 32 14l24 36z M32 30l-9 20h18z",
  Sport: "M10 44c10 4 30 4 44 0v-6c-8-2-14-6-18-14l-6 4c-4-4-8-4-12-2l-8 8z M30 28l4 5 M26 31l4 5",
  Garden: "M32 52V28 M32 34c-10 0-14-6-14-14 10 0 14 6 14 14z M32 30c0-8 5-14 14-14 0 9-5 14-14 14z M22 52h20",
  Tools: "M14 50l20-20 M34 30a10 10 0 0 1 12-14l-6 6 2 4 4 2 6-6a10 10 0 0 1-14 12z",
  Clothing: "M22 14l10 6 10-6 12 8-6 10-4-3v23H20V29l-4 3-6-10z",
  Toys: "M12 34h18v18H12z M34 34h18v18H34z M23 12h18v18H23z",
  Travel: "M16 22h32v28H16z M26 22v-6h12v6 M24 28v16 M40 28v16",
};

const HUES: Record<string, number> = {
  Kitchen: 18,
  Bedroom: 265,
  Lighting: 48,
  "Home Office": 210,
  Audio: 330,
  Outdoor: 150,
  Sport: 0,
  Garden: 110,
  Tools: 30,
  Clothing: 230,
  Toys: 80,
  Travel: 190,
};

/** Where a category's picture is found on the site: `/images/home-office.svg`. */
export function imagePath(category: string): string {
  return `/images/${category.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.svg`;
}

/** A small picture of a category, for products without a photograph. */
export function categoryImage(category: string): string {
  const hue = HUES[category] ?? 0;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="${category}">`,
    `<rect width="64" height="64" fill="hsl(${hue} 45% 93%)"/>`,
    `<path d="${DRAWINGS[category] ?? ""}" fill="none" stroke="hsl(${hue} 50% 34%)" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/>`,
    "</svg>\n",
  ].join("");
}
