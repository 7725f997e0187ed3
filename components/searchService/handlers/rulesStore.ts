import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { decideRules, type RulesDecision } from "../../../domain/catalogue/search/decideRules";
import {
  NO_RULES,
  SEARCH_RULES_ID,
  type SearchRules,
  type StoredRules,
} from "../../../domain/catalogue/search/searchRules";
import { reasonOf } from "../../runtime/reasonOf";
import type { Log } from "./index/indexer";
import { changeItem, type ProductTable, readItem } from "./productStore";

/** Merchandisers' rules of searches, in an item of the product table. */
export class RulesStore {
  constructor(private readonly table: ProductTable) {}

  get(): Promise<StoredRules | undefined> {
    return readItem(this.table, SEARCH_RULES_ID);
  }

  /** Replaces the rules; see `decideRules` for what `expected` means. */
  put(rules: SearchRules, expected: number): Promise<RulesDecision> {
    return changeItem<StoredRules, RulesDecision>(
      this.table,
      SEARCH_RULES_ID,
      (current, context) => decideRules(rules, current, expected, context),
      (decision) => (decision.kind === "write" ? { item: decision.rules, replaces: decision.replaces } : undefined),
    );
  }
}

/** Milliseconds for which a function's environment uses the rules that it has read. */
export const RULES_KEPT_MS = 10_000;

/** Milliseconds that a search waits for the rules. They are worth less than a quick result. */
const PATIENCE_MS = 400;

/**
 * Creates the reader that searches use: one read every ten seconds in each environment of the function. A search without an answer of
 * the table in time uses the rules read before, at first none.
 */
export function createRulesReader(
  { client, table }: Pick<ProductTable, "client" | "table">,
  log: Pick<Log, "warn">,
  now: () => number = Date.now,
): () => Promise<SearchRules> {
  let kept: SearchRules = NO_RULES;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (now() - readAt < RULES_KEPT_MS) return kept;
    // Set before the answer: searches meanwhile, and those after a failure, do not wait as well.
    readAt = now();
    try {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: { productId: SEARCH_RULES_ID } }), {
        abortSignal: AbortSignal.timeout(PATIENCE_MS),
      });
      // Fields may be missing in an item of another release.
      kept = { ...NO_RULES, ...(Item as Partial<StoredRules> | undefined) };
    } catch (error) {
      log.warn("Reading the search rules failed", { reason: reasonOf(error) });
    }
    return kept;
  };
}
