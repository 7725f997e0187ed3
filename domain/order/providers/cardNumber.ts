/** Card numbers (ISO/IEC 7812). Imports no package, because the storefront imports this file. */

/** The digits of a card number: 12 to 19. The page, the payment step and the local payment provider use the same range. */
export const CARD_NUMBER_PATTERN = "^[0-9]{12,19}$";

/** True if these digits are a card number: the right length, and a check digit (Luhn) that fits the others. */
export function isCardNumber(digits: string): boolean {
  if (!new RegExp(CARD_NUMBER_PATTERN).test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, character, index) => {
    const digit = Number(character) * (index % 2 === 1 ? 2 : 1);
    return total + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return sum % 10 === 0;
}

/**
 * First digits and lengths of issuers' numbers. One number in ten has a valid check digit, so length and first digits keep
 * other numbers from being taken for cards. Visa's 13 digits are omitted: they are no longer issued, and article numbers
 * (GTIN) and German mobile numbers look the same.
 */
const ISSUED = [
  /^4(\d{15}|\d{18})$/, // Visa
  /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)\d*$(?<=^\d{16})/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(0[0-59]|[689])\d*$(?<=^(\d{14}|\d{16,19}))/, // Diners Club
  /^35(2[89]|[3-8])\d*$(?<=^\d{16,19})/, // JCB
  /^(50|5[6-8]|6)\d*$(?<=^\d{16,19})/, // Discover, UnionPay, Maestro
];

/** Digits, alone or in groups: at most two blanks, dots, dashes or slashes stand between two digits. */
const GROUPS_OF_DIGITS = /\d(?:[\s./\u00ad\u2010-\u2015-]{0,2}\d)*/g;

/** True if a text contains a card number, written in one piece or in groups, with other numbers beside it or not. */
export function hasCardNumber(text: string): boolean {
  // Full-width digits are digits.
  return (text.normalize("NFKC").match(GROUPS_OF_DIGITS) ?? []).some((run) => {
    const groups = run.match(/\d+/g) ?? [];
    return groups.some((_, first) => {
      let digits = "";
      for (const group of groups.slice(first)) {
        digits += group;
        if (digits.length > 19) return false;
        if (ISSUED.some((pattern) => pattern.test(digits)) && isCardNumber(digits)) return true;
      }
      return false;
    });
  });
}

/**
 * JSON pointers (`#/shipping/street`) to the texts in a value that have a card number in them.
 *
 * A customer who types their card into the wrong field would have it stored in clear, in backups and mails too.
 */
export function pointersToCardNumbers(value: unknown, pointer = "#"): string[] {
  if (typeof value === "string") return hasCardNumber(value) ? [pointer] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => pointersToCardNumbers(inner, `${pointer}/${name}`));
}
