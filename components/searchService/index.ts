export type { SearchLanguage } from "../../domain/catalogue/searchText";
export { SYNONYMS } from "../../domain/catalogue/synonyms";
export type { ExistingDomain, ExistingTable, PagesArgs, SearchDomainArgs, SearchServiceArgs, StockTable } from "./args";
export type { RenderPage } from "./handlers/pagesApi";
export { checkSearchDomain } from "./resources/searchDomain";
export type { SearchFunction } from "./searchFunctions";
export { SearchService } from "./searchService";
