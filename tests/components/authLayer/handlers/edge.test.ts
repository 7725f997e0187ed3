import { expect } from "chai";
import { createEdgeCheck, hashOfEdgeSecret } from "../../../../components/authLayer/handlers/edge";

const OLD = "a".repeat(32);
const NEW = "b".repeat(32);

/** `stayopen:edgeSecrets` at each step of a rotation, as docs/security.md describes them. */
const STEPS = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]];

const checkOf = (secrets: string[]) => createEdgeCheck(secrets.map(hashOfEdgeSecret));

describe("createEdgeCheck", () => {
  it("accepts each of the secrets, and neither another value nor none", () => {
    const isFromEdge = checkOf([OLD, NEW]);
    expect([OLD, NEW].map(isFromEdge)).to.deep.equal([true, true]);
    expect([undefined, "", "c".repeat(32), `${OLD},${NEW}`, hashOfEdgeSecret(OLD)].map(isFromEdge)).to.deep.equal([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("accepts CloudFront's requests throughout a rotation, whichever stack or distribution is updated first", () => {
    for (const [step, secrets] of STEPS.entries()) {
      // CloudFront's edges and the other Region may be one step behind or ahead.
      for (const other of STEPS.slice(Math.max(0, step - 1), step + 2)) {
        expect(checkOf(secrets)(other[0]), `${secrets} receives the first of ${other}`).to.equal(true);
      }
    }
  });

  it("refuses the old secret after the rotation", () => {
    expect(checkOf(STEPS.at(-1)!)(OLD)).to.equal(false);
  });
});
