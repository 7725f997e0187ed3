export * from "./order";
export * from "./orderWaits";
export * from "./statesLanguage";
