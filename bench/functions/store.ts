import * as inline from "../../components/inlineFunction/inlineFunction";
import { inMockedStack } from "../mockedStack";

/** A function of the store's program with its environment. */
export interface StoreFunction {
  name: string;
  made: inline.InlineFunction;
  environment: Record<string, string>;
}

/** Evaluates the program of a stack with mocked resources and returns its inline functions. */
export async function functionsOfTheStore(stack: string): Promise<StoreFunction[]> {
  const made: (Omit<StoreFunction, "environment"> & { variables: string[] })[] = [];
  const environments = new Map<string, Record<string, string>>();
  // Components create their functions with this export.
  const { InlineFunction } = inline;
  (inline as { InlineFunction: unknown }).InlineFunction = class extends InlineFunction {
    public constructor(...args: ConstructorParameters<typeof InlineFunction>) {
      super(...args);
      made.push({ name: args[0], made: this, variables: Object.keys(args[1].environment ?? {}) });
    }
  };
  await inMockedStack(
    stack,
    () => require("../../index"),
    (type, name, { environment }) => {
      const { variables = {} } = (environment ?? {}) as { variables?: Record<string, string> };
      if (type === "aws:lambda/function:Function") environments.set(name, variables);
    },
  );
  return made.map(({ variables, ...f }) => {
    const madeUp = Object.fromEntries(variables.map((name) => [name, "made-up"]));
    return { ...f, environment: { ...madeUp, ...environments.get(`${f.name}-function`) } };
  });
}
