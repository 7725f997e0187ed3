import { type AttributeValue, isLive, type Product } from "./product";
import { compoundsOf } from "./queryWords";
import { SYNONYMS } from "./synonyms";

/** Carried by the one index that searches read. */
export const READ_ALIAS = "products";

/** Carried by every index that changes must reach: the one in use, and during a rebuild the one being filled too. */
export const WRITE_ALIAS = "products-writes";

/** Changes with the mapping, so that a rebuild that was interrupted never continues in an index of another shape. */
export const INDEX_SCHEMA = 2;

/** A product as the index holds it. */
export interface IndexedProduct extends Omit<Product, "deletedAt"> {
  /** `name=value` of every attribute: one field however many attributes there are, so the mapping can't grow. */
  attributeTerms: string[];
  /** Words that punctuation holds together, written as one: `usbc` finds `USB-C`. */
  compounds: string[];
  /** The name without capitals and accents, to sort by. */
  sortName: string;
  live: true;
}

/** What remains of a deleted product: its version, so that a late record of its life can't bring it back. */
export interface IndexedTombstone {
  productId: string;
  version: number;
  live: false;
  deletedAt: string;
}

export type IndexedDocument = IndexedProduct | IndexedTombstone;

/** How attributes are written in `attributeTerms` and in the search parameter `attribute`. */
export function attributeTerm(name: string, value: AttributeValue): string {
  return `${name}=${value}`;
}

/** What the index holds of an item of the product table. */
export function toDocument(product: Product): IndexedDocument {
  const { deletedAt, ...rest } = product;
  if (!isLive(product)) return toTombstone(product.productId, product.version, deletedAt ?? product.updatedAt);
  const attributeTerms = Object.entries(product.attributes).map(([name, value]) => attributeTerm(name, value));
  const compounds = compoundsOf([product.name, product.brand, product.category, product.description].join(" "));
  return { ...rest, attributeTerms, compounds, sortName: foldName(product.name), live: true };
}

/** As people look names up: `Émile` stands between `elm` and `emu`. */
function foldName(name: string): string {
  return name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

export function toTombstone(productId: string, version: number, deletedAt: string): IndexedTombstone {
  return { productId, version, live: false, deletedAt };
}

/**
 * Settings and mapping of a product index.
 *
 * Text is stored three ways: stemmed with synonyms in the query (meaning), as plain words (typos: fuzzy matching of
 * stems forgives the wrong letters), and by its beginnings (suggestions; never fuzzy, which would match everything).
 *
 * @param replicas copies of each shard besides the first: one less than the data nodes, at most 2.
 */
export function indexDefinition(replicas: number) {
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
          // Before the words are cut, and not as a stemmer: this way every engine does it the same.
          possessive: { type: "pattern_replace", pattern: "['’]s\\b", replacement: "" },
          // The tokenizer keeps `gds:Donuts` and `a_b` as one word each.
          separators: { type: "pattern_replace", pattern: "[:_/|\\\\]+", replacement: " " },
          // `node.js` is two words, `1.7` is one.
          dots: { type: "pattern_replace", pattern: "\\.(\\p{L})", replacement: " $1" },
        },
        filter: {
          stems: { type: "stemmer", language: "english" },
          synonyms: { type: "synonym_graph", synonyms: SYNONYMS },
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
      _meta: { schema: INDEX_SCHEMA },
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
        brand: { type: "keyword", copy_to: "text", fields: { text: text({}), beginnings } },
        category: { type: "keyword", copy_to: "text", fields: { text: text({}), beginnings } },
        description: text(),
        text: { ...text({}), fields: { words } },
        compounds: { type: "text", analyzer: "words", copy_to: "text", fields: { beginnings } },
        price: { properties: { amount: { type: "long" }, currency: { type: "keyword" } } },
        availability: { type: "keyword" },
        attributes: { type: "object", enabled: false },
        attributeTerms: { type: "keyword", ignore_above: 256, copy_to: "text" },
        updatedAt: { type: "date" },
        deletedAt: { type: "date" },
      },
    },
  };
}

const analyzer = (filter: string[]) => ({
  type: "custom",
  char_filter: ["possessive", "separators", "dots"],
  tokenizer: "standard",
  filter,
});
