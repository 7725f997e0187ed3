/** The sentence by which an alarm names its runbook; `docs/runbooks` has a page of each name. */
export const runbook = (name: string, base = ""): string => `Runbook: ${base}docs/runbooks/${name}.md`;
