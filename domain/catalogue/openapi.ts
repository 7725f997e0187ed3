import { answer, type OpenApiDocument, refusal, requestBody } from "../http/openapi";
import { answerSchemas } from "./openapiSchemas";
import { AVAILABILITIES } from "./product";
import { PRODUCT_ID_PATTERN, productRequestSchema, productSchema, shownProductSchema } from "./schema";
import { MAX_CURSOR_LENGTH } from "./search/cursor";
import { PRICE_RANGE_PATTERN } from "./search/priceRange";
import { MAX_QUERY_LENGTH } from "./search/queryWords";
import { searchRulesRequestSchema, searchRulesSchema } from "./search/rulesSchema";
import {
  DEFAULT_PAGE_SIZE,
  MAX_FILTER_VALUES,
  MAX_PAGE_SIZE,
  MAX_SUGGESTIONS,
  SORT_ORDERS,
  VARIANTS,
} from "./search/searchQuery";

const filter = (name: string, description: string, items: unknown) => ({
  name,
  in: "query" as const,
  description: `${description} May be repeated: several values widen the result.`,
  schema: { type: "array", maxItems: MAX_FILTER_VALUES, items },
});

const productId = {
  name: "productId",
  in: "path",
  required: true,
  schema: { type: "string", pattern: PRODUCT_ID_PATTERN },
} as const;

const ifMatch = {
  name: "If-Match",
  in: "header",
  description: 'The version that is replaced, as in the header `ETag`: `"3"`. Required unless the product is new.',
  schema: { type: "string", pattern: '^"?\\d{1,15}"?$' },
} as const;

const invalid = refusal("The request is not as this document says, or names damaged values.");

const searchUnavailable = refusal("Search does not work at the moment. Retry after `Retry-After` seconds.");

const bodyRefusals = {
  400: refusal("The body is not JSON, or not UTF-8."),
  413: refusal("The body is too large."),
  415: refusal("The body is not declared as JSON."),
} as const;

const writeRefusals = {
  422: invalid,
  401: { description: "No token." },
  403: refusal("The token is invalid, or the caller is not a merchandiser."),
  409: refusal(
    "`version` is not the current one, or the product's home is another Region to which changes are not forwarded.",
  ),
  412: refusal("`If-Match` is not the current version."),
  428: refusal("The product exists, and the request names no version."),
  503: refusal(
    "The product's home Region, the only one that writes it, does not respond. Retry after `Retry-After` seconds.",
  ),
} as const;

/** The catalogue service's contract: published as `/api/catalogue/openapi.json` and enforced on every request. */
export const catalogueApi = {
  openapi: "3.1.0",
  info: {
    title: "Catalogue",
    version: "1",
    description:
      "Search products and, as a merchandiser, change them. Money is an integer of minor units with its currency. " +
      "Texts are trimmed and normalized (NFC) before they are checked. " +
      "A change is searchable after about a second. Errors are problem details (RFC 9457).",
  },
  servers: [{ url: "/" }],
  paths: {
    "/api/catalogue/search": {
      get: {
        operationId: "searchProducts",
        summary: "Search products",
        description:
          "Words are matched by meaning. When fewer products than a page match every word, products that match some " +
          "of them, or words like them, follow (`matching` is then `near`). Each facet counts as if it had no filter itself.",
        parameters: [
          {
            name: "q",
            in: "query",
            description: "Free text.",
            schema: { type: "string", maxLength: MAX_QUERY_LENGTH },
          },
          filter("category", "Category, as in the facet.", { type: "string", maxLength: 80 }),
          filter("brand", "Brand, as in the facet.", { type: "string", maxLength: 80 }),
          filter("availability", "Availability. A counted product that is sold out is `out-of-stock`.", {
            type: "string",
            enum: AVAILABILITIES,
          }),
          filter("price", "`FROM-TO` in minor units, `TO` excluded; either may be left out.", {
            type: "string",
            pattern: PRICE_RANGE_PATTERN,
          }),
          filter("attribute", "`NAME=VALUE`. Different names narrow the result.", {
            type: "string",
            pattern: "^[A-Za-z][A-Za-z0-9_-]{0,39}=.{1,100}$",
          }),
          filter("group", "Variants of the product with this group.", { type: "string", pattern: PRODUCT_ID_PATTERN }),
          {
            name: "variants",
            in: "query",
            description:
              "`one`: one tile for all variants of a product, the one that comes first in this order; total and facets count " +
              "products, and pages end after 9,900. `each`: every variant is a separate product.",
            schema: { type: "string", enum: VARIANTS, default: "each" },
          },
          {
            name: "sort",
            in: "query",
            description: "Without `q`, `relevance` sorts by name.",
            schema: { type: "string", enum: SORT_ORDERS, default: "relevance" },
          },
          {
            name: "size",
            in: "query",
            description: "Products per page.",
            schema: { type: "integer", minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_PAGE_SIZE },
          },
          {
            name: "cursor",
            in: "query",
            description: "`cursor` of the previous page of the same search.",
            schema: { type: "string", maxLength: MAX_CURSOR_LENGTH, pattern: "^[A-Za-z0-9_-]+$" },
          },
        ],
        responses: {
          200: answer("A page of products.", "SearchAnswer"),
          400: refusal("The cursor is damaged or belongs to another search."),
          422: refusal("A parameter is not valid."),
          503: searchUnavailable,
        },
      },
    },
    "/api/catalogue/suggest": {
      get: {
        operationId: "suggestProducts",
        summary: "Suggestions for a partly typed text",
        parameters: [
          {
            name: "q",
            in: "query",
            required: true,
            description: "Text typed so far. Blank text has no suggestions.",
            schema: { type: "string", maxLength: MAX_QUERY_LENGTH },
          },
          {
            name: "size",
            in: "query",
            schema: { type: "integer", minimum: 1, maximum: MAX_SUGGESTIONS, default: 8 },
          },
        ],
        responses: {
          200: answer("Suggestions, best first.", "Suggestions"),
          422: refusal("A parameter is not valid."),
          503: searchUnavailable,
        },
      },
    },
    "/api/catalogue/products/{productId}": {
      get: {
        operationId: "getProduct",
        summary: "One product",
        parameters: [productId],
        responses: {
          200: answer("The product.", "ShownProduct"),
          404: refusal("There is no such product."),
          422: invalid,
        },
      },
      put: {
        operationId: "putProduct",
        summary: "Create or change a product (merchandisers)",
        description:
          "Replaces the whole product. Either Region accepts it; the product's home Region writes it. A change names the version " +
          "that it replaces, in `If-Match` or as `version`, so that no unread change is overwritten. A retry gets the same response.",
        security: [{ bearer: [] }],
        parameters: [productId, ifMatch],
        requestBody: requestBody("ProductRequest"),
        responses: {
          200: answer("Changed, or unchanged because it is as requested.", "Product"),
          201: answer("Created.", "Product"),
          ...bodyRefusals,
          ...writeRefusals,
        },
      },
      delete: {
        operationId: "deleteProduct",
        summary: "Delete a product (merchandisers)",
        security: [{ bearer: [] }],
        parameters: [productId, ifMatch],
        responses: { 204: { description: "Deleted." }, 404: refusal("There is no such product."), ...writeRefusals },
      },
    },
    "/api/catalogue/rules": {
      get: {
        operationId: "getSearchRules",
        summary: "Pins, boosts, hidden products and synonyms (merchandisers)",
        security: [{ bearer: [] }],
        responses: {
          200: answer("The rules; version 0 if there are none.", "SearchRules"),
          401: { description: "No token." },
          403: refusal("The token is invalid, or the caller is not a merchandiser."),
        },
      },
      put: {
        operationId: "putSearchRules",
        summary: "Replace the search rules (merchandisers)",
        description:
          "Searches follow within ten seconds in each Region, CloudFront's copies of results five seconds later.",
        security: [{ bearer: [] }],
        requestBody: requestBody("SearchRulesRequest"),
        responses: {
          200: answer("Changed, or unchanged because they are as requested.", "SearchRules"),
          ...bodyRefusals,
          401: { description: "No token." },
          403: refusal("The token is invalid, or the caller is not a merchandiser."),
          409: refusal("`version` is not the current one, or the rules' home is another Region."),
          422: invalid,
          503: refusal("The rules' home Region does not respond. Retry after `Retry-After` seconds."),
        },
      },
    },
    "/api/catalogue/health": {
      get: {
        operationId: "catalogueHealth",
        summary: "Health of search in this Region",
        responses: { 200: answer("Search works.", "Health"), 503: answer("Search fails.", "Health") },
      },
    },
    "/api/catalogue/openapi.json": {
      get: {
        operationId: "catalogueDocument",
        summary: "This document",
        responses: {
          200: { description: "OpenAPI 3.1.", content: { "application/json": { schema: { type: "object" } } } },
        },
      },
    },
  },
  components: {
    securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    schemas: {
      ProductRequest: productRequestSchema,
      Product: productSchema,
      ShownProduct: shownProductSchema,
      SearchRulesRequest: searchRulesRequestSchema,
      SearchRules: searchRulesSchema,
      ...answerSchemas,
    },
  },
} as const satisfies OpenApiDocument;
