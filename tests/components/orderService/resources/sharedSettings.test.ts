import { expect } from "chai";
import { checkOrderSettings } from "../../../../components/orderService/resources/sharedSettings";

describe("checkOrderSettings", () => {
  type Settings = Parameters<typeof checkOrderSettings>[1];
  const wrong: [string, object, RegExp][] = [
    ["an unknown wait", { waits: { capture: {} } }, /`waits` has the unknown field "capture"/],
    [
      "an unknown part of a wait",
      { waits: { payment: { seconds: 2 } } },
      /`waits\.payment` has the unknown field "seconds"/,
    ],
    ["a wait that shrinks", { waits: { delivery: { factor: 0.5 } } }, /`waits\.delivery\.factor` is 0\.5/],
    ["negative attempts", { waits: { refundRetries: { attempts: -1 } } }, /`waits\.refundRetries\.attempts` is -1/],
    [
      "a longer life than AWS lets an execution have",
      { waits: { executionLimitSeconds: 31_536_001 } },
      /executionLimit/,
    ],
    ["no time to pay", { waits: { payment: { limitSeconds: 0 } } }, /`waits\.payment\.limitSeconds` is 0/],
    [
      "an unknown deadline",
      { deadlines: { sleepingSeconds: 1 } },
      /`deadlines` has the unknown field "sleepingSeconds"/,
    ],
    ["a deadline at once", { deadlines: { settlingSeconds: 0 } }, /`deadlines\.settlingSeconds` is 0/],
  ];
  for (const [what, settings, sentence] of wrong) {
    it(`refuses ${what}`, () => {
      expect(() => checkOrderSettings("orders", settings as Settings)).to.throw(sentence);
    });
  }

  it("accepts defaults, and a longest wait below the first one", () => {
    checkOrderSettings("orders", {});
    checkOrderSettings("orders", { waits: { retries: { firstSeconds: 600 }, payment: { firstSeconds: 900 } } });
  });
});
