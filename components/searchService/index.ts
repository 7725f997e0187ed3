export type { ExistingDomain, ExistingTable, SearchDomainArgs, SearchServiceArgs } from "./args";
export { checkSearchDomain } from "./resources/searchDomain";
export { SearchService } from "./searchService";
