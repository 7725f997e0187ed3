import * as pulumi from "@pulumi/pulumi";
import { AssertionError, expect } from "chai";
import { ArgumentChecks, DOMAIN_NAME, ENDPOINT } from "../../../components/arguments/checks";
import { expectRefusal } from "../../kit/refusals";

const checks = new ArgumentChecks("OrderService", "orders");

describe("ArgumentChecks", () => {
  const refused: [kind: string, check: () => void, sentence: string][] = [
    [
      "a number out of range",
      () => checks.between({ "payment.timeoutSeconds": 20 }, [1, 10], "a step's function stops after 30 seconds"),
      "`payment.timeoutSeconds` is 20; it must be between 1 and 10, because a step's function stops after 30 seconds.",
    ],
    [
      "a number without an upper limit",
      () => checks.between({ factor: 0.5 }, [1]),
      "`factor` is 0.5; it must be at least 1.",
    ],
    [
      "Infinity, as JSON reads 1e999",
      () => checks.between({ factor: Number.POSITIVE_INFINITY }, [1]),
      "`factor` is Infinity; it must be at least 1.",
    ],
    ["NaN", () => checks.between({ factor: Number.NaN }, [1]), "`factor` is NaN; it must be at least 1."],
    [
      "a text instead of a number",
      () => checks.between({ factor: "2" }, [1]),
      '`factor` is "2"; it must be at least 1.',
    ],
    ["null instead of a number", () => checks.above({ factor: null }, 0), "`factor` is null; it must be above 0."],
    [
      "part of a whole",
      () => checks.wholeNumber({ days: 1.5 }, [1]),
      "`days` is 1.5; it must be a whole number, at least 1.",
    ],
    [
      "a whole number out of range",
      () => checks.wholeNumber({ mb: 64 }, [128, 10_240]),
      "`mb` is 64; it must be a whole number, between 128 and 10240.",
    ],
    [
      "the second of several arguments",
      () => checks.wholeNumber({ first: 1, second: 0 }, [1]),
      "`second` is 0; it must be a whole number, at least 1.",
    ],
    [
      "a text of another format",
      () => checks.text({ name: "Example.com" }, DOMAIN_NAME),
      '`name` is "Example.com"; it must be a domain in lower case, such as example.com.',
    ],
    [
      "a value that is not offered",
      () => checks.oneOf({ mfa: "on" }, ["off", "optional", "required"]),
      '`mfa` is "on"; it must be "off", "optional" or "required".',
    ],
    ["an empty object", () => checks.notEmpty({ rules: {} }, "have a rule"), "`rules` is empty; it must have a rule."],
    [
      "an empty list",
      () => checks.notEmpty({ copyTo: [] }, "name a vault"),
      "`copyTo` is empty; it must name a vault.",
    ],
    ["an empty text", () => checks.notEmpty({ audience: "" }, "name it"), "`audience` is empty; it must name it."],
    [
      "an unknown field",
      () => checks.fields("waits", { shipping: {} }, { payment: 1, delivery: 2 }),
      '`waits` has the unknown field "shipping"; it must have fields among payment and delivery.',
    ],
    [
      "a field of every object's prototype",
      () => checks.fields("waits", JSON.parse('{"constructor":1}'), { payment: 1 }),
      '`waits` has the unknown field "constructor"; it must have fields among payment.',
    ],
    [
      "a value instead of an object",
      () => checks.fields("waits", 60, { payment: 1, delivery: 2 }),
      "`waits` is 60; it must be an object with fields among payment and delivery.",
    ],
    [
      "two alternatives",
      () => checks.atMostOne({ existingTable: {}, replicaRegions: [] }, "one stack owns the table"),
      "`existingTable` and `replicaRegions` are given; give at most one of them, because one stack owns the table.",
    ],
    [
      "no alternative",
      () => checks.exactlyOne({ functionArn: undefined, stateMachineArn: undefined }, "one target is notified"),
      "`functionArn` and `stateMachineArn` are missing; give one of them, because one target is notified.",
    ],
    [
      "an argument without meaning",
      () => checks.leftOut({ a: undefined, mail: {} }, "oidc", "the issuer signs customers in"),
      "`mail` is given; it must be left out beside `oidc`, because the issuer signs customers in.",
    ],
  ];
  for (const [kind, check, sentence] of refused) {
    it(`refuses ${kind} with a sentence that says what to do`, () => {
      expect(check).to.throw(pulumi.RunError).with.property("message", `OrderService "orders": ${sentence}`);
    });
  }

  it("accepts what fits", () => {
    checks.between({ least: 1, most: 10 }, [1, 10]);
    checks.above({ a: 0.1 }, 0);
    checks.wholeNumber({ a: 1 }, [1]);
    checks.oneOf({ lock: "governance" }, ["governance", "compliance"]);
    checks.notEmpty({ rules: { daily: {} }, topics: ["arn"], audience: "store" }, "have one");
    checks.fields("waits", { payment: {} }, { payment: 1 });
    checks.atMostOne({ a: undefined, b: 1 }, "of this");
    checks.exactlyOne({ a: 1, b: undefined }, "of this");
    checks.leftOut({ a: undefined }, "b", "of this");
  });

  it("skips what is absent or known only during the deployment", () => {
    const later = pulumi.output(99);
    checks.between({ absent: undefined, later, promised: Promise.resolve(99) }, [1, 10]);
    checks.text({ absent: undefined, later }, ENDPOINT);
    checks.notEmpty({ absent: undefined, later }, "have one");
    checks.fields("absent", undefined, {});
  });

  for (const [address, fits] of [
    ["https://payment.example.com", true],
    ["https://payment.example.com/v1", true],
    ["http://127.0.0.1:9001/payment", true],
    ["http://localhost", true],
    ["https://payment.example.com/", false],
    ["http://payment.example.com", false],
    ["http://localhost.example.com", false],
    ["http://127.0.0.1@example.com", false],
  ] as const) {
    it(`${fits ? "accepts" : "refuses"} ${address} as an endpoint`, () => {
      expect(ENDPOINT.pattern.test(address)).to.equal(fits);
    });
  }
});

describe("expectRefusal", () => {
  const failureOf = (create: () => unknown) =>
    expectRefusal("Late", create, /is 0/).then(
      () => undefined,
      (error: unknown) => error,
    );

  class Late extends pulumi.ComponentResource {
    constructor(name: string) {
      super("test:index:Late", name);
      new ArgumentChecks("Late", name).wholeNumber({ count: 0 }, [1]);
    }
  }

  it("fails for a component that is registered before its arguments are checked", async () => {
    expect(await failureOf(() => new Late("late"))).to.be.instanceOf(AssertionError);
    expect(String(await failureOf(() => new Late("late")))).to.match(/Late/);
  });

  it("fails for a component that accepts its arguments", async () => {
    expect(await failureOf(() => undefined)).to.be.instanceOf(AssertionError);
  });
});
