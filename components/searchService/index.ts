export type { ExistingDomain, SearchDomainArgs, SearchServiceArgs } from "./args";
export { SearchService } from "./searchService";
