import { stringify } from "node:querystring";
import * as errors from "@opensearch-project/opensearch/lib/errors.js";
import { parse } from "secure-json-parse";

/**
 * The client's serializer without its option for numbers beyond a double's precision, whose parser would be a tenth of the function that
 * searches.
 */
export class JsonSerializer {
  serialize(value: unknown): string {
    try {
      return JSON.stringify(value);
    } catch (error) {
      throw new errors.SerializationError(messageOf(error), value as Record<string, unknown>);
    }
  }

  /** Parses an answer; refuses keys that could change an object's prototype. */
  deserialize(json: string): unknown {
    try {
      return parse(json, undefined, { protoAction: "error", constructorAction: "error" });
    } catch (error) {
      throw new errors.DeserializationError(messageOf(error), json);
    }
  }

  /** Writes a bulk request's body: one value in each line. */
  ndserialize(values: (string | Record<string, unknown>)[]): string {
    if (!Array.isArray(values)) throw new errors.SerializationError("The argument provided is not an array", values);
    return values.map((value) => `${typeof value === "string" ? value : this.serialize(value)}\n`).join("");
  }

  qserialize(parameters?: string | Record<string, unknown>): string {
    if (parameters === undefined || parameters === null) return "";
    if (typeof parameters === "string") return parameters;
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    return stringify(
      Object.fromEntries(given.map(([key, value]) => [key, Array.isArray(value) ? value.join() : value])) as Record<
        string,
        string
      >,
    );
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
