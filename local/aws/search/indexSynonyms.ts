import { READ_ALIAS } from "../../../domain/catalogue/search/searchIndex";
import { NO_RULES, spellingsOf } from "../../../domain/catalogue/search/searchRules";

type Json = Record<string, unknown>;

/** Fields whose search analyzer has the synonyms of the index (`indexDefinition`). */
const MEANING_FIELDS = new Set(["text", "name", "brand.text", "category.text", "description"]);

/**
 * Synonyms of the indices of osmem, which ignores them. Puts other spellings into queries, where OpenSearch's analyzer adds words to them.
 * Unlike OpenSearch, `a => b` finds a too, and a query has at most four spellings.
 */
export class IndexSynonyms {
  private readonly byIndex = new Map<string, readonly string[]>();
  private inUse: string | undefined;

  /** Notes what a request changes, and returns the body that the engine gets. */
  pass(method: string, url: string, body: Buffer): Buffer {
    const path = decodeURIComponent(url.split("?")[0] ?? "");
    if (path === "/_aliases") this.noteAliases(read(body)?.["actions"]);
    else if (method === "PUT" && /^\/[\w-]+$/.test(path)) this.noteIndex(path.slice(1), read(body));
    else if (path === `/${READ_ALIAS}/_search`) return this.spellOut(body);
    return body;
  }

  private noteIndex(index: string, definition: Json | undefined): void {
    const { settings, aliases } = (definition ?? {}) as { settings?: Settings; aliases?: Json };
    this.byIndex.set(index, settings?.analysis?.filter?.synonyms?.synonyms ?? []);
    if (aliases !== undefined && READ_ALIAS in aliases) this.inUse = index;
  }

  private noteAliases(actions: unknown): void {
    for (const { add } of (actions ?? []) as { add?: { index: string; alias: string } }[]) {
      if (add?.alias === READ_ALIAS) this.inUse = add.index;
    }
  }

  private spellOut(body: Buffer): Buffer {
    const synonyms = this.byIndex.get(this.inUse ?? "") ?? [];
    const request = read(body);
    if (synonyms.length === 0 || request === undefined) return body;
    return Buffer.from(JSON.stringify(withSpellings(request, synonyms)));
  }
}

interface Settings {
  analysis?: { filter?: { synonyms?: { synonyms?: string[] } } };
}

function read(body: Buffer): Json | undefined {
  try {
    return JSON.parse(body.toString()) as Json;
  } catch {
    // The engine refuses it.
    return undefined;
  }
}

/** Replaces each query of words by the best of its spellings. */
function withSpellings(part: unknown, synonyms: readonly string[]): unknown {
  if (Array.isArray(part)) return part.map((each) => withSpellings(each, synonyms));
  if (typeof part !== "object" || part === null) return part;
  const spelled = spellings(part as Json, synonyms);
  if (spelled) return { dis_max: { queries: spelled } };
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, withSpellings(inner, synonyms)]));
}

/** Returns a query in each spelling; `undefined` if it has one, or is none of words in fields with synonyms. */
function spellings(part: Json, synonyms: readonly string[]): Json[] | undefined {
  const [[kind, content] = ["", undefined], ...others] = Object.entries(part);
  if (others.length > 0 || typeof content !== "object" || content === null) return undefined;
  if (kind === "multi_match") {
    const { query, fields } = content as { query: string; fields: string[] };
    if (!fields.every((field) => MEANING_FIELDS.has(field.split("^")[0]!))) return undefined;
    return spell(query, synonyms)?.map((query) => ({ multi_match: { ...content, query } }));
  }
  if (kind !== "match" && kind !== "match_phrase") return undefined;
  const [[field, match] = ["", {}]] = Object.entries(content as Record<string, Json>);
  if (!MEANING_FIELDS.has(field)) return undefined;
  return spell(String(match["query"]), synonyms)?.map((query) => ({ [kind]: { [field]: { ...match, query } } }));
}

function spell(query: string, synonyms: readonly string[]): string[] | undefined {
  const found = spellingsOf(query.split(" "), { ...NO_RULES, synonyms: [...synonyms] });
  return found.length > 1 ? found.map((words) => words.join(" ")) : undefined;
}
