import * as errors from "@opensearch-project/opensearch/lib/errors.js";
import { indexDefinition, indexSchema, READ_ALIAS, WRITE_ALIAS } from "../../../../domain/catalogue/search/searchIndex";
import { toSearchText } from "../../../../domain/catalogue/search/searchText";
import type { SearchClient } from "./indexClient";
import { isMissingIndex, withRetries } from "./openSearch";

const FIRST_INDEX = "products-first";
const RETRIES = { attempts: 4, firstWaitMs: 200 };

type Aliases = Record<string, { aliases: Record<string, unknown> }>;

/**
 * The indices behind the two aliases: searches read the index with the alias `products`, changes go to all with
 * `products-writes`. During a rebuild that is two, so that no concurrent change is lost.
 */
export class ProductIndices {
  /**
   * @param replicas copies of each shard besides the first.
   * @param text language and synonyms of indices that are created. Default: English.
   */
  constructor(
    private readonly client: SearchClient,
    private readonly replicas: number,
    private readonly text = toSearchText({}),
  ) {}

  /**
   * Returns the indices that a change must reach. Read for every batch: a cached list would miss the index that a rebuild
   * has just started to fill. Creates the first index if there is none.
   */
  async writeTargets(): Promise<string[]> {
    const targets = Object.keys(await this.carrying(WRITE_ALIAS));
    if (targets.length > 0) return targets;
    await this.create(FIRST_INDEX, [READ_ALIAS, WRITE_ALIAS]);
    return Object.keys(await this.carrying(WRITE_ALIAS));
  }

  /** The index that searches read, if there is one yet. */
  async inUse(): Promise<string | undefined> {
    return Object.keys(await this.carrying(READ_ALIAS))[0];
  }

  /**
   * Returns the index that a rebuild fills: the one of an interrupted rebuild, if it has the current mapping and analysis (it has
   * received all changes since), or a new one called `name`. If there is no index at all, searches read the new one at
   * once, and no swap is needed afterwards.
   */
  async beginRebuild(name: string): Promise<string> {
    const present = Object.entries(await this.carrying(WRITE_ALIAS, READ_ALIAS));
    if (present.length === 0) {
      await this.create(name, [READ_ALIAS, WRITE_ALIAS]);
      return name;
    }
    const unfinished = present
      .filter(([, { aliases }]) => WRITE_ALIAS in aliases && !(READ_ALIAS in aliases))
      .map(([index]) => index);
    for (const index of unfinished) {
      if ((await this.schemaOf(index)) === indexSchema(this.text)) return index;
      await this.drop(index);
    }
    await this.create(name, [WRITE_ALIAS]);
    return name;
  }

  /**
   * Switches searches to `index` atomically, and ends writing to the other indices.
   *
   * @returns the indices that are no longer read.
   */
  async swapTo(index: string): Promise<string[]> {
    await withRetries(RETRIES, () => this.client.indices.refresh({ index }));
    const others = Object.entries(await this.carrying(READ_ALIAS, WRITE_ALIAS)).filter(([other]) => other !== index);
    const removals = others.flatMap(([other, { aliases }]) =>
      Object.keys(aliases)
        .filter((alias) => alias === READ_ALIAS || alias === WRITE_ALIAS)
        .map((alias) => ({ remove: { index: other, alias } })),
    );
    const additions = [READ_ALIAS, WRITE_ALIAS].map((alias) => ({ add: { index, alias } }));
    await withRetries(RETRIES, () =>
      this.client.indices.updateAliases({ body: { actions: [...removals, ...additions] } }),
    );
    return others.map(([other]) => other);
  }

  /** Counts the documents of the index, tombstones included. */
  async count(index: string): Promise<number> {
    await withRetries(RETRIES, () => this.client.indices.refresh({ index }));
    const { body } = await withRetries(RETRIES, () => this.client.count({ index }));
    return body.count;
  }

  /** Deletes an index, unless it is in use. Succeeds if it is already deleted. */
  async drop(index: string): Promise<void> {
    if ((await this.inUse()) === index)
      throw new Error(`Index ${index} is in use and can't be deleted. Switch searches to another index first.`);
    await withRetries(RETRIES, () => this.client.indices.delete({ index, ignore_unavailable: true }));
  }

  private async create(index: string, aliases: string[]): Promise<void> {
    const body = {
      ...indexDefinition(this.replicas, this.text),
      aliases: Object.fromEntries(aliases.map((alias) => [alias, {}])),
    };
    try {
      // The client's types cover only a part of the engine's analysis settings.
      await withRetries(RETRIES, () => this.client.indices.create({ index, body: body as Record<string, unknown> }));
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
    }
  }

  private async carrying(...aliases: string[]): Promise<Aliases> {
    try {
      const { body } = await withRetries(RETRIES, () => this.client.indices.getAlias({ name: aliases }));
      return body as Aliases;
    } catch (error) {
      // One of the aliases may be missing; the response lists the indices of the others beside the error.
      if (isMissingIndex(error)) return partOf((error as errors.ResponseError).body);
      throw error;
    }
  }

  private async schemaOf(index: string): Promise<unknown> {
    const { body } = await withRetries(RETRIES, () => this.client.indices.getMapping({ index }));
    return body[index]?.mappings._meta?.["schema"];
  }
}

function partOf(body: unknown): Aliases {
  if (typeof body !== "object" || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value?.aliases !== undefined));
}

const isAlreadyThere = (error: unknown) =>
  error instanceof errors.ResponseError && error.message.includes("resource_already_exists_exception");
