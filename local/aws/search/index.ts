export { type SearchEngine, type SearchEngineKind, type SearchEngineOptions, startSearchEngine } from "./engine";
