/** What a password needs: the user pool enforces it, the storefront says it beforehand. */
export const PASSWORD_POLICY = {
  minimumLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: false,
} as const;

/**
 * What the password lacks, in words that follow "Your password needs"; empty when it is good.
 *
 * @example
 * missingIn("short"); // ["at least 12 characters", "an upper-case letter", "a digit"]
 */
export function missingIn(password: string): string[] {
  const rules: [met: boolean, words: string][] = [
    [password.length >= PASSWORD_POLICY.minimumLength, `at least ${PASSWORD_POLICY.minimumLength} characters`],
    [/[a-z]/.test(password), "a lower-case letter"],
    [/[A-Z]/.test(password), "an upper-case letter"],
    [/[0-9]/.test(password), "a digit"],
  ];
  return rules.filter(([met]) => !met).map(([, words]) => words);
}
