import { MAX_PRICE_AMOUNT } from "../../domain/catalogue/product";
import { minorDigits } from "../../domain/money";
import { isPercent, METHOD_ID_PATTERN, type ShippingMethod, type TaxRate, type TaxRules } from "../../domain/order";
import type { ArgumentChecks, TextFormat } from "../arguments/checks";
import type { OrderServiceArgs } from "./args";

/**
 * Checks shipping methods and taxes. Their functions are checked when they return.
 *
 * @throws {pulumi.RunError} for the first value that is out of range.
 */
export function validateCharges(
  checks: ArgumentChecks,
  { shippingMethods, tax }: Pick<OrderServiceArgs, "shippingMethods" | "tax">,
): void {
  if (shippingMethods !== undefined) validateMethods(checks, shippingMethods);
  if (tax !== undefined) validateTax(checks, tax);
}

function validateMethods(checks: ArgumentChecks, methods: readonly ShippingMethod[]): void {
  requireList(checks, "shippingMethods", methods);
  for (const [index, method] of methods.entries()) {
    const argument = `shippingMethods[${index}]`;
    checks.fields(argument, method, METHOD_FIELDS);
    const { id, name, price, freeFrom, countries, deliveryDays } = method;
    checks.text({ [`${argument}.id`]: id ?? null }, METHOD_ID);
    checks.text({ [`${argument}.name`]: name ?? null }, NAME);
    if (typeof price !== "function") validateAmounts(checks, `${argument}.price`, price);
    if (freeFrom !== undefined) validateAmounts(checks, `${argument}.freeFrom`, freeFrom);
    validateCountries(checks, argument, countries);
    if (deliveryDays === undefined) continue;
    if (!Array.isArray(deliveryDays) || deliveryDays.length !== 2) {
      const state = `is ${JSON.stringify(deliveryDays)}`;
      throw checks.violation(`${argument}.deliveryDays`, state, "be the least and the most days, such as [3, 5]");
    }
    const [least, most] = deliveryDays;
    checks.wholeNumber({ [`${argument}.deliveryDays[0]`]: least }, [0, 365]);
    checks.wholeNumber({ [`${argument}.deliveryDays[1]`]: most }, [least, 365]);
  }
  const ids = methods.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw checks.violation("shippingMethods", `has "${repeated}" twice`, "name each method once");
  }
}

function validateTax(checks: ArgumentChecks, tax: TaxRules): void {
  checks.fields("tax", tax, TAX_FIELDS);
  checks.oneOf({ "tax.pricesIncludeTax": tax.pricesIncludeTax ?? null }, [true, false]);
  requireList(checks, "tax.rates", tax.rates);
  for (const [index, rate] of tax.rates.entries()) {
    const argument = `tax.rates[${index}]`;
    checks.fields(argument, rate, RATE_FIELDS);
    checks.text({ [`${argument}.name`]: rate.name ?? null }, NAME);
    if (typeof rate.percent !== "function" && !isPercent(rate.percent)) {
      const rule = "be a percentage from 0 to 100 with at most four decimals, or a function";
      throw checks.violation(`${argument}.percent`, `is ${JSON.stringify(rate.percent)}`, rule);
    }
    validateCountries(checks, argument, rate.countries);
    if (rate.categories === undefined) continue;
    requireList(checks, `${argument}.categories`, rate.categories);
    for (const [place, category] of rate.categories.entries()) {
      checks.text({ [`${argument}.categories[${place}]`]: category }, CATEGORY);
    }
  }
}

function requireList(checks: ArgumentChecks, argument: string, list: readonly unknown[]): void {
  if (!Array.isArray(list)) throw checks.violation(argument, `is ${JSON.stringify(list)}`, "be a list");
  checks.notEmpty({ [argument]: list }, "have an entry, or be left out");
}

function validateAmounts(checks: ArgumentChecks, argument: string, amounts: Readonly<Record<string, number>>): void {
  if (typeof amounts !== "object" || amounts === null) {
    const rule = "be minor units by currency, such as { EUR: 490 }";
    throw checks.violation(argument, `is ${JSON.stringify(amounts)}`, rule);
  }
  checks.notEmpty({ [argument]: amounts }, "have a currency");
  for (const [currency, amount] of Object.entries(amounts)) {
    if (minorDigits(currency) === undefined) {
      throw checks.violation(argument, `names "${currency}"`, "name currencies by ISO 4217, in upper case");
    }
    checks.wholeNumber({ [`${argument}.${currency}`]: amount ?? null }, [0, MAX_PRICE_AMOUNT]);
  }
}

function validateCountries(checks: ArgumentChecks, argument: string, countries: readonly string[] | undefined): void {
  if (countries === undefined) return;
  requireList(checks, `${argument}.countries`, countries);
  for (const [index, country] of countries.entries()) {
    checks.text({ [`${argument}.countries[${index}]`]: country }, COUNTRY);
  }
}

const METHOD_ID: TextFormat = {
  pattern: new RegExp(METHOD_ID_PATTERN),
  description: "small letters, digits and hyphens, at most 40",
};
const NAME: TextFormat = { pattern: /^\S(.{0,58}\S)?$/, description: "a name of at most 60 characters" };
const CATEGORY: TextFormat = { pattern: /\S/, description: "a category of the catalogue" };
const COUNTRY: TextFormat = { pattern: /^[A-Z]{2}$/, description: "an ISO 3166-1 alpha-2 code, such as DE" };

const METHOD_FIELDS: Record<keyof ShippingMethod, true> = {
  id: true,
  name: true,
  price: true,
  freeFrom: true,
  countries: true,
  deliveryDays: true,
};
const TAX_FIELDS: Record<keyof TaxRules, true> = { pricesIncludeTax: true, rates: true, shippingCategory: true };
const RATE_FIELDS: Record<keyof TaxRate, true> = { name: true, percent: true, countries: true, categories: true };
