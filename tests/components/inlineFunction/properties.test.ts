import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as fc from "fast-check";
import { bundle } from "../../../components/inlineFunction/bundle/bundle";
import { anyCharacter } from "../../kit/anyCharacter";
import { buildDirectory, known, load } from "../../kit/bundles";

/** Plain data of any depth, which capture by value must preserve. */
const plainData = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: anyCharacter }),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.constantFrom(null, undefined, true, false, -0),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: anyCharacter, maxLength: 6 }), tie("value"), { maxKeys: 4 }),
  ),
})).value;

/** A random pure function over captured data. */
const pureFunctions: ((data: unknown) => (n: number) => unknown)[] = [
  (data) => (n) => [n, data],
  (data) => (n) => (Array.isArray(data) ? data.map((d, i) => [i * n, d]) : { n, data }),
  (data) => {
    const summary = (value: unknown): string =>
      typeof value === "object" ? Object.keys(value ?? {}).join() : typeof value;
    return (n) => summary(data).repeat(n % 3);
  },
  (data) => {
    const both = { first: data, second: [data] };
    return (n) => (n % 2 === 0 ? both.first : both.second[0]);
  },
  (data) =>
    function fold(n: number): unknown {
      return n <= 0 ? data : [fold(n - 1)];
    },
];

// This file loads Pulumi, so that the functions above are copied, not imported.
const pulumiIsLoaded = pulumi.output(true);

describe("a bundled pure function", function () {
  this.timeout(180_000);
  const directory = buildDirectory();

  it("returns the same results as a direct call, for random captured data", async () => {
    const cases = fc.sample(fc.tuple(plainData, fc.nat({ max: pureFunctions.length - 1 }), fc.nat({ max: 5 })), {
      numRuns: 60,
      seed: Number(process.env["SEED"] ?? 20_260_101),
    });
    expect(await known(pulumiIsLoaded)).to.equal(true);
    await Promise.all(
      cases.map(async ([data, make, n], i) => {
        const pure = pureFunctions[make]?.(data) ?? (() => undefined);
        const { file } = await known(bundle(() => pure, { name: `random-${i}`, directory }));
        expect(load(file)(n as never), `function ${make} of ${fc.stringify(data)}`).to.deep.equal(pure(n));
      }),
    );
  });
});
