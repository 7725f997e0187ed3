/**
 * Matches a path against a behaviour's pattern by CloudFront's rules: `*` stands for any characters, `?` for one, case matters, and
 * a missing leading slash is added.
 *
 * @example
 * matchesPath("/api/orders*", "/api/orders/o-1"); // true
 */
export function matchesPath(pattern: string, path: string): boolean {
  const whole = pattern.startsWith("/") ? pattern : `/${pattern}`;
  const expression = whole.replace(/[.+^${}()|[\]\\*?]/g, (character) => {
    if (character === "*") return ".*";
    return character === "?" ? "." : `\\${character}`;
  });
  return new RegExp(`^${expression}$`, "s").test(path);
}
