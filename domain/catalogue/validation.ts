import type { ErrorObject, ValidateFunction } from "ajv";
import { explainError, isOwnError } from "../http/explainError";
import { normalizeTexts } from "../text";
import type { Product, ProductContent } from "./product";
import { productContent, productItem } from "./products.compiled";

/** A valid value, or the reasons why it is invalid, such as `price.amount must be >= 0`. */
export type Checked<T> = { ok: true; value: T } | { ok: false; reasons: string[] };

/**
 * Checks a product of an import file, after normalizing its texts in place.
 *
 * @example
 * const checked = checkContent(row);
 * if (!checked.ok) report(line, checked.reasons);
 */
export function checkContent(value: unknown): Checked<ProductContent> {
  return answer<ProductContent>(productContent.check, normalizeTexts(value));
}

/** Checks an item of the product table. A tombstone keeps its last content, so it is checked in the same way. */
export function checkProduct(value: unknown): Checked<Product> {
  return answer<Product>(productItem.check, value);
}

function answer<T>(check: ValidateFunction, value: unknown): Checked<T> {
  // The schema has checked the type.
  if (check(value)) return { ok: true, value: value as T };
  return { ok: false, reasons: [...new Set((check.errors ?? []).filter(isOwnError).map(clause))].slice(0, 10) };
}

function clause(error: ErrorObject): string {
  const path = error.instancePath.slice(1).replaceAll("/", ".");
  if (error.keyword === "required") {
    return `${path === "" ? "" : `${path}.`}${error.params["missingProperty"]} is missing`;
  }
  return `${path || "the product"} ${explainError(error)}`;
}
