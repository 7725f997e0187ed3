/** A statement of a policy document. */
export interface PolicyStatement {
  Effect: "Allow" | "Deny";
  Action?: string[];
  NotAction?: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}
