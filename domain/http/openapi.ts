/** Parts of an OpenAPI 3.1 document that validation reads. A service's document is a constant of this type. */
export interface OpenApiDocument {
  openapi: `3.1.${number}`;
  info: { title: string; version: string; description?: string };
  paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  components?: {
    readonly schemas?: Readonly<Record<string, unknown>>;
    readonly securitySchemes?: Readonly<Record<string, unknown>>;
    readonly responses?: Readonly<Record<string, unknown>>;
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly headers?: Readonly<Record<string, unknown>>;
  };
  [extension: string]: unknown;
}

/** One method of one path. Parameters are written out or refer to `#/components/parameters/NAME`. */
export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: { readonly "application/json": { readonly schema: unknown } };
  };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly [extension: string]: unknown;
}

/** A query, path or header parameter. */
export interface Parameter {
  readonly name: string;
  readonly in: "query" | "path" | "header";
  readonly required?: boolean;
  readonly schema: unknown;
  readonly description?: string;
  readonly [extension: string]: unknown;
}

const schemaOf = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });

/** Response with a body of a named schema. */
export const answer = (description: string, schema: string) => ({
  description,
  content: { "application/json": schemaOf(schema) },
});

/** Response with problem details. */
export const refusal = (description: string, schema = "Problem") => ({
  description,
  content: { "application/problem+json": schemaOf(schema) },
});

/** Required body of a named schema. */
export const requestBody = (schema: string) => ({ required: true, content: { "application/json": schemaOf(schema) } });

/** An operation with its path and method. */
export interface Located {
  path: string;
  method: string;
  operation: Operation;
}

/** Finds an operation by its id; throws for an unknown id. */
export function findOperation(document: OpenApiDocument, operationId: string): Located {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId === operationId) return { path, method, operation };
    }
  }
  throw new Error(`The document "${document.info.title}" has no operation "${operationId}".`);
}

/** Resolves a reference to a parameter. */
export function resolveParameter(document: OpenApiDocument, parameter: Parameter | { $ref: string }): Parameter {
  if (!("$ref" in parameter)) return parameter as Parameter;
  const name = String(parameter.$ref).replace("#/components/parameters/", "");
  const found = document.components?.parameters?.[name];
  if (!found) throw new Error(`The document "${document.info.title}" has no parameter "${name}".`);
  return found as Parameter;
}
