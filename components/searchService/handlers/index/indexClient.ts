/// <reference path="./clientParts.d.ts" />
import type { Client } from "@opensearch-project/opensearch";
import count from "@opensearch-project/opensearch/api/_core/count.js";
import createIndex from "@opensearch-project/opensearch/api/indices/create.js";
import deleteIndex from "@opensearch-project/opensearch/api/indices/delete.js";
import getAlias from "@opensearch-project/opensearch/api/indices/getAlias.js";
import getMapping from "@opensearch-project/opensearch/api/indices/getMapping.js";
import refresh from "@opensearch-project/opensearch/api/indices/refresh.js";
import updateAliases from "@opensearch-project/opensearch/api/indices/updateAliases.js";
import { type OpenSearchOptions, openSearcher, type Searcher } from "./openSearch";

/** The operations of the client that the store uses. */
export type SearchClient = Searcher &
  Pick<Client, "count"> & {
    indices: Pick<Client["indices"], "create" | "delete" | "getAlias" | "getMapping" | "refresh" | "updateAliases">;
  };

/** As `openSearcher`, for a function that also counts documents, or creates and changes indices. */
export function openSearchClient(options: OpenSearchOptions): SearchClient {
  const searcher = openSearcher(options);
  const caller = { transport: searcher.transport } as Client;
  return {
    ...searcher,
    count: count.bind(caller),
    indices: {
      create: createIndex.bind(caller),
      delete: deleteIndex.bind(caller),
      getAlias: getAlias.bind(caller),
      getMapping: getMapping.bind(caller),
      refresh: refresh.bind(caller),
      updateAliases: updateAliases.bind(caller),
    },
  };
}
