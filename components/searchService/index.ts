export type { ExistingDomain, ExistingTable, SearchDomainArgs, SearchServiceArgs } from "./args";
export { checkSearchDomain } from "./resources/searchDomain";
export { type SearchFunction, SearchService } from "./searchService";
