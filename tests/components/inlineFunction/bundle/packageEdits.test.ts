import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { edited, PACKAGE_EDITS } from "../../../../components/inlineFunction/bundle/packageEdits";

const ROOT = path.resolve(__dirname, "../../../..");
const read = (file: string): string => readFileSync(path.join(ROOT, "node_modules", file), "utf8");

describe("edits of packages", () => {
  it("apply to the installed versions", () => {
    for (const edit of PACKAGE_EDITS) {
      const { version } = JSON.parse(read(`${edit.package}/package.json`)) as { version: string };
      const code = read(`${edit.package}/${edit.file}`);
      expect(
        edited(code, edit) !== code,
        `The edits of ${edit.package}/${edit.file} no longer apply to version ${version}: adapt them in components/inlineFunction/bundle/packageEdits.ts, or remove them.`,
      ).to.equal(true);
    }
  });

  it("leave nothing of what they replace in use", () => {
    for (const edit of PACKAGE_EDITS) {
      const code = edited(read(`${edit.package}/${edit.file}`), edit);
      expect(code, edit.file).not.to.match(/\bHEAP_SIZE_LIMIT\b|\bdebug\.|\bassert\.|\bJSON11\.(?!parse|stringify)/);
    }
  });

  it("leave a file as it is if one of its texts is missing or occurs twice", () => {
    const changes = [
      ["one", "1"],
      ["two", "2"],
    ] as const;
    expect(edited("one two", { changes })).to.equal("1 2");
    expect(edited("one", { changes })).to.equal("one");
    expect(edited("one two two", { changes })).to.equal("one two two");
  });
});
