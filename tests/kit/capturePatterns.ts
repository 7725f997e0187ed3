import { expect } from "chai";
import type { AnyFunction } from "../../components/inlineFunction/bundle/closures";
import { buildDirectory, bundled } from "./bundles";

type Factory = () => (event: never) => unknown;

const directory = buildDirectory();
const started: (() => void)[] = [];

/** Starts all bundles of a suite with the first one, as a stack does. */
function together(factory: Factory): () => ReturnType<typeof bundled<unknown>> {
  let made: ReturnType<typeof bundled<unknown>> | undefined;
  const start = () => {
    made ??= bundled<unknown>(factory as AnyFunction, directory);
    made.catch(() => undefined); // awaited by its own test
    return made;
  };
  started.push(start);
  return () => {
    for (const other of started.splice(0)) other();
    return start();
  };
}

/** Tests that a capture has the same result in a bundle as in a direct call. */
export function right(title: string, factory: Factory, expected: unknown, event?: unknown): void {
  const run = together(factory);
  it(title, async () => {
    const { handler } = await run();
    expect(await handler(event)).to.deep.equal(expected);
  });
}

/** Tests that a capture is refused with a matching sentence. */
export function refused(title: string, factory: Factory, sentence: RegExp): void {
  const run = together(factory);
  it(title, async () => {
    const error: unknown = await run().then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error, "the bundle was made").to.be.instanceOf(Error);
    expect((error as Error).message)
      .to.match(/^InlineFunction "subject": /)
      .and.to.match(sentence);
  });
}
