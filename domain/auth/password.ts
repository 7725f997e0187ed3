/** Requirements of a password: the user pool enforces them, the storefront shows them. */
export const PASSWORD_POLICY = {
  minimumLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: false,
} as const;

export type PasswordNeed = "length" | "lowercase" | "uppercase" | "digit";

/**
 * Lists the requirements that the password misses.
 *
 * @example
 * missingIn("short"); // ["length", "uppercase", "digit"]
 */
export function missingIn(password: string): PasswordNeed[] {
  const rules: [met: boolean, need: PasswordNeed][] = [
    [password.length >= PASSWORD_POLICY.minimumLength, "length"],
    [/[a-z]/.test(password), "lowercase"],
    [/[A-Z]/.test(password), "uppercase"],
    [/[0-9]/.test(password), "digit"],
  ];
  return rules.filter(([met]) => !met).map(([, need]) => need);
}
