/** ISO 3166-1 alpha-2 codes of the countries that the store delivers to. */
const CODES =
  "AD AE AG AL AM AR AT AU AZ BA BB BD BE BG BH BN BO BR BS BW BZ CA CH CL CN CO CR CY CZ DE DK DM DO DZ EC EE EG ES FI FJ FR GB GD GE GH GR GT GY HK HN HR HU ID IE IL IN IS IT JM JO JP KE KH KN KR KW KZ LA LB LC LI LK LT LU LV MA MC MD ME MG MK MN MO MT MU MV MX MY MZ NA NG NI NL NO NP NZ OM PA PE PG PH PK PL PT PY QA RO RS RW SA SC SE SG SI SK SM SN SR SV TH TN TR TT TW TZ UA UG US UY UZ VC VN ZA ZM ZW".split(
    " ",
  );

/** Countries in the order of their names in this locale. */
export function listCountries(locale: string): { code: string; name: string }[] {
  const names = new Intl.DisplayNames(locale, { type: "region" });
  return CODES.map((code) => ({ code, name: names.of(code) ?? code })).sort((a, b) =>
    a.name.localeCompare(b.name, locale),
  );
}

/** Country of the browser's language. */
export function guessCountry(): string {
  const region = new Intl.Locale(navigator.language).maximize().region;
  return region && CODES.includes(region) ? region : "US";
}
