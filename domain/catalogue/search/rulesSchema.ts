import { line } from "../../text";
import { PRODUCT_ID_PATTERN } from "../schema";
import { MAX_QUERY_LENGTH } from "./queryWords";
import { BOOST_FIELDS, MAX_BOOSTS, MAX_HIDDEN, MAX_PINNED_PRODUCTS, MAX_PINS, MAX_SYNONYM_LINES } from "./searchRules";

const productId = { type: "string", pattern: PRODUCT_ID_PATTERN } as const;

const rules = {
  pins: {
    type: "array",
    maxItems: MAX_PINS,
    description: "Products that come first for a query, in this order.",
    items: {
      type: "object",
      additionalProperties: false,
      required: ["query", "productIds"],
      properties: {
        query: line(MAX_QUERY_LENGTH),
        productIds: { type: "array", minItems: 1, maxItems: MAX_PINNED_PRODUCTS, uniqueItems: true, items: productId },
      },
    },
  },
  boosts: {
    type: "array",
    maxItems: MAX_BOOSTS,
    description: "Move products up among those that match.",
    items: {
      type: "object",
      additionalProperties: false,
      required: ["field", "value", "weight"],
      properties: {
        field: { type: "string", enum: BOOST_FIELDS },
        value: line(80),
        weight: { type: "number", minimum: 1, maximum: 10, description: "Added to the score." },
      },
    },
  },
  hidden: {
    type: "array",
    maxItems: MAX_HIDDEN,
    uniqueItems: true,
    items: productId,
    description: "Products that no search and no suggestion shows.",
  },
  synonyms: {
    type: "array",
    maxItems: MAX_SYNONYM_LINES,
    items: line(200),
    description: "`a, b`: equal; `a => b`: a also finds b.",
  },
} as const;

const required = ["pins", "boosts", "hidden", "synonyms", "version"] as const;

/** Body of a merchandiser's request. */
export const searchRulesRequestSchema = {
  type: "object",
  additionalProperties: false,
  required,
  properties: {
    ...rules,
    version: {
      type: "integer",
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "The version that this replaces; 0 if there are no rules yet.",
    },
  },
} as const;

/** Rules as answered. */
export const searchRulesSchema = {
  type: "object",
  required,
  properties: {
    ...rules,
    version: { type: "integer", minimum: 0 },
    updatedAt: { type: "string", format: "date-time" },
  },
} as const;
