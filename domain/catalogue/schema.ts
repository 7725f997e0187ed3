import { CURRENCIES } from "../money";
import { line, paragraphs, URL_TEXT } from "../text";
import { AVAILABILITIES, MAX_PRICE_AMOUNT, MAX_QUANTITY } from "./product";

/** Pattern of a product id, which is part of URLs, file names and search cursors. */
export const PRODUCT_ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

export const priceSchema = {
  type: "object",
  additionalProperties: false,
  required: ["amount", "currency"],
  properties: {
    amount: {
      type: "integer",
      minimum: 0,
      maximum: MAX_PRICE_AMOUNT,
      description: "Minor units of the currency: 1999 is 19.99 USD.",
    },
    currency: { type: "string", enum: CURRENCIES, description: "ISO 4217, upper case." },
  },
} as const;

/**
 * Names that every object inherits. An own member of such a name hides the inherited one: DynamoDB's marshaller reads
 * `constructor` to distinguish maps from instances, and refuses the item.
 */
const INHERITED_NAMES = Object.getOwnPropertyNames(Object.prototype)
  .filter((name) => /^[A-Za-z]/.test(name))
  .join("|");

/**
 * Numbers that table, index and JSON store without a change. DynamoDB's marshaller refuses them beyond
 * `Number.MAX_SAFE_INTEGER`; the table refuses them closer to 0 than 1e-130.
 */
const storableNumber = {
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  not: {
    description: "a number closer to 0 than 1e-130",
    type: "number",
    exclusiveMinimum: -1e-130,
    exclusiveMaximum: 1e-130,
    not: { const: 0 },
  },
} as const;

const contentProperties = {
  name: line(200),
  brand: line(80),
  category: line(80),
  description: paragraphs(5_000),
  price: priceSchema,
  availability: { type: "string", enum: AVAILABILITIES },
  maxPerOrder: { type: "integer", minimum: 1, maximum: MAX_QUANTITY },
  counted: { type: "boolean", description: "Sold only from counted stock. Absent or false: sold without counting." },
  attributes: {
    type: "object",
    maxProperties: 30,
    propertyNames: { pattern: `^(?!(${INHERITED_NAMES})$)[A-Za-z][A-Za-z0-9_-]{0,39}$` },
    additionalProperties: { ...line(100), ...storableNumber, type: ["string", "number", "boolean"] },
    description: 'Properties to filter by, for example `{ "colour": "black", "capacityLitres": 1.7 }`.',
  },
  group: {
    type: "string",
    pattern: PRODUCT_ID_PATTERN,
    description:
      "Products with the same group are variants of one product: one page, and one tile in the storefront's lists.",
  },
  image: {
    type: "string",
    maxLength: 500,
    pattern: `^(/(?!/)|https://)[${URL_TEXT}]*$`,
    description: "A path below the site, or an https URL.",
  },
} as const;

const contentRequired = ["name", "brand", "category", "description", "price", "availability", "attributes"] as const;

/** Body of a merchandiser's request; `version` is the one that they read, or 0 for a new product. */
export const productRequestSchema = {
  type: "object",
  additionalProperties: false,
  required: contentRequired,
  properties: {
    ...contentProperties,
    version: {
      type: "integer",
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "The version that this replaces; 0 creates the product. Same as the header If-Match.",
    },
  },
} as const;

/** Schema of an item of the product table. Unknown attributes are allowed, because another release may have written them. */
export const productSchema = {
  type: "object",
  required: ["productId", "version", "homeRegion", "updatedAt", ...contentRequired],
  properties: {
    productId: { type: "string", pattern: PRODUCT_ID_PATTERN },
    version: { type: "integer", minimum: 1 },
    homeRegion: { type: "string", minLength: 1 },
    updatedAt: { type: "string", format: "date-time" },
    deletedAt: { type: "string", format: "date-time" },
    ...contentProperties,
  },
} as const;

/** Schema of a product as shoppers see it. */
export const shownProductSchema = {
  ...productSchema,
  properties: {
    ...productSchema.properties,
    stock: {
      type: "object",
      description:
        "Of a counted product, as this Region knows it. A sold-out product counts as `out-of-stock` in searches.",
      required: ["soldOut"],
      properties: {
        soldOut: { type: "boolean", description: "No Region has a unit to promise." },
        left: { type: "integer", minimum: 1, description: "Units left; absent while there are many." },
      },
    },
    variants: {
      type: "object",
      description:
        "In a search with `variants=one`: all variants of the product, whatever the search asks for. Absent if there is one.",
      required: ["count", "offered", "name", "lowest", "highest"],
      properties: {
        count: { type: "integer", minimum: 2 },
        offered: { type: "integer", minimum: 0, description: "Variants that can be ordered." },
        name: { type: "string", description: "Words that the names of all variants begin with." },
        lowest: priceSchema,
        highest: priceSchema,
      },
    },
  },
} as const;
