/** Requirements of a password: the user pool enforces them, the storefront shows them. */
export const PASSWORD_POLICY = {
  minimumLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: false,
} as const;

/**
 * Lists the requirements that the password misses, as words that follow "Your password needs".
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
