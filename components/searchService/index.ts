export type { SearchLanguage } from "../../domain/catalogue/search/searchText";
export { SYNONYMS } from "../../domain/catalogue/search/synonyms";
export type { ExistingDomain, ExistingTable, PagesArgs, SearchDomainArgs, SearchServiceArgs, StockTable } from "./args";
export type { RenderPage } from "./handlers/api/pagesApi";
export { checkSearchDomain } from "./resources/searchDomain";
export type { SearchFunction } from "./searchFunctions";
export { SearchService } from "./searchService";
