import fc from "fast-check";
import { PRICE_RANGE_PATTERN } from "../../../domain/catalogue/search/priceRange";
import { LINE_PATTERN } from "../../../domain/text/patterns";

/** The keywords of JSON Schema that the APIs' documents use. */
export interface Schema {
  $ref?: string;
  const?: unknown;
  enum?: readonly unknown[];
  oneOf?: readonly Schema[];
  type?: string | readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

const LINES = ["Ada Example", "Main Street 1", "Straße 5", "東京都", "a", "O'Neil & <Sons>", "x".repeat(80)];

/** Values that the schema allows, mostly. `known` has ids that exist, by the name of their property or parameter. */
export function valuesOf(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  known: Readonly<Record<string, readonly string[]>>,
  name = "",
): fc.Arbitrary<unknown> {
  const within = (inner: Schema, innerName = "") => valuesOf(inner, schemas, known, innerName);
  if (schema.$ref !== undefined) return within(schemas[schema.$ref.split("/").at(-1)!] ?? {}, name);
  const ids = known[name];
  if (ids !== undefined && ids.length > 0) {
    const { $ref: _, ...rest } = schema;
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: textOf(rest) });
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((one) => within(one)));
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  switch (type) {
    case "object":
      return objectOf(schema, within);
    case "array": {
      const [minLength, maxLength] = [schema.minItems ?? 0, Math.min(schema.maxItems ?? 4, 4)];
      return fc.array(within(schema.items ?? {}), { minLength, maxLength });
    }
    case "integer":
    case "number": {
      const [min, max] = [schema.minimum ?? 0, Math.min(schema.maximum ?? 1_000, 2 ** 31)];
      return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
    }
    case "boolean":
      return fc.boolean();
    case "string":
      return textOf(schema);
    default:
      return fc.jsonValue();
  }
}

function objectOf(schema: Schema, within: (schema: Schema, name?: string) => fc.Arbitrary<unknown>) {
  const properties = Object.entries(schema.properties ?? {}).map(([key, inner]) => [key, within(inner, key)] as const);
  if (properties.length === 0) {
    const inner = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), within(inner), { maxKeys: 3 });
  }
  return fc.record(Object.fromEntries(properties), { requiredKeys: [...(schema.required ?? [])] });
}

function textOf({ pattern, format, minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === "email") return fc.constantFrom("ada@example.com", "o.neil+x@mail.example");
  if (format === "date-time") return fc.constant("2026-01-31T12:00:00.000Z");
  if (pattern === LINE_PATTERN) return fc.constantFrom(...LINES).map((line) => line.slice(0, maxLength));
  if (pattern === PRICE_RANGE_PATTERN) return fc.constantFrom("0-1000", "1000-", "-2500");
  // Look-around and properties of Unicode are beyond the library.
  if (pattern === undefined || /\(\?|\\p\{/.test(pattern))
    return fc.string({ minLength, maxLength: Math.min(maxLength ?? 40, 60) });
  return fc.stringMatching(new RegExp(pattern), { maxLength });
}
