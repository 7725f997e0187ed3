import { expect } from "chai";
import type { AnyFunction } from "../../../../components/inlineFunction/bundle/closures";
import {
  findEnvironmentVariable,
  findLaterAssignment,
  isSloppy,
  STRICT_FILE,
} from "../../../../components/inlineFunction/bundle/variables";

let counter = 0;
let settled = 0;
settled = 1;
const stage = process.env["STAGE"] ?? "dev";
const home = { path: `${process.env["HOME"]}/shop` };
const later = () => process.env["STAGE"];
const countUp = () => ++counter;
const readAll = () => [counter, settled, stage, home, later, countUp];

describe("findLaterAssignment", () => {
  it("finds an assignment in another function, which may run after the capture", () => {
    expect(findLaterAssignment(readAll, "counter")).to.be.a("number");
  });

  it("leaves those of the file itself, which have run, and the captured function's own", () => {
    expect(findLaterAssignment(readAll, "settled")).to.equal(undefined);
    expect(findLaterAssignment(countUp, "counter")).to.equal(undefined);
    expect(findLaterAssignment(readAll, "unknown")).to.equal(undefined);
  });
});

describe("findEnvironmentVariable", () => {
  it("names the variable that initializes a captured one, as it is written", () => {
    expect(findEnvironmentVariable(readAll, "stage")).to.equal('process.env["STAGE"]');
    expect(findEnvironmentVariable(readAll, "home")).to.equal('process.env["HOME"]');
  });

  it("leaves what reads the environment in the function, and other variables", () => {
    for (const name of ["later", "counter", "unknown"])
      expect(findEnvironmentVariable(readAll, name)).to.equal(undefined);
  });
});

describe("isSloppy", () => {
  const { callerless, strict } = require("../subjects/sloppyWithPulumi.js") as Record<string, AnyFunction>;

  it("is the mode of the function's file, unless it is strict itself", () => {
    expect([isSloppy(callerless!), isSloppy(strict!), isSloppy(readAll)]).to.deep.equal([true, false, false]);
  });

  it("finds the directive after comments only", () => {
    for (const text of ["'use strict';", '// a\n/* b */ "use strict"', '#!/bin/node\n"use strict"'])
      expect(STRICT_FILE.test(text), text).to.equal(true);
    for (const text of ['a();"use strict"', "use strict"]) expect(STRICT_FILE.test(text), text).to.equal(false);
  });
});
