import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { findSecret } from "../../../../components/inlineFunction/bundle/secrets";

describe("findSecret", () => {
  const earlier = process.env["PULUMI_CONFIG_SECRET_KEYS"];
  before(() => {
    const all = { "shop:key": 'rk_live_"1234', "shop:pin": "1234", "shop:name": "An open store" };
    pulumi.runtime.setAllConfig(all, []);
    process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(["shop:key", "shop:pin", "shop:absent"]);
  });
  after(() => {
    pulumi.runtime.setAllConfig({}, []);
    if (earlier === undefined) delete process.env["PULUMI_CONFIG_SECRET_KEYS"];
    else process.env["PULUMI_CONFIG_SECRET_KEYS"] = earlier;
  });
  const find = (text: string) => findSecret(new TextEncoder().encode(text));

  it("finds a secret as it is, and as JSON writes it", () => {
    expect(find("const key = 'rk_live_\"1234';")).to.equal("shop:key");
    expect(find(`const key = ${JSON.stringify('rk_live_"1234')};`)).to.equal("shop:key");
  });

  it("leaves settings that are no secrets, and values so short that they may be there by chance", () => {
    expect(find("An open store, 1234")).to.equal(undefined);
  });

  it("reads the part of a buffer that the file is", () => {
    const whole = new TextEncoder().encode('rk_live_"1234 and more');
    expect(findSecret(whole.subarray(8))).to.equal(undefined);
  });
});
