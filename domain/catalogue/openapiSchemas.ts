const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;

const facet = {
  type: "array",
  items: {
    type: "object",
    required: ["value", "count"],
    properties: { value: { ...text, description: "Value for the search parameter of the same name." }, count },
  },
} as const;

/** Schemas of the catalogue service's responses, besides products. */
export const answerSchemas = {
  SearchAnswer: {
    type: "object",
    required: ["products", "matching"],
    properties: {
      products: { type: "array", items: { $ref: "#/components/schemas/ShownProduct" } },
      total: {
        type: "object",
        description: "On the first page.",
        required: ["count", "orMore"],
        properties: { count, orMore: { type: "boolean", description: "True if counting stopped at `count`." } },
      },
      facets: {
        type: "object",
        description: "On the first page.",
        required: ["category", "brand", "availability", "price", "attributes"],
        properties: {
          category: facet,
          brand: facet,
          availability: facet,
          price: facet,
          attributes: { type: "object", additionalProperties: facet },
        },
      },
      matching: {
        type: "string",
        enum: ["exact", "near"],
        description:
          "`exact`: every product matches every word. `near`: those come first, followed by products that match some " +
          "of the words, or words like them.",
      },
      exactMatches: {
        ...count,
        description:
          "On the first page of a `near` result: products that match every word. By relevance they are first.",
      },
      unmatchedWords: {
        type: "array",
        items: text,
        description: "On the first page of a `near` result: words that no product has as typed.",
      },
      didYouMean: {
        ...text,
        description:
          "On the first page of a `near` result: the query with similar words of a found product in place of the " +
          "unmatched ones. If nothing is found, of a product with words less like them. Absent if no product has such words.",
      },
      cursor: { ...text, description: "For the next page; absent on the last one." },
    },
  },
  Suggestions: {
    type: "object",
    required: ["suggestions"],
    properties: {
      suggestions: {
        type: "array",
        items: {
          type: "object",
          required: ["text", "productId", "brand", "category"],
          properties: { text, productId: text, brand: text, category: text },
        },
      },
    },
  },
  Health: {
    type: "object",
    required: ["status"],
    properties: { status: { type: "string", enum: ["ok", "unavailable"] }, region: text },
  },
  Problem: {
    type: "object",
    required: ["type", "title", "status", "detail"],
    properties: { type: text, title: text, status: { type: "integer" }, detail: text },
  },
} as const;
