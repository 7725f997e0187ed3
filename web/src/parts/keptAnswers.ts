import type { QueryClient } from "@tanstack/react-query";

/** Id of the element with the answers from which a page was rendered beforehand. */
export const ANSWERS_ID = "answers";

/** Key of a query, and its answer. */
export type KeptAnswer = [key: readonly string[], answer: unknown];

/** Milliseconds since 1970: the page shows the answers at once, and asks again. */
const LONG_AGO = 1;

/** Gives the answers from which the page was rendered to the queries, so that the page begins with its content. */
export function showKeptAnswers(queryClient: QueryClient): void {
  const kept = document.getElementById(ANSWERS_ID)?.textContent;
  if (!kept) return;
  for (const [key, answer] of JSON.parse(kept) as KeptAnswer[]) {
    queryClient.setQueryData(key, answer, { updatedAt: LONG_AGO });
  }
}
