import { matchesWildcards } from "../wildcards";

/**
 * Matches a path against a behaviour's pattern by CloudFront's rules: `*` stands for any characters, `?` for one, case matters, and
 * a missing leading slash is added.
 *
 * @example
 * matchesPath("/api/orders*", "/api/orders/o-1"); // true
 */
export function matchesPath(pattern: string, path: string): boolean {
  return matchesWildcards(pattern.startsWith("/") ? pattern : `/${pattern}`, path);
}
