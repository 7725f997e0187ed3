import Serializer from "@opensearch-project/opensearch/lib/Serializer.js";
import { expect } from "chai";
import { JsonSerializer } from "../../../../../components/searchService/handlers/index/jsonSerializer";

/** Result of a call, or name, message and data of its error. */
function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    const { name, message, data } = error as Error & { data?: unknown };
    return { name, message, data };
  }
}

const circular: Record<string, unknown> = {};
circular["self"] = circular;

describe("JsonSerializer", () => {
  const own = new JsonSerializer();
  const client = new Serializer({ disablePrototypePoisoningProtection: false, enableLongNumeralSupport: false });
  const same = (call: (serializer: JsonSerializer) => unknown) =>
    expect(outcome(() => call(own))).to.deep.equal(outcome(() => call(client as unknown as JsonSerializer)));

  it("serializes as the client's", () => {
    for (const value of [{ a: [1, "é", null, undefined] }, "text", circular]) same((s) => s.serialize(value));
  });

  it("parses as the client's, and refuses the same keys", () => {
    for (const json of [
      '{"a":[1,2.5,"é"]}',
      "\uFEFF{}",
      "null",
      "{",
      "",
      '{"__proto__":{"a":1}}',
      '{"a":{"\\u005f_proto__":1}}',
      '{"constructor":{"prototype":{}}}',
      '{"constructor":"a builder"}',
      '{"a":12345678901234567890}',
    ])
      same((s) => s.deserialize(json));
  });

  it("writes bulk bodies as the client's", () => {
    for (const values of [[], [{ index: {} }, { a: 1 }, '{"b":2}'], [circular], "text"])
      same((s) => s.ndserialize(values as never));
  });

  it("writes queries as the client's", () => {
    for (const query of [undefined, null, "a=b", { a: 1, b: undefined, c: ["x", "y z"], d: true, e: "é&" }])
      same((s) => s.qserialize(typeof query === "object" && query ? { ...query } : (query as undefined)));
  });
});
