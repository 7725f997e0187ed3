import { createHash } from "node:crypto";
import type { ShownStock } from "../../stock";
import { type AttributeValue, isLive, type Product } from "../product";
import { compoundsOf, foldText, pairsOf } from "./queryWords";
import { languageAnalysis, type SearchText } from "./searchText";

/** Alias of the one index that searches read. */
export const READ_ALIAS = "products";

/** Alias of every index that changes must reach: the one in use and, during a rebuild, the one being filled. */
export const WRITE_ALIAS = "products-writes";

/** Version of the mapping. */
const INDEX_SCHEMA = 5;

/** Identifies mapping, language and synonyms: an interrupted rebuild continues only in an index with the same. */
export function indexSchema({ language, synonyms }: SearchText): string {
  const text = createHash("sha256")
    .update(JSON.stringify([language, synonyms]))
    .digest("hex");
  return `${INDEX_SCHEMA}-${text.slice(0, 16)}`;
}

/** A product in the index. */
export interface IndexedProduct extends Omit<Product, "deletedAt"> {
  /** `name=value` of every attribute, in one field, so that the mapping does not grow with the attributes. */
  attributeTerms: string[];
  /** Compounds, and each two neighbours of the name, as one word: `usbc` finds `USB-C`, `desklamp` finds `Desk Lamp`. */
  compounds: string[];
  /** Lower-case name without accents, to sort by as people expect: `Émile` between `elm` and `emu`. */
  sortName: string;
  /** Equal for the variants of one product, and unlike any other product's: results are collapsed by it. */
  tile: string;
  /** Of a counted product, as the Region knew it when it was last written. Absent: sold without counting. */
  stock?: ShownStock;
  live: true;
}

/** A deleted product in the index. Its version prevents that a late record restores it. */
export interface IndexedTombstone {
  productId: string;
  version: number;
  live: false;
  deletedAt: string;
}

export type IndexedDocument = IndexedProduct | IndexedTombstone;

/** Formats an attribute for `attributeTerms` and for the search parameter `attribute`. */
export function attributeTerm(name: string, value: AttributeValue): string {
  return `${name}=${value}`;
}

/** Converts an item of the product table to its document in the index. */
export function toDocument(product: Product): IndexedDocument {
  const { deletedAt, ...rest } = product;
  if (!isLive(product)) return toTombstone(product.productId, product.version, deletedAt ?? product.updatedAt);
  const attributeTerms = Object.entries(product.attributes).map(([name, value]) => attributeTerm(name, value));
  const compounds = compoundsOf([product.name, product.brand, product.category, product.description].join(" "));
  compounds.push(...pairsOf(product.name).filter((pair) => !compounds.includes(pair)));
  return {
    ...rest,
    attributeTerms,
    compounds,
    sortName: foldText(product.name).trim(),
    tile: product.group ?? `=${product.productId}`,
    live: true,
  };
}

export function toTombstone(productId: string, version: number, deletedAt: string): IndexedTombstone {
  return { productId, version, live: false, deletedAt };
}

/**
 * Returns settings and mapping of a product index.
 *
 * Text is stored in three ways: stemmed, with synonyms in the query (meaning); as plain words (typos: fuzzy matching of stems
 * tolerates the wrong letters); and by its beginnings (suggestions, never fuzzy, which would match everything).
 *
 * @param replicas copies of each shard besides the first: one fewer than data nodes, at most 2.
 */
export function indexDefinition(replicas: number, searchText: SearchText) {
  const { stems, elisions } = languageAnalysis(searchText.language);
  const analyzer = (filter: string[]) => ({
    type: "custom",
    char_filter: ["possessive", ...(elisions ? ["elisions"] : []), "separators", "dots"],
    tokenizer: "standard",
    filter,
  });
  const text = (boostless: { copy_to?: string } = { copy_to: "text" }) => ({
    type: "text",
    analyzer: "meaning",
    search_analyzer: "meaning_query",
    ...boostless,
  });
  const words = { type: "text", analyzer: "words" };
  const beginnings = { type: "text", analyzer: "beginnings", search_analyzer: "words" };
  return {
    settings: {
      index: {
        number_of_shards: 1,
        number_of_replicas: replicas,
        refresh_interval: "1s",
      },
      analysis: {
        char_filter: {
          // A character filter, not a stemmer, so that every engine gives the same result.
          ...(elisions && { elisions }),
          possessive: { type: "pattern_replace", pattern: "['’]s\\b", replacement: "" },
          // The tokenizer does not split `gds:Donuts` or `a_b`.
          separators: { type: "pattern_replace", pattern: "[:_/|\\\\]+", replacement: " " },
          // `node.js` is two words, `1.7` is one.
          dots: { type: "pattern_replace", pattern: "\\.(\\p{L})", replacement: " $1" },
        },
        filter: {
          stems,
          synonyms: { type: "synonym_graph", synonyms: searchText.synonyms },
          starts: { type: "edge_ngram", min_gram: 1, max_gram: 15 },
        },
        analyzer: {
          meaning: analyzer(["lowercase", "asciifolding", "stems"]),
          meaning_query: analyzer(["lowercase", "asciifolding", "synonyms", "stems"]),
          words: analyzer(["lowercase", "asciifolding"]),
          beginnings: analyzer(["lowercase", "asciifolding", "starts"]),
        },
      },
    },
    mappings: {
      _meta: { schema: indexSchema(searchText) },
      dynamic: false,
      properties: {
        productId: { type: "keyword" },
        version: { type: "long" },
        live: { type: "boolean" },
        name: {
          ...text(),
          fields: { beginnings },
        },
        sortName: { type: "keyword" },
        group: { type: "keyword" },
        tile: { type: "keyword" },
        brand: { type: "keyword", copy_to: "text", fields: { text: text({}), beginnings } },
        category: { type: "keyword", copy_to: "text", fields: { text: text({}), beginnings } },
        description: text(),
        text: { ...text({}), fields: { words } },
        compounds: { type: "text", analyzer: "words", copy_to: "text", fields: { beginnings } },
        price: { properties: { amount: { type: "long" }, currency: { type: "keyword" } } },
        availability: { type: "keyword" },
        // `left` is shown, not searched.
        stock: { properties: { soldOut: { type: "boolean" } } },
        attributes: { type: "object", enabled: false },
        attributeTerms: { type: "keyword", ignore_above: 256, copy_to: "text" },
        updatedAt: { type: "date" },
        deletedAt: { type: "date" },
      },
    },
  };
}
