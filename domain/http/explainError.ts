import type { ErrorObject } from "ajv";
import { explainPattern } from "../text";

/** Length of the lists that are shown in full; of a longer list, such as all currencies, a caller gets examples. */
const LISTED_VALUES = 20;

/** Returns an error of AJV in words that follow the name of the value: `must be one of red, blue`. */
export function explainError(error: ErrorObject): string {
  switch (error.keyword) {
    case "required":
      return `must have "${error.params["missingProperty"]}"`;
    case "additionalProperties":
    case "unevaluatedProperties":
      return `must not have "${error.params["additionalProperty"] ?? error.params["unevaluatedProperty"]}"`;
    case "enum":
      return `must be one of ${listValues(error.params["allowedValues"] as unknown[])}`;
    case "const":
      return `must be ${JSON.stringify(error.params["allowedValue"])}`;
    case "propertyNames":
      return `has an unusable name "${error.params["propertyName"]}"`;
    case "not":
      return `must not be ${(error.schema as { description?: string }).description ?? "so"}`;
    case "pattern":
      return explainPattern(error.params["pattern"]) ?? error.message ?? "is not valid";
    default:
      return error.message ?? "is not valid";
  }
}

/** Returns false for the error of a pattern of `propertyNames`: the error of `propertyNames` itself has the name. */
export function isOwnError({ propertyName }: ErrorObject): boolean {
  return propertyName === undefined;
}

function listValues(values: readonly unknown[]): string {
  if (values.length <= LISTED_VALUES) return values.join(", ");
  return `the ${values.length} values that the API's document lists, such as ${values.slice(0, 3).join(", ")}`;
}
