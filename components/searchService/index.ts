export type { ExistingDomain, ExistingTable, SearchDomainArgs, SearchServiceArgs } from "./args";
export { SearchService } from "./searchService";
