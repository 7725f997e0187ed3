import { expect } from "chai";
import fc from "fast-check";
import { deriveOrderId, executionName, hashRequest, ORDER_ID_PATTERN } from "../../../domain/order";

const visible = fc.string({
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 128,
});

describe("deriveOrderId", () => {
  it("derives the id from customer and key, and another one if either differs", () => {
    fc.assert(
      fc.property(visible, visible, visible, (customer, key, other) => {
        const id = deriveOrderId(customer, key);
        expect(id).to.match(new RegExp(ORDER_ID_PATTERN));
        expect(deriveOrderId(customer, key)).to.equal(id);
        if (other !== key) expect(deriveOrderId(customer, other)).to.not.equal(id);
        if (other !== customer) expect(deriveOrderId(other, key)).to.not.equal(id);
      }),
    );
  });

  it("distinguishes other boundaries between customer and key", () => {
    expect(deriveOrderId("ab", "c")).to.not.equal(deriveOrderId("a", "bc"));
  });

  it("returns the same id in every release", () => {
    expect(deriveOrderId("customer-ann", "b0a7")).to.equal("PCJJXK1G5X0QQKX6AJB5CWJ465");
  });

  it("allows an execution name that Step Functions accepts", () => {
    expect(executionName(deriveOrderId("a", "b"), 123_456)).to.match(/^[A-Za-z0-9_-]{1,80}$/);
  });
});

describe("hashRequest", () => {
  it("depends on the request's values, not on the order of its members", () => {
    expect(hashRequest({ a: 1, b: [{ c: 2, d: 3 }] })).to.equal(hashRequest({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(hashRequest({ a: 1, b: undefined })).to.equal(hashRequest({ a: 1 }));
    expect(hashRequest({ a: [1, 2] })).to.not.equal(hashRequest({ a: [2, 1] }));
  });
});
