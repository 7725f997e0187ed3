import { expect } from "chai";
import { ESCALATIONS, type Made, make, NEEDED } from "../../kit/environmentRolesStand";
import { isPermitted, type Statement } from "../../kit/isPermitted";

describe("EnvironmentRoles", function () {
  this.timeout(120_000);
  let made: Made;
  before(async () => {
    made = await make();
  });

  describe("the boundary", () => {
    it("keeps a role with every permission from the deploying role's actions, state and secrets", () => {
      const everything: Statement[] = [{ Effect: "Allow", Action: "*", Resource: "*" }];
      const all = { ...ESCALATIONS, "decrypts the secrets": NEEDED["decrypts the secrets"]! };
      for (const [path, call] of Object.entries(all)) {
        expect(isPermitted(call, everything, made.boundary), path).to.equal(false);
      }
      for (const path of ["makes a role with the boundary", "passes a role to a function", "changes a function"]) {
        expect(isPermitted(NEEDED[path]!, everything, made.boundary), path).to.equal(false);
      }
    });
  });
});
