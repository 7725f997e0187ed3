import { useState } from "react";

/** State of a form's latest action. */
export interface ActionState {
  isBusy: boolean;
  error?: string;
  clearError(): void;
  /** Runs an action and keeps its error as a sentence. */
  run(action: () => Promise<void>): void;
}

export function useAction(describe: (error: unknown) => string): ActionState {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string>();
  const perform = async (action: () => Promise<void>) => {
    setIsBusy(true);
    setError(undefined);
    try {
      await action();
    } catch (failure) {
      setError(describe(failure));
    } finally {
      setIsBusy(false);
    }
  };
  return { isBusy, error, clearError: () => setError(undefined), run: (action) => void perform(action) };
}
