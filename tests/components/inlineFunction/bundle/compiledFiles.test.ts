import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { compile } from "../../../../components/inlineFunction/bundle/compile";
import { catalogueApi } from "../../../../domain/catalogue/openapi";
import * as catalogue from "../../../../domain/catalogue/operations.compiled";
import * as products from "../../../../domain/catalogue/products.compiled";
import { type OpenApiDocument, validator } from "../../../../domain/http";
import { type CompiledOperation, compileOperation } from "../../../../domain/http/compileOperation";
import { orderApi } from "../../../../domain/order/api/openapi";
import * as order from "../../../../domain/order/api/operations.compiled";
import { anyCharacter } from "../../../kit/anyCharacter";
import { load } from "../../../kit/bundles";
import { type FuzzRequest, requestsOf } from "../../../kit/fuzz/requests";
import { temporaryFolder } from "../../../kit/temporaryFolder";

const root = path.resolve(__dirname, "../../../..");

/** Bundles an ES module and returns its exports, its code and its files. */
async function built(text: string) {
  const { code, inputs } = await compile(
    { text, map: JSON.stringify({ version: 3, sources: [], names: [], mappings: "" }) },
    root,
  );
  const file = path.join(temporaryFolder("compiled-files"), "index.js");
  fs.writeFileSync(file, code);
  load(file);
  return { exports: require(file) as Record<string, unknown>, code: Buffer.from(code).toString("utf8"), inputs };
}

const domain = (file: string) => JSON.stringify(path.join(root, "domain", file));

const body = {
  name: "Kettle",
  brand: "Acme",
  category: "Kitchen",
  description: "Boils.",
  price: { amount: 2_999, currency: "EUR" },
  availability: "in-stock",
  attributes: { colour: "black", litres: 1.7 },
};
const placed = {
  lines: [{ productId: "kettle", quantity: 1 }],
  expectedTotal: { amount: 2_999, currency: "EUR" },
  shipping: { name: "Ada", street: "Main Street 1", city: "Springfield", postalCode: "12345", country: "US" },
  contact: { email: "ada@example.com" },
  payment: { kind: "token", token: "tok_1" },
};
const known = {
  ids: { productId: ["kettle"], orderId: ["0".repeat(32)] },
  bodies: {
    placeOrder: [placed],
    putProduct: [body, { ...body, version: 1 }],
    paymentUpdated: [{ type: "payment.updated", orderId: "0".repeat(32) }],
  },
};

function eventOf({ path: target, headers, body: bytes }: FuzzRequest) {
  const [place = "", query = ""] = target.split("?");
  const id = place.split("/").at(-1) ?? "";
  return {
    body: bytes?.toString("base64"),
    isBase64Encoded: bytes !== undefined,
    headers,
    rawQueryString: query,
    pathParameters: { productId: id, orderId: id },
  };
}

describe("files that are compiled into the bundle", () => {
  it("answers as the compiler's own checks for any request", async () => {
    const { exports } = await built(
      `export * as order from ${domain("order/api/operations.compiled.ts")};
       export * as catalogue from ${domain("catalogue/operations.compiled.ts")};`,
    );
    const answers = new Set<number>();
    for (const [document, generated, own] of [
      [orderApi, exports["order"], order],
      [catalogueApi, exports["catalogue"], catalogue],
    ] as unknown as [OpenApiDocument, Record<string, CompiledOperation>, Record<string, CompiledOperation>][]) {
      expect(Object.keys(generated).sort()).to.deep.equal(Object.keys(own).sort());
      fc.assert(
        fc.property(requestsOf(document, known, 1), (request) => {
          const checks = own[request.operationId];
          if (!checks) return;
          const event = eventOf(request);
          const expected = validator<unknown, object>(checks)(event);
          expect(validator<unknown, object>(generated[request.operationId] ?? checks)(event)).to.deep.equal(expected);
          answers.add(expected.ok ? 200 : (expected.response.statusCode ?? 0));
        }),
        { numRuns: 1_000 },
      );
    }
    expect([...answers]).to.include.members([200, 400, 422]);
  });

  it("answers as the compiler's own checks for any product", async () => {
    const { exports } = await built(`export * from ${domain("catalogue/products.compiled.ts")};`);
    const item = {
      ...body,
      productId: "kettle",
      version: 1,
      homeRegion: "eu-central-1",
      updatedAt: "2026-01-01T00:00:00Z",
    };
    const member = fc.oneof(
      fc.anything(),
      fc.string({ unit: anyCharacter }),
      fc.constantFrom(1e300, -0, 5e-324, "2026"),
    );
    const changed = fc
      .tuple(fc.constantFrom(...Object.keys(item), "other"), member)
      .map(([name, value]) => ({ ...item, [name]: value }));
    const results = { true: 0, false: 0 };
    for (const [name, own] of Object.entries(products)) {
      const generated = exports[name] as typeof own;
      fc.assert(
        fc.property(fc.oneof(changed, fc.anything()), (value) => {
          const isValid = own.check(value);
          results[`${isValid}`] += 1;
          expect(generated.check(value)).to.equal(isValid);
          expect(generated.check.errors).to.deep.equal(own.check.errors);
        }),
        { numRuns: 300 },
      );
    }
    expect(Math.min(results.true, results.false)).to.be.greaterThan(20);
  });

  it("leaves the compiler and unused exports out, and names the sources for the cache", async () => {
    const { code, inputs } = await built(
      `export { getOrder } from ${domain("order/api/operations.compiled.ts")};
       export { validator } from ${domain("http/validator.ts")};`,
    );
    expect(code.length).to.be.lessThan(12_000);
    expect(code).not.to.include("expectedTotal");
    expect(inputs).to.include.members(["domain/order/api/openapi.ts", "domain/order/api/operations.compiled.ts"]);
    expect(inputs.filter((input) => input.startsWith("compiled:"))).to.deep.equal([]);
  });

  it("refuses an operation that the document does not have", () => {
    expect(() => compileOperation(orderApi, "nothing")).to.throw('has no operation "nothing"');
  });

  it("replaces other exports by their JSON, and refuses functions", async () => {
    const folder = temporaryFolder("compiled-values");
    const file = path.join(folder, "values.compiled.js");
    fs.writeFileSync(file, "exports.primes = [2, 3, 5].map((n) => n + 0); exports.isOdd = 1;");
    const text = `export { primes } from ${JSON.stringify(file)};`;
    expect((await built(text)).exports["primes"]).to.deep.equal([2, 3, 5]);
    fs.writeFileSync(file, "exports.primes = [2]; exports.isOdd = (n) => n % 2 === 1;");
    const error = await built(text).catch((reason: unknown) => reason);
    expect(String(error)).to.include(
      "values.compiled.js exports `isOdd`, which is neither JSON nor has a method `toSource`; export data, or move it",
    );
  });
});
