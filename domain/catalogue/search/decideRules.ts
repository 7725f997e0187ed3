import { isDeepStrictEqual } from "node:util";
import { rulesOf, SEARCH_RULES_ID, type SearchRules, type StoredRules } from "./searchRules";

/** Result of checking requested rules. */
export type RulesDecision =
  | { kind: "write"; rules: StoredRules; replaces: number | undefined }
  | { kind: "unchanged"; rules: StoredRules }
  | { kind: "conflict"; currentVersion: number }
  | { kind: "elsewhere"; homeRegion: string };

/**
 * Decides whether rules are replaced. A repeated request finds its own change and changes nothing.
 *
 * @param expected the version that the caller read; 0 if there were none.
 */
export function decideRules(
  rules: SearchRules,
  current: StoredRules | undefined,
  expected: number,
  { region, now }: { region: string; now: string },
): RulesDecision {
  if (current && current.homeRegion !== region) return { kind: "elsewhere", homeRegion: current.homeRegion };
  const version = current?.version ?? 0;
  const content = rulesOf(rules);
  const isRepeated = expected === version || expected === version - 1;
  if (current && isRepeated && isDeepStrictEqual(rulesOf(current), content)) {
    return { kind: "unchanged", rules: current };
  }
  if (expected !== version) return { kind: "conflict", currentVersion: version };
  const stored = { productId: SEARCH_RULES_ID, ...content, version: version + 1, homeRegion: region, updatedAt: now };
  return { kind: "write", rules: stored as StoredRules, replaces: current?.version };
}
