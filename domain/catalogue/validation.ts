import Ajv2020, { type ErrorObject, type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { explainError, isOwnError } from "../http/explainError";
import { normalizeTexts } from "../text";
import type { Product, ProductContent } from "./product";
import { productRequestSchema, productSchema } from "./schema";

/** A valid value, or the reasons why it is invalid, such as `price.amount must be >= 0`. */
export type Checked<T> = { ok: true; value: T } | { ok: false; reasons: string[] };

type Compiled = { content: ValidateFunction; product: ValidateFunction };
let compiled: Compiled | undefined;

/** Compiles at first use, so that importing this file costs nothing. */
function checks(): Compiled {
  if (compiled) return compiled;
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: true, verbose: true });
  addFormats(ajv);
  compiled = { content: ajv.compile(productRequestSchema), product: ajv.compile(productSchema) };
  return compiled;
}

/**
 * Checks a product of an import file, after normalizing its texts in place.
 *
 * @example
 * const checked = checkContent(row);
 * if (!checked.ok) report(line, checked.reasons);
 */
export function checkContent(value: unknown): Checked<ProductContent> {
  return answer<ProductContent>(checks().content, normalizeTexts(value));
}

/** Checks an item of the product table. A tombstone keeps its last content, so it is checked in the same way. */
export function checkProduct(value: unknown): Checked<Product> {
  return answer<Product>(checks().product, value);
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
