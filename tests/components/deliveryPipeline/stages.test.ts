import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { RELEASE_STAGES, STAGE_SCRIPTS } from "../../../components/deliveryPipeline/stages";

describe("RELEASE_STAGES", () => {
  const root = join(__dirname, "..", "..", "..");
  const at = (stage: string) => RELEASE_STAGES.findIndex(({ name }) => name === stage);

  it("run scripts of this repository", () => {
    const missing = STAGE_SCRIPTS.filter((script) => !existsSync(join(root, script.split(" ")[0]!)));
    expect(missing).to.deep.equal([]);
  });

  it("write to production only after the approval, the Regions one after the other", () => {
    const writing = RELEASE_STAGES.flatMap(({ actions }, index) =>
      actions.some(({ runner }) => runner === "production-deploy") ? [index] : [],
    );
    expect(writing).to.deep.equal([at("FirstRegion"), at("SecondRegion")]);
    expect(at("Approval")).to.be.above(at("Preview")).and.below(at("FirstRegion"));
  });

  it("test each Region after its update", () => {
    for (const stage of ["FirstRegion", "SecondRegion"]) {
      expect(RELEASE_STAGES[at(stage)]!.actions.map(({ name }) => name)).to.deep.equal(["Up", "SmokeTest", "Bake"]);
    }
  });
});
