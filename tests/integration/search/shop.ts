import type { Product } from "../../../domain/catalogue/product";
import { product } from "../../kit/searchFakes";

/** A catalogue small enough to verify results by hand. */
export const shop: Product[] = [
  product("kettle-black", {
    name: "Arden Electric Kettle, black",
    description: "Boils fast and is easy to descale.",
    price: { amount: 3_490, currency: "USD" },
    attributes: { colour: "black", capacityLitres: 1.7 },
  }),
  product("kettle-steel", {
    name: "Arden Electric Kettle, steel",
    price: { amount: 3_690, currency: "USD" },
    attributes: { colour: "steel", capacityLitres: 1.7 },
  }),
  product("knife", {
    name: "Chef's Knife",
    brand: "Kestrel",
    description: "A balanced blade of hard steel.",
    price: { amount: 4_900, currency: "USD" },
  }),
  product("mugs", {
    name: "Stoneware Mug Set",
    brand: "Hollis",
    price: { amount: 2_400, currency: "USD" },
    attributes: { colour: "white", pieces: 4 },
  }),
  product("torch", {
    name: "Crème Brûlée Torch",
    brand: "Calderon",
    price: { amount: 2_990, currency: "USD" },
    availability: "out-of-stock",
  }),
  product("headphones", {
    name: "Sonarra Wireless Headphones",
    brand: "Sonarra",
    category: "Audio",
    price: { amount: 12_900, currency: "USD" },
    attributes: { colour: "black", wireless: true },
    image: "/images/audio.svg",
    maxPerOrder: 3,
  }),
  product("speaker", {
    name: "Sonarra Speaker",
    brand: "Sonarra",
    category: "Audio",
    price: { amount: 7_900, currency: "USD" },
    attributes: { colour: "orange", wireless: true },
  }),
  product("shoes", {
    name: "Running Shoes",
    brand: "Fleetwing",
    category: "Sport",
    price: { amount: 11_900, currency: "USD" },
    attributes: { colour: "black", sizeEu: 42 },
  }),
];
