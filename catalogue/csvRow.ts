import type { AttributeValue, Product } from "../domain/catalogue/product";
import { minorDigits, toMajorUnits } from "../domain/money";

const REQUIRED = ["productId", "name", "brand", "category", "price", "currency"] as const;
const OPTIONAL = ["description", "availability", "maxPerOrder", "counted", "group", "image"] as const;
const ATTRIBUTE_PREFIX = "attribute:";

/** Returns the required columns that a header lacks. */
export function missingColumns(header: string[]): string[] {
  return REQUIRED.filter((name) => !header.includes(name));
}

/**
 * Converts a CSV row to a product's content, unchecked. `price` is in major units (`19.90`), attributes are columns named
 * `attribute:NAME`, an empty field is absent. Without `availability` a product is in stock.
 */
export function contentOfRow(row: Record<string, string>): Record<string, unknown> {
  const field = (name: string) => fromCell(row[name]?.trim() ?? "") || undefined;
  const maxPerOrder = field("maxPerOrder");
  const counted = field("counted");
  const attributes = Object.keys(row)
    .filter((name) => name.startsWith(ATTRIBUTE_PREFIX) && field(name) !== undefined)
    .map((name) => [name.slice(ATTRIBUTE_PREFIX.length), attributeValue(field(name)!)]);
  return {
    name: field("name"),
    brand: field("brand"),
    category: field("category"),
    description: field("description") ?? "",
    price: { amount: toMinorUnits(field("price"), field("currency")), currency: field("currency") },
    availability: field("availability") ?? "in-stock",
    ...(maxPerOrder !== undefined && { maxPerOrder: Number(maxPerOrder) }),
    ...(counted !== undefined && { counted: attributeValue(counted) }),
    attributes: Object.fromEntries(attributes),
    ...(field("group") && { group: field("group") }),
    ...(field("image") && { image: field("image") }),
  };
}

/** Returns the units that a row delivers; `undefined` without a column `stock`, or with an empty field. */
export function stockOfRow(row: Record<string, string>): unknown {
  const text = row["stock"]?.trim() || undefined;
  return text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : text;
}

/** Returns what is wrong with a row's price as written in the file; empty if it is valid. */
export function priceReason(row: Record<string, string>): string[] {
  const [price, currency] = [row["price"]?.trim() ?? "", row["currency"]?.trim() ?? ""];
  if (minorDigits(currency) === undefined) return [`currency "${currency}" is not a currency of ISO 4217, such as USD`];
  if (Number.isNaN(toMinorUnits(price, currency)))
    return [`price "${price}" is not an amount of ${currency}, such as 19`];
  return [];
}

/** Returns the columns for products with these attributes. */
export function columnsFor(attributeNames: Iterable<string>): string[] {
  return [...REQUIRED, ...OPTIONAL, ...[...attributeNames].sort().map((name) => ATTRIBUTE_PREFIX + name)];
}

/** Returns the fields of a product in the order of the columns. */
export function fieldsOf(product: Product, columns: string[]): string[] {
  const { price, ...rest } = product;
  const fields: Record<string, unknown> = {
    ...rest,
    price: formatPrice(price),
    currency: price.currency,
    ...Object.fromEntries(
      Object.entries(product.attributes).map(([name, value]) => [ATTRIBUTE_PREFIX + name, String(value)]),
    ),
  };
  return columns.map((column) => toCell(String(fields[column] ?? "")));
}

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/**
 * Marks a text that a spreadsheet would run as a formula, such as a supplier's name `=HYPERLINK(…)`, with an apostrophe, which the
 * spreadsheet doesn't show. Numbers stay. https://owasp.org/www-community/attacks/CSV_Injection
 */
const toCell = (text: string): string => (/^'*[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text);

/** Undoes `toCell`. */
const fromCell = (text: string): string => (/^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

/** Converts major units to minor ones: `19.9` USD to 1990. By digits, because arithmetic would round. NaN if it is no price. */
function toMinorUnits(price: string | undefined, currency: string | undefined): number {
  const digits = minorDigits(currency ?? "");
  const match = /^(\d{1,9})(?:\.(\d+))?$/.exec(price ?? "");
  if (!match || digits === undefined) return Number.NaN;
  const [, whole, fraction = ""] = match;
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) return Number.NaN;
  return Number(whole + fraction.slice(0, digits).padEnd(digits, "0"));
}

function formatPrice(price: Product["price"]): string {
  // Without the number of digits, an import would read another amount.
  if (minorDigits(price.currency) === undefined)
    throw new Error(`"${price.currency}" is not a currency of ISO 4217: correct the product's price.`);
  return toMajorUnits(price);
}

function attributeValue(text: string): AttributeValue {
  if (text === "true" || text === "false") return text === "true";
  // 007 and 1e3 are names, not quantities.
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) && Number.isSafeInteger(Math.trunc(Number(text))) ? Number(text) : text;
}
