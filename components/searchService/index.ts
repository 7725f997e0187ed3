export type { ExistingDomain, ExistingTable, SearchDomainArgs, SearchServiceArgs } from "./args";
export { checkSearchDomain } from "./searchDomain";
export { SearchService } from "./searchService";
