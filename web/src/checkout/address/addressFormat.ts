import type { Address } from "../../../../domain/order/items";

/** Countries that write the postal code after the city, and those that give it a line. Others write it before the city. */
const AFTER_CITY = new Set("AU BR CA ID IN KR NZ SA TH TW US".split(" "));
const OWN_LINE = new Set("GB IE HU ZA".split(" "));

/** Countries whose addresses have no region: the postal code says it. */
const WITHOUT_REGION = new Set(
  "AT BE BG CH CY CZ DE DK EE FI FR GR HR HU LI LT LU LV MC MT NL NO PL PT RO SE SG SI SK".split(" "),
);

export const hasRegion = (country: string): boolean => !WITHOUT_REGION.has(country);

/**
 * Lines of an address as its country writes them, with the country's name in the reader's language.
 *
 * @example
 * formatAddress({ name: "Ada Example", street: "Main Street 1", city: "Springfield", region: "IL", postalCode: "62701", country: "US" }, "de");
 * // ["Ada Example", "Main Street 1", "Springfield, IL 62701", "Vereinigte Staaten"]
 */
export function formatAddress(address: Address, locale: string): string[] {
  const { name, street, country } = address;
  const countryName = new Intl.DisplayNames(locale, { type: "region" }).of(country) ?? country;
  return [name, street, ...placeLines(address), countryName];
}

function placeLines({ city, postalCode, region = "", country }: Address): string[] {
  if (OWN_LINE.has(country)) return [city, region, postalCode].filter(Boolean);
  if (AFTER_CITY.has(country)) return [`${[city, region].filter(Boolean).join(", ")} ${postalCode}`];
  return [`${postalCode} ${city}`, region].filter(Boolean);
}
