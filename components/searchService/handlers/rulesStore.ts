import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import {
  decideRules,
  NO_RULES,
  type RulesDecision,
  SEARCH_RULES_ID,
  type SearchRules,
  type StoredRules,
} from "../../../domain/catalogue/search/searchRules";
import { reasonOf } from "../../runtime/reasonOf";
import type { Log } from "./index/indexer";

export interface RulesStoreOptions {
  client: DynamoDBDocumentClient;
  /** Name of the product table. */
  table: string;
  /** The Region that writes. */
  region: string;
  now?: () => Date;
}

const ATTEMPTS = 3;

/** Reads and writes merchandisers' rules of searches. Every write is conditional on the version that was read. */
export class RulesStore {
  constructor(private readonly options: RulesStoreOptions) {}

  async get(): Promise<StoredRules | undefined> {
    const { client, table } = this.options;
    const Key = { productId: SEARCH_RULES_ID };
    const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    // Only `put` writes this item.
    return Item as StoredRules | undefined;
  }

  /** Replaces the rules; see `decideRules` for what `expected` means. */
  async put(rules: SearchRules, expected: number): Promise<RulesDecision> {
    for (let attempt = 1; ; attempt++) {
      const now = (this.options.now?.() ?? new Date()).toISOString();
      const decision = decideRules(rules, await this.get(), expected, { region: this.options.region, now });
      if (decision.kind !== "write") return decision;
      try {
        await this.write(decision.rules, decision.replaces);
        return decision;
      } catch (error) {
        // Another writer was first: decide again, which mostly ends in a conflict.
        if (!(error instanceof ConditionalCheckFailedException) || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  private async write(rules: StoredRules, replaces: number | undefined): Promise<void> {
    const condition =
      replaces === undefined
        ? { ConditionExpression: "attribute_not_exists(productId)" }
        : {
            ConditionExpression: "#version = :replaces",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":replaces": replaces },
          };
    await this.options.client.send(new PutCommand({ TableName: this.options.table, Item: rules, ...condition }));
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
  { client, table }: Pick<RulesStoreOptions, "client" | "table">,
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
