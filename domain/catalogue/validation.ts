import Ajv2020, { type ErrorObject, type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { listValues } from "../http/listValues";
import { explainPattern, normalizeTexts } from "../text";
import type { Product, ProductContent } from "./product";
import { productRequestSchema, productSchema } from "./schema";

/** The value as its type, or what is wrong with it, one clause a mistake: `price.amount must be >= 0`. */
export type Checked<T> = { ok: true; value: T } | { ok: false; reasons: string[] };

type Compiled = { content: ValidateFunction; product: ValidateFunction };
let compiled: Compiled | undefined;

/** Compiled at first use: a function that only imports the types of this file pays nothing. */
function checks(): Compiled {
  if (compiled) return compiled;
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: true, verbose: true });
  addFormats(ajv);
  compiled = { content: ajv.compile(productRequestSchema), product: ajv.compile(productSchema) };
  return compiled;
}

/**
 * Checks a product as an import file gives it, after normalizing its texts in place.
 *
 * @example
 * const checked = checkContent(row);
 * if (!checked.ok) report(line, checked.reasons);
 */
export function checkContent(value: unknown): Checked<ProductContent> {
  return answer<ProductContent>(checks().content, normalizeTexts(value));
}

/** Checks an item as read from the product table. A tombstone keeps its last content, so it is checked the same way. */
export function checkProduct(value: unknown): Checked<Product> {
  return answer<Product>(checks().product, value);
}

function answer<T>(check: ValidateFunction, value: unknown): Checked<T> {
  // The schema has just vouched for the type.
  if (check(value)) return { ok: true, value: value as T };
  return { ok: false, reasons: [...new Set((check.errors ?? []).filter(isWhole).map(clause))].slice(0, 10) };
}

/** An error of `propertyNames` names the whole: that of its pattern comes besides. */
function isWhole({ propertyName }: ErrorObject): boolean {
  return propertyName === undefined;
}

function clause(error: ErrorObject): string {
  const where = error.instancePath.slice(1).replaceAll("/", ".") || "the product";
  switch (error.keyword) {
    case "required":
      return `${where === "the product" ? "" : `${where}.`}${error.params["missingProperty"]} is missing`;
    case "additionalProperties":
      return `${where} must not have "${error.params["additionalProperty"]}"`;
    case "enum":
      return `${where} must be one of ${listValues(error.params["allowedValues"] as unknown[])}`;
    case "propertyNames":
      return `${where} has an unusable name "${error.params["propertyName"]}"`;
    case "not":
      return `${where} must not be ${(error.schema as { description?: string }).description ?? "so"}`;
    case "pattern":
      return `${where} ${explainPattern(error.params["pattern"]) ?? error.message}`;
    default:
      return `${where} ${error.message ?? "is not valid"}`;
  }
}
