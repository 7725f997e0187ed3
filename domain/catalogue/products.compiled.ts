import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { once, sourceOf } from "../http/compileOperation";
import { productRequestSchema, productSchema } from "./schema";

/** Checks of a product of an import file, and of an item of the product table. */
export const productContent = compileSchema(productRequestSchema);
export const productItem = compileSchema(productSchema);

function compileSchema(schema: object) {
  const compiled = once(() => {
    const ajv = new Ajv2020({
      allErrors: true,
      allowUnionTypes: true,
      strict: true,
      verbose: true,
      code: { source: true },
    });
    addFormats(ajv);
    return { ajv, check: ajv.compile(schema) };
  });
  return {
    get check() {
      return compiled().check;
    },
    toSource: () => `{ check: ${sourceOf(compiled())} }`,
  };
}
