import { expect } from "chai";
import { matchesAny, parsePatterns } from "../../../../local/aws/eventSources/filter";

const record = {
  eventName: "MODIFY",
  dynamodb: {
    Keys: { orderId: { S: "o-1" }, region: { S: "us-east-1" } },
    NewImage: { status: { S: "PAID" }, epoch: { N: "2" }, tags: { SS: ["gift", "express"] } },
    SizeBytes: 120,
  },
};
const matches = (...patterns: object[]) =>
  matchesAny(parsePatterns(patterns.map((one) => JSON.stringify(one))), record);

describe("event filters", () => {
  it("match every record when there are none", () => {
    expect(matchesAny([], record)).to.equal(true);
  });

  const table: [string, object, boolean][] = [
    ["a literal", { eventName: ["INSERT", "MODIFY"] }, true],
    ["other literals", { eventName: ["INSERT", "REMOVE"] }, false],
    ["one key of two", { eventName: ["MODIFY"], dynamodb: { SizeBytes: [1] } }, false],
    ["nested keys", { dynamodb: { NewImage: { status: { S: ["PAID"] } } } }, true],
    ["a prefix", { dynamodb: { Keys: { region: { S: [{ prefix: "us-" }] } } } }, true],
    ["another prefix", { dynamodb: { Keys: { region: { S: [{ prefix: "eu-" }] } } } }, false],
    ["a suffix", { dynamodb: { Keys: { region: { S: [{ suffix: "-1" }] } } } }, true],
    ["equality without case", { eventName: [{ "equals-ignore-case": "modify" }] }, true],
    ["anything but one", { eventName: [{ "anything-but": "REMOVE" }] }, true],
    ["anything but a list", { eventName: [{ "anything-but": ["MODIFY", "REMOVE"] }] }, false],
    ["anything but a prefix", { eventName: [{ "anything-but": { prefix: "MOD" } }] }, false],
    ["anything but one, for a missing key", { nothing: [{ "anything-but": "x" }] }, false],
    ["a range", { dynamodb: { SizeBytes: [{ numeric: [">", 100, "<=", 120] }] } }, true],
    ["another range", { dynamodb: { SizeBytes: [{ numeric: [">", 120] }] } }, false],
    [
      "a range for DynamoDB's numbers, which are text",
      { dynamodb: { NewImage: { epoch: { N: [{ numeric: ["=", 2] }] } } } },
      false,
    ],
    ["existence of a leaf", { dynamodb: { NewImage: { status: { S: [{ exists: true }] } } } }, true],
    ["absence", { dynamodb: { OldImage: { status: { S: [{ exists: false }] } } } }, true],
    ["absence of an existing leaf", { eventName: [{ exists: false }] }, false],
    ["existence of an object", { dynamodb: [{ exists: true }] }, false],
    ["an element of a list", { dynamodb: { NewImage: { tags: { SS: ["express"] } } } }, true],
    ["one of several", { $or: [{ eventName: ["REMOVE"] }, { dynamodb: { SizeBytes: [120] } }] }, true],
    ["several others", { $or: [{ eventName: ["REMOVE"] }, { dynamodb: { SizeBytes: [1] } }] }, false],
  ];
  for (const [title, pattern, expected] of table) {
    it(`${expected ? "match" : "do not match"}: ${title}`, () => expect(matches(pattern)).to.equal(expected));
  }

  it("match when one of the patterns does", () => {
    expect(matches({ eventName: ["REMOVE"] }, { eventName: ["MODIFY"] })).to.equal(true);
  });

  for (const [title, text] of [
    ["is not JSON", "{"],
    ["is not an object", "[]"],
    ["is empty", "{}"],
    ["has a value outside a list", '{"eventName":"INSERT"}'],
    ["has an empty list", '{"eventName":[]}'],
    ["has an operator that Lambda does not know", '{"eventName":[{"wildcard":"I*"}]}'],
  ] as const) {
    it(`are refused when a pattern ${title}`, () => {
      expect(() => parsePatterns([text])).to.throw(/^(The|In the) filter pattern/);
    });
  }
});
