import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { SIGN_IN_OPERATIONS } from "../../../domain/auth";

describe("SIGN_IN_OPERATIONS", () => {
  it("lets through no operation that the storefront does not call", () => {
    const folder = join(__dirname, "../../../web/src");
    const sources = globSync("**/*.{ts,tsx}", { cwd: folder }).map((file) => readFileSync(join(folder, file), "utf8"));
    for (const operation of SIGN_IN_OPERATIONS) {
      expect(
        sources.some((source) => source.includes(`"${operation}"`)),
        operation,
      ).to.equal(true);
    }
  });
});
