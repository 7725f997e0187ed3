import { text } from "../../texts/texts";

/** Postal codes of the countries that use them everywhere, in upper case, with an example. */
const RULES: Readonly<Record<string, [pattern: RegExp, example: string]>> = {
  AT: [/^\d{4}$/, "1010"],
  AU: [/^\d{4}$/, "2000"],
  BE: [/^\d{4}$/, "1000"],
  BG: [/^\d{4}$/, "1000"],
  BR: [/^\d{5}-?\d{3}$/, "01310-100"],
  CA: [/^[A-Z]\d[A-Z] ?\d[A-Z]\d$/, "K1A 0B1"],
  CH: [/^\d{4}$/, "8001"],
  CN: [/^\d{6}$/, "100000"],
  CY: [/^\d{4}$/, "1010"],
  CZ: [/^\d{3} ?\d{2}$/, "110 00"],
  DE: [/^\d{5}$/, "10115"],
  DK: [/^\d{4}$/, "1050"],
  EE: [/^\d{5}$/, "10111"],
  ES: [/^\d{5}$/, "28001"],
  FI: [/^\d{5}$/, "00100"],
  FR: [/^\d{5}$/, "75001"],
  GB: [/^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/, "SW1A 1AA"],
  GR: [/^\d{3} ?\d{2}$/, "104 31"],
  HR: [/^\d{5}$/, "10000"],
  HU: [/^\d{4}$/, "1011"],
  IN: [/^\d{3} ?\d{3}$/, "110001"],
  IT: [/^\d{5}$/, "00118"],
  JP: [/^\d{3}-?\d{4}$/, "100-0001"],
  KR: [/^\d{5}$/, "03051"],
  LI: [/^\d{4}$/, "9490"],
  LT: [/^(LT-?)?\d{5}$/, "LT-01100"],
  LU: [/^(L-?)?\d{4}$/, "1009"],
  LV: [/^(LV-?)?\d{4}$/, "LV-1001"],
  MX: [/^\d{5}$/, "01000"],
  NL: [/^\d{4} ?[A-Z]{2}$/, "1011 AB"],
  NO: [/^\d{4}$/, "0150"],
  NZ: [/^\d{4}$/, "6011"],
  PL: [/^\d{2}-?\d{3}$/, "00-001"],
  PT: [/^\d{4}-?\d{3}$/, "1000-001"],
  RO: [/^\d{6}$/, "010011"],
  SE: [/^\d{3} ?\d{2}$/, "111 20"],
  SG: [/^\d{6}$/, "018956"],
  SI: [/^\d{4}$/, "1000"],
  SK: [/^\d{3} ?\d{2}$/, "811 01"],
  US: [/^\d{5}(-?\d{4})?$/, "10001"],
};

/** Sentence on what is wrong with the postal code; countries without a rule take any. */
export function validatePostalCode(postalCode: string, country: string): string | undefined {
  const [pattern, example] = RULES[country] ?? [];
  if (postalCode.trim() === "" || !pattern || pattern.test(postalCode.trim().toUpperCase())) return undefined;
  return text.checkout.postalCodeError(example ?? "");
}
