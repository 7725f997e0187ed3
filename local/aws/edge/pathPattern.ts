/**
 * Whether a path matches a behaviour's pattern, as CloudFront has it: `*` stands for any characters, `?` for one, case counts,
 * and a missing slash at the beginning is added.
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
