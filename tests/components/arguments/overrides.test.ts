import { expect } from "chai";
import { applyTransform, withDefaults } from "../../../components/arguments/overrides";

describe("applyTransform", () => {
  const args = { name: "a", size: 1 };

  it("merges an object over the arguments", () => {
    expect(applyTransform(args, { size: 2 })).to.deep.equal({ name: "a", size: 2 });
  });

  it("gives the arguments to a function, whose result is used as it is", () => {
    expect(applyTransform<{ name: string; size?: number }>(args, ({ name }) => ({ name }))).to.deep.equal({
      name: "a",
    });
  });

  it("changes nothing without overrides", () => {
    expect(applyTransform(args, undefined)).to.deep.equal(args);
  });
});

describe("withDefaults", () => {
  it("keeps a default that is not overridden, or overridden by undefined", () => {
    const defaults = { seconds: 10, attempts: 3 };
    expect(withDefaults(defaults, { seconds: 5, attempts: undefined })).to.deep.equal({ seconds: 5, attempts: 3 });
    expect(withDefaults(defaults)).to.deep.equal(defaults);
  });
});
