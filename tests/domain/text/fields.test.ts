import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readRows } from "../../../catalogue/rows";
import { catalogueApi } from "../../../domain/catalogue/openapi";
import { type OpenApiDocument, validator } from "../../../domain/http";
import { compileOperation } from "../../../domain/http/compileOperation";
import { orderApi } from "../../../domain/order/api/openapi";
import { temporaryFolder } from "../../kit/temporaryFolder";

/** Characters that every field refuses at every position. */
const REFUSED: Record<string, string> = {
  "U+0000": "\u0000",
  "U+0007, a C0 control": "\u0007",
  "U+007F": "\u007F",
  "U+0085, a line break": "\u0085",
  "U+009F, a C1 control": "\u009F",
  "U+2028, a line separator": "\u2028",
  "U+2029, a paragraph separator": "\u2029",
  "U+202A, a bidi embedding": "\u202A",
  "U+202E, a bidi override": "\u202E",
  "U+2066, a bidi isolate": "\u2066",
  "U+2069, the end of an isolate": "\u2069",
  "a lone high surrogate": "\uD83E",
  "a lone low surrogate": "\uDD5B",
  "U+FFFD, damaged text": "\uFFFD",
  "U+FFFE, a noncharacter": "\uFFFE",
  "U+FDD0, a noncharacter": "\uFDD0",
  "U+1FFFF, a noncharacter": "\u{1FFFF}",
};

/** Texts that a required field refuses, because they are invisible. */
const INVISIBLE: Record<string, string> = {
  nothing: "",
  spaces: " \u00A0\u3000",
  "zero-width spaces": "\u200B\u200B",
  "joiners alone": "\u200D\u200C",
  "a byte order mark": "\uFEFF",
  "soft hyphens": "\u00AD",
  "direction marks": "\u200E\u200F\u061C",
  "Hangul fillers": "\u3164\u115F",
  "variation selectors": "\uFE0F",
  "an empty Braille cell": "\u2800",
  tags: "\u{E0020}\u{E007F}",
};

const TAKEN: Record<string, string> = {
  "a Persian word with a ZWNJ": "می‌خواهم",
  "Indic words with joiners": "क्‍ष ශ්‍රී",
  "a family of emoji": "👨‍👩‍👧",
  "a flag of tags": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "an emoji with a variation selector": "❤️",
  "Hebrew with a direction mark": "שלום\u200F!",
  "combining marks that have no composed form": "x̌ọ́",
  "rare ideographs": "𠮷野家",
  "typographic signs": "O’Brien – “Ko”, №5",
};

type Place = (text: string) => unknown;

const order = (part: Record<string, unknown>) => ({
  lines: [{ productId: "kettle", quantity: 1 }],
  expectedTotal: { amount: 100, currency: "USD" },
  payment: { kind: "token", token: "tok_1" },
  ...part,
});
const contact = { email: "ada@example.com" };
const address = { name: "Ada", street: "1 Main St", city: "Springfield", postalCode: "12345", country: "US" };
const shipping = (field: string) => (text: string) => order({ contact, shipping: { ...address, [field]: text } });
const product = (part: Record<string, unknown>) => ({
  name: "Kettle",
  brand: "Pinegrove",
  category: "Kitchen",
  description: "",
  price: { amount: 100, currency: "USD" },
  availability: "in-stock",
  attributes: {},
  ...part,
});

/** Free text of one line, by pointer. */
const lines: { order: Record<string, Place>; product: Record<string, Place> } = {
  order: Object.fromEntries(
    ["name", "street", "city", "region", "postalCode"].map((field) => [`/shipping/${field}`, shipping(field)]),
  ),
  product: {
    ...Object.fromEntries(
      ["name", "brand", "category"].map((field) => [`/${field}`, (text: string) => product({ [field]: text })]),
    ),
    "/attributes/colour": (text) => product({ attributes: { colour: text } }),
  },
};

/** Fields that accept less or more than one line. */
const others: { order: Record<string, Place>; product: Record<string, Place> } = {
  order: {
    "/shipping/country": shipping("country"),
    "/contact/email": (text) => order({ shipping: address, contact: { email: `${text}@example.com` } }),
    "/contact/phone": (text) => order({ shipping: address, contact: { ...contact, phone: `+4915${text}` } }),
    "/payment/token": (text) => order({ shipping: address, contact, payment: { kind: "token", token: text } }),
    "/lines/0/productId": (text) =>
      order({ shipping: address, contact, lines: [{ productId: `a${text}b`, quantity: 1 }] }),
  },
  product: {
    "/description": (text) => product({ description: text }),
    "/image": (text) => product({ image: `/images/${text}.svg` }),
    "/attributes": (text) => product({ attributes: { [`a${text}b`]: "red" } }),
  },
};

/** Pointers of the violations of a body; none if it is accepted. */
function violations(document: OpenApiDocument, operationId: string, pathParameters: Record<string, string>) {
  const check = validator<unknown>(compileOperation(document, operationId));
  return (body: unknown) => {
    const result = check({
      body: Buffer.from(JSON.stringify(body)).toString("base64"),
      isBase64Encoded: true,
      headers: { "content-type": "application/json", "idempotency-key": "key-1" },
      rawQueryString: "",
      pathParameters,
    });
    if (result.ok) return { pointers: [] as string[], body: result.body };
    expect(result.response.statusCode).to.equal(422);
    const { errors } = JSON.parse(result.response.body!) as { errors: { pointer: string; detail: string }[] };
    return { pointers: errors.map(({ pointer }) => pointer), details: errors.map(({ detail }) => detail) };
  };
}

const checks = {
  order: violations(orderApi, "placeOrder", {}),
  product: violations(catalogueApi, "putProduct", { productId: "kettle" }),
};

describe("free text", () => {
  for (const api of ["order", "product"] as const) {
    for (const [pointer, place] of Object.entries({ ...lines[api], ...others[api] })) {
      it(`of ${api} ${pointer} has no controls, overrides, separators or broken characters`, () => {
        for (const [what, character] of Object.entries(REFUSED)) {
          expect(checks[api](place(`A${character}B`)).pointers, what).to.include(`#${pointer}`);
        }
      });
    }

    for (const [pointer, place] of Object.entries(lines[api])) {
      it(`of ${api} ${pointer} is visible`, () => {
        for (const [what, text] of Object.entries(INVISIBLE)) {
          expect(checks[api](place(text)).pointers, what).to.include(`#${pointer}`);
        }
      });
    }

    for (const [pointer, place] of Object.entries(lines[api])) {
      it(`of ${api} ${pointer} may be in any language`, () => {
        for (const [what, text] of Object.entries(TAKEN)) {
          expect(checks[api](place(text)).pointers, what).to.deep.equal([]);
        }
      });
    }
  }

  it("may have line breaks and tabs in a description, which may be empty", () => {
    for (const description of ["", "First line\r\nsecond line\tand more", ...Object.values(TAKEN)]) {
      expect(checks.product(product({ description })).pointers).to.deep.equal([]);
    }
  });

  it("is refused in words instead of a regular expression", () => {
    const { details } = checks.product(product({ name: "Kettle\u202E", description: "\u0085" }));
    expect(details).to.deep.equal([
      "must be one line with a visible character and no control, text direction, line separator or replacement characters and no broken ones (lone surrogates, noncharacters)",
      "must have no control, text direction, line separator or replacement characters and no broken ones (lone surrogates, noncharacters)",
    ]);
  });

  it("is trimmed and composed before it is checked and stored", () => {
    const name = " Cafe\u0301 \n";
    expect(checks.order(shipping("name")(name)).body).to.have.nested.property("shipping.name", "Café");
    expect(checks.product(product({ name })).body).to.have.property("name", "Café");
    // U+0958 becomes two characters when composed; the limit is that of the stored text.
    expect(checks.product(product({ brand: "\u0958".repeat(41) })).pointers).to.deep.equal(["#/brand"]);
  });

  it("is refused in a body that nests deeper than the stack", () => {
    const depth = 15_000;
    const check = validator(compileOperation(catalogueApi, "putProduct"));
    const result = check({
      body: `{"name":${"[".repeat(depth)}${"]".repeat(depth)}}`,
      isBase64Encoded: false,
      headers: { "content-type": "application/json" },
      rawQueryString: "",
      pathParameters: { productId: "kettle" },
    });
    expect(result).to.have.nested.property("response.statusCode", 422);
  });

  describe("in an import", () => {
    let directory: string;
    beforeEach(() => {
      directory = temporaryFolder("stayopen-text");
    });

    const rowsOf = async (name: string, content: string) => {
      const path = join(directory, name);
      writeFileSync(path, content);
      const rows: string[] = [];
      for await (const row of readRows(path)) {
        rows.push(`${row.line}: ${row.ok ? "" : row.reasons.map((reason) => reason.split(" ", 1)[0])}`);
      }
      return rows;
    };
    const jsonLine = (content: unknown) => `${JSON.stringify({ productId: "kettle", ...(content as object) })}\n`;

    for (const [pointer, place] of Object.entries({
      ...lines.product,
      "/description": others.product["/description"]!,
    })) {
      const field = pointer.slice(1).replace("/", ".");

      it(`is refused in ${field} of JSON Lines with the line`, async () => {
        for (const [what, character] of Object.entries(REFUSED)) {
          const rows = await rowsOf("a.jsonl", jsonLine(place("fine")) + jsonLine(place(`A${character}B`)));
          expect(rows, what).to.deep.equal(["1: ", `2: ${field}`]);
        }
      });

      it(`is refused in ${field} of CSV with the line`, async () => {
        const columns = ["name", "brand", "category", "description", "attribute:colour"];
        const column = field.replace("attributes.", "attribute:");
        const row = (text: string) =>
          ["kettle", "1.00", "USD", ...columns.map((name) => (name === column ? `"${text}"` : "fine"))].join(",");
        const header = ["productId", "price", "currency", ...columns].join(",");
        for (const [what, character] of Object.entries(REFUSED)) {
          const rows = await rowsOf("a.csv", `${header}\n${row("fine")}\n${row(`A${character}B`)}\n`);
          expect(rows, what).to.deep.equal(["2: ", `3: ${field}`]);
        }
      });
    }

    it("is trimmed and composed", async () => {
      const path = join(directory, "a.jsonl");
      writeFileSync(path, jsonLine(product({ name: " Cafe\u0301 ", attributes: { colour: "rose\u0301 " } })));
      for await (const row of readRows(path)) {
        expect(row).to.have.nested.property("content.name", "Café");
        expect(row).to.have.nested.property("content.attributes.colour", "rosé");
      }
    });
  });
});
