import { compileOperation } from "../http/compileOperation";
import { catalogueApi } from "./openapi";

/** Checks of the API's requests. A bundle has those that its function uses, as generated code. */
export const searchProducts = compileOperation(catalogueApi, "searchProducts");
export const suggestProducts = compileOperation(catalogueApi, "suggestProducts");
export const getProduct = compileOperation(catalogueApi, "getProduct");
export const putProduct = compileOperation(catalogueApi, "putProduct");
export const putSearchRules = compileOperation(catalogueApi, "putSearchRules");
export const deleteProduct = compileOperation(catalogueApi, "deleteProduct");

/** The API's description as it is served: a function that starts builds no document. */
export const description = JSON.stringify(catalogueApi);
