import assert, { strictEqual } from "node:assert";
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import EventEmitter from "node:events";
import { readFile } from "node:fs";
import * as nodePath from "node:path";
import { promisify } from "node:util";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as acorn from "acorn";
import Ajv from "ajv/dist/2020";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { Webhook } from "standardwebhooks";
import { refused, right } from "../../kit/capturePatterns";

import twice = require("./subjects/twice");

const sloppy = require("./subjects/sloppy.js") as { modes(): unknown[] };
const copies = require("./subjects/sloppyWithPulumi.js") as Record<
  "callerless" | "strict" | "withInside" | "octal" | "undeclared",
  (x?: unknown) => unknown
>;
const { posix, basename } = require("node:path") as typeof nodePath;
const { callerless: copiedSloppy, strict: strictInSloppy, withInside, octal, undeclared } = copies;

import { lastPart } from "./subjects/first";
import { fileOf } from "./subjects/lateCodec";
import area, * as shapes from "./subjects/shapes";
import { frozen, greet, mark, OutOfStock, Size, Square, seasons, started, unit, visit } from "./subjects/shapes";
import { decode, increase, later, Plain, stage } from "./subjects/withPulumi";

// Plain data, copied by value.
const text = 'quotes " and \\ and \u2028 and dollars';
const numbers = [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const nested = { a: [{ b: { c: null, d: undefined } }], "odd key": true, 1: "one" };
const big = 12345678901234567890n;
const pattern = /^a.c$/giu;
const cyclic: { name: string; self?: unknown } = { name: "loop" };
cyclic.self = cyclic;
interface Ring {
  n: number;
  next: Ring;
}
const ring = { n: 1 } as Ring;
ring.next = { n: 2, next: ring };
const shared = { n: 1 };
const pair = { left: shared, right: shared };
const sparse: number[] = [];
sparse[2] = 3;
const bare = Object.assign(Object.create(null) as { x?: number }, { x: 1 });
const withGetter = {
  base: 2,
  get doubled() {
    return this.base * 2;
  },
};
const locked = Object.freeze({ rate: 19 });
const tuple = ["a", 1] as const;
const parsed = JSON.parse('{"__proto__": {"polluted": true}, "own": 1}') as { own: number };
enum Level {
  Low = "low",
  High = "high",
}
const promised = Promise.resolve({ ok: true });

// Functions, copied with what they capture.
const add = (a: number) => (b: number) => a + b;
const addTwo = add(2);
function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
const isEven = (n: number): boolean => (n === 0 ? true : isOdd(n - 1));
const isOdd = (n: number): boolean => (n === 0 ? false : isEven(n - 1));
function* countTo(n: number) {
  for (let i = 1; i <= n; i++) yield i;
}
async function* slowly(n: number) {
  for (const i of countTo(n)) yield i;
}
const methods = {
  factor: 3,
  times(n: number) {
    return n * this.factor;
  },
  async later(n: number) {
    return this.times(n);
  },
  ["computed" + "Name"]: () => "computed",
};
const withDefaults = ({ a = 1, b: { c = 2 } = {} }: { a?: number; b?: { c?: number } }, ...rest: number[]) =>
  a + c + rest.length;
const tagged = (parts: TemplateStringsArray, ...values: unknown[]) => parts.raw.join("|") + values.join(",");
const own = Object.prototype.hasOwnProperty;
const isArray = Array.isArray;
const labelled = Object.assign((n: number) => n + 1, { label: "plus one" });
const table = { name: pulumi.output("orders"), arn: pulumi.output("arn:orders") };
const arnAndName = pulumi.all([table.name, table.arn]);
const plain = new Plain("quiet");

// Values that can't be copied.
const proto = { of: "mine" };
const prices = new Map([["tea", 450]]);
const colours = new Set(["red"]);
const opened = new Date(0);
const bytes = Buffer.from("abc");
const floats = new Float64Array(2);
const token = Symbol("token");
const site = new URL("https://example.com/");
const failure = new Error("made while deploying");
const weak = new WeakMap<object, number>();
const usedClient = new DynamoDBClient({ region: "eu-central-1" });
const schema = new Ajv().compile({ type: "string" });
const validators = { order: { schema } };
class WithField {
  public count = 1;
}
class WithPrivate {
  readonly #secret = "s";
  public reveal() {
    return this.#secret;
  }
}
class Base {
  public hello() {
    return "base";
  }
}
class Derived extends Base {
  public override hello() {
    return `derived ${super.hello()}`;
  }
}
class Counter {
  public value: number;
  public constructor() {
    this.value = 1;
  }
  public next() {
    return ++this.value;
  }
}
const counterInstance = new Counter();
const bound = methods.times.bind(methods);
const holder = { deep: { prices } };
const readText = promisify(readFile);
const texts = { read: readText };
const storage = new AsyncLocalStorage<string>();
const emitter = new EventEmitter();
const stageOfMachine = process.env["STAGE"] ?? "dev";
const settingsOfMachine = { nested: [process.env["STAGE"]] };
const { HOME: homeOfMachine } = process.env;
class Injected {
  hello() {
    return "hello";
  }
}
// As the package reflect-metadata keeps what `emitDecoratorMetadata` writes.
const designTypes = new Map<object, Map<unknown, string[]>>([
  [Injected.prototype, new Map([["hello", ["design:returntype"]]])],
]);
Object.assign(Reflect, {
  getOwnMetadataKeys: (target: object, member?: unknown) => designTypes.get(target)?.get(member) ?? [],
});
class Marked {
  hello() {
    return "hello";
  }
}
// As a decorator of the language does; Node has no `Symbol.metadata` yet.
Object.defineProperty(Marked, Symbol("Symbol.metadata"), { value: {} });
const stageAtRun = () => process.env["STAGE_OF_RUN"] ?? "none";
let url = "";
const setUrl = (value: string) => {
  url = value;
};
let tally = 0;
const tallyUp = () => ++tally;
const fetch = () => "my own fetch";
const secret = pulumi.secret("hunter2-hunter2");
const wholeTable = () => new aws.dynamodb.Table("conformance", { attributes: [], hashKey: "id" });
const moduleName = nodePath.join("a", "b");
let declaredOnce: string;
if (text.length > 0) declaredOnce = "then";
else declaredOnce = "else";

class Service {
  public readonly label = "service";
  public arrow() {
    return () => async () => this.label;
  }
}

class Fees {
  private readonly rate = 3;
  public readonly fee = (units: number) => units * this.rate;
}
const fees = new Fees();

// Values returned as callbacks.
const till = {
  currency: "EUR",
  total(n: number) {
    return `${n} ${this.currency}`;
  },
  async totalLater(n: number) {
    return this.total(n);
  },
  *totals(n: number) {
    yield this.total(n);
  },
  async *totalsLater(n: number) {
    yield this.total(n);
  },
  deep: {
    rate: 2,
    times(n: number, by: number) {
      return n * by * this.rate;
    },
  },
  get unbound() {
    return function (this: { currency: string }) {
      return this.currency;
    };
  },
  without(n: number) {
    return n + 1;
  },
  inside(n: number) {
    return [1].map(
      function (this: { n: number }, by: number) {
        return by + this.n;
      },
      { n },
    );
  },
};
function currencyOf(this: { currency: string }) {
  return this.currency;
}
const makeCurrencyOf = () => currencyOf;
// The output of compilers for an `async` function on old targets.
const __awaiter = (self: unknown, _: unknown, __: unknown, run: () => Generator<unknown, unknown>) =>
  Promise.resolve(run.call(self).next().value);
function compiled(this: unknown) {
  return __awaiter(this, undefined, undefined, function* () {
    yield "compiled";
  });
}
function compiledWithThis(this: unknown) {
  return __awaiter(this, undefined, undefined, function* (this: { currency: string }) {
    yield this.currency;
  } as () => Generator<unknown, unknown>);
}
function forwarding(this: unknown, n: number) {
  return addTwo.call(this, n);
}

const factories = {
  x: 1,
  make() {
    const { x } = this;
    return () => x;
  },
};

describe("capture conformance", function () {
  this.timeout(120_000);

  describe("plain data is copied", () => {
    right("strings with characters that need escaping", () => () => text, text);
    right("numbers, special ones included", () => () => numbers.map((n) => (Object.is(n, -0) ? "-0" : String(n))), [
      "0",
      "-0",
      "1.5",
      "NaN",
      "Infinity",
      "-Infinity",
    ]);
    right("nested objects and arrays, null and undefined", () => () => nested, nested);
    right("a bigint", () => () => String(big), String(big));
    right("a regular expression with flags", () => () => "ABC".match(pattern)?.[0], "ABC");
    right("a cycle", () => () => (cyclic.self as typeof cyclic).name + String(cyclic.self === cyclic), "looptrue");
    right(
      "a value that refers to itself, read for one cycle",
      () => () => [ring.n, ring.next.n, ring.next.next.n],
      [1, 2, 1],
    );
    right("one object shared by two properties", () => () => pair.left === pair.right, true);
    right("an array with holes", () => () => [sparse.length, 0 in sparse, sparse[2]], [3, false, 3]);
    right("an object without prototype", () => () => [bare.x, Object.getPrototypeOf(bare)], [1, null]);
    right("a getter", () => () => withGetter.doubled, 4);
    right(
      "a frozen object, whose properties stay read-only",
      () => () => {
        try {
          (locked as { rate: number }).rate = 7;
        } catch {
          return locked.rate;
        }
        return "changed";
      },
      19,
    );
    right("a tuple", () => () => [...tuple], ["a", 1]);
    right(
      "an own property named __proto__, which does not become the prototype",
      () => () => [parsed.own, "polluted" in {}],
      [1, false],
    );
    right("an enum", () => () => [Level.High, Object.keys(Level)], ["high", ["Low", "High"]]);
    right("a promise of plain data", () => async () => await promised, { ok: true });
    right("a variable assigned once, by one branch or the other", () => () => declaredOnce, "then");
    right("a data property of an instance whose methods are not used", () => () => plain.text, "quiet");
    for (let round = 0; round < 2; round++) right(`the loop variable of iteration ${round}`, () => () => round, round);
  });

  describe("functions are copied", () => {
    right("a closure over an argument", () => () => addTwo(40), 42);
    right("a recursive function", () => () => factorial(5), 120);
    right("mutually recursive functions", () => () => [isEven(10), isOdd(7)], [true, true]);
    right("a generator", () => () => [...countTo(3)], [1, 2, 3]);
    right(
      "an async generator",
      () => async () => {
        const all: number[] = [];
        for await (const n of slowly(3)) all.push(n);
        return all;
      },
      [1, 2, 3],
    );
    right("methods that use this", () => () => methods.times(4), 12);
    right("an async method", () => () => methods.later(4), 12);
    right("a computed method", () => () => methods["computedName"]?.toString().includes("computed"), true);
    right("defaults, destructuring and rest", () => () => withDefaults({ a: 5 }, 1, 2), 9);
    right("a template tag", () => () => tagged`a${1}\n${2}`, "a|\\n|1,2");
    right("a function that reads the environment when it is called", () => () => stageAtRun(), "none");
    right("a builtin function under another name", () => () => [own.call({ x: 1 }, "x"), isArray([])], [true, true]);
    right("a function with properties", () => () => [labelled(1), labelled.label], [2, "plus one"]);
    right("the name of a function", () => () => factorial.name, "factorial");
    right("the number of its parameters", () => () => withDefaults.length, 1);
    right("a class without fields", () => () => new Plain("loud").shout(), "LOUD");
    right("a class declared inside the factory with every kind of member, extending an imported one", () => {
      class Inside extends Square {
        static readonly made = "static";
        readonly #secret = "private";
        public field = 1;
        public all() {
          return [Inside.made, this.#secret, this.field, super.area()];
        }
      }
      return () => new Inside(5).all();
    }, ["static", "private", 1, 25]);
    right(
      "an async arrow function inside",
      () => async (event: number) => (await Promise.all([1, 2].map(async (n) => n + event))).join(),
      "2,3",
      1,
    );
    right(
      "code that loops, catches and switches",
      () => (event: string) => {
        for (const c of event) {
          switch (c) {
            case "x":
              return "x";
            default:
              try {
                throw c;
              } catch (caught) {
                if (caught === "b") return "b";
              }
          }
        }
        return "none";
      },
      "b",
      "abx",
    );
    right(
      "a local variable that shadows a captured one",
      () => () => {
        const text = "inner";
        return { text };
      },
      { text: "inner" },
    );
  });

  describe("outputs hold their values", () => {
    right("an output, by get", () => () => table.name.get(), "orders");
    right("two combined outputs", () => () => arnAndName.get(), ["orders", "arn:orders"]);
    right("an output of another file", () => () => stage.get(), "test");
    right("plain data of another file that loads Pulumi", () => () => later.count, 1);
  });

  describe("a copied file's own bindings", () => {
    right("a let that it exports and changes, with its state", () => () => [increase(), increase()], [1, 2]);
  });

  describe("state lives as long as the container", () => {
    right(
      "the factory's variables",
      () => {
        let calls = 0;
        const call = () => ++calls;
        call();
        return () => call();
      },
      2,
    );
    right(
      "an object that the factory created, the same in all calls",
      () => {
        const made = new Set<string>();
        return () => made.add("x").add(String(made.size)).size;
      },
      2,
    );
  });

  describe("modules are imported", () => {
    right(
      "a class with private fields and super, from a file without Pulumi",
      () => () => new Square(3).describe(),
      "a square of 9",
    );
    right("an instance that such a file exports", () => () => unit.area(), 1);
    right("a Set", () => () => seasons.has("spring"), true);
    right("a Date", () => () => started.toISOString(), "2026-01-02T03:04:05.000Z");
    right("a symbol", () => () => String(mark), "Symbol(mark)");
    right("a bound function", () => () => greet(), "Hello bound");
    right("a deeply frozen object", () => () => Object.isFrozen(frozen) && Object.isFrozen(frozen.list), true);
    right(
      "a subclass of Error, by name",
      () => () => {
        try {
          throw new OutOfStock("tea");
        } catch (error) {
          return [error instanceof OutOfStock, error instanceof Error && error.name];
        }
      },
      [true, "OutOfStock"],
    );
    right("an enum of another file", () => () => Size.Large, 2);
    right("a let that its module changes, with its state", () => () => [visit(), visit(), shapes.visits], [1, 2, 2]);
    right("a default export", () => () => area(4), 16);
    right("a namespace import", () => () => Object.keys(shapes).includes("Square"), true);
    right("a module whose export is a function", () => () => twice(21), 42);
    right("functions and modules taken out of a builtin", () => () => [basename("a/b"), posix.sep], ["b", "/"]);
    right("two files' modules under the same name, one imported", () => () => [lastPart("a/b"), decode("x=1")], [
      "b",
      '{"x":"1"}',
    ]);
    right("two files' modules under the same name, both copied", () => () => [fileOf("a/b"), decode("x=1")], [
      "b",
      '{"x":"1"}',
    ]);
    right("a node builtin by namespace", () => () => nodePath.posix.join("a", "..", "b"), "b");
    right("a named import of a builtin", () => () => createHash("md5").update("").digest("hex").length, 32);
    right("a default import of a builtin that is a class", () => () => new EventEmitter().listenerCount("x"), 0);
    right(
      "a builtin that is a function, by default and by name",
      () => () => {
        assert(true);
        strictEqual(1, 1);
        return typeof assert.ok;
      },
      "function",
    );
    right(
      "a builtin used in the factory",
      () => {
        const wait = promisify(setTimeout);
        return async () => {
          await wait(1);
          return "waited";
        };
      },
      "waited",
    );
    right(
      "a package with ES modules",
      () => () => new GetItemCommand({ TableName: "t", Key: {} }).input.TableName,
      "t",
    );
    right("a default import of a CommonJS package", () => {
      const isText = new Ajv().compile({ type: "string" });
      return () => [isText("a"), isText(1)];
    }, [true, false]);
    right("a namespace import of a package", () => () => acorn.parse("1", { ecmaVersion: 2020 }).type, "Program");
    right(
      "a package with its own subpath imports",
      () => {
        const verifier = CognitoJwtVerifier.create({
          userPoolId: "eu-central-1_abcdefghi",
          tokenUse: "id",
          clientId: "x",
        });
        return async () => verifier.verify("no").catch((e: Error) => e.message);
      },
      "JWT string does not consist of exactly 3 parts (header, payload, signature)",
    );
    right(
      "a package of CommonJS only",
      () => () => typeof new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign("a", new Date(0), "b"),
      "string",
    );
    right("a module in shorthand notation", () => () => Object.keys({ nodePath }), ["nodePath"]);
    right(
      "a file loaded by import() on demand",
      () => async () => (await import("./subjects/first.js")).lastPart("x/y"),
      "y",
    );
    right("a builtin loaded by require()", () => () => (require("node:os") as { EOL: string }).EOL, "\n");
  });

  describe("callbacks keep their captures", () => {
    right("a method called on its object", () => (event: number) => till.total(event), "3 EUR", 3);
    right("a method that does not use this", () => till.without, 4, 3);
    right("a method that uses this only in a function inside", () => till.inside, [4], 3);
    right("a method bound in the factory", () => till.total.bind(till), "3 EUR", 3);
    right("an imported bound function", () => greet, "Hello bound");
    right("a compiled async function", () => compiled, "compiled");
    right("a function that passes this on", () => forwarding, 5, 3);
    right(
      "a method of a class that binds it in its constructor",
      () => {
        class Bound {
          public constructor(private readonly currency: string) {
            this.total = this.total.bind(this);
          }
          public total(n: number) {
            return `${n} ${this.currency}`;
          }
        }
        return new Bound("EUR").total;
      },
      "3 EUR",
      3,
    );
  });

  describe("callbacks that lose their this are refused", () => {
    const where = String.raw`\(tests\/components\/inlineFunction\/conformance\.test\.ts:\d+\)`;
    const losesThis = (written: string, instead: string) =>
      new RegExp(
        `^[^\\n]*${written} ${where} uses \`this\`, which is undefined in the function; return \`${instead}\`\\.$`,
      );
    refused("a method", () => till.total, losesThis("'till\\.total'", "\\(event\\) => till\\.total\\(event\\)"));
    refused("an async method", () => till.totalLater, losesThis("'till\\.totalLater'", ".*"));
    refused("a generator method", () => till.totals, losesThis("'till\\.totals'", ".*"));
    refused("an async generator method", () => till.totalsLater, losesThis("'till\\.totalsLater'", ".*"));
    refused("a method with a computed key", () => till["total"], /'till\["total"\]' .* uses `this`/);
    refused(
      "a method deep inside, with its context",
      () => till.deep.times as never,
      losesThis("'till\\.deep\\.times'", "\\(event, context\\) => till\\.deep\\.times\\(event, context\\)"),
    );
    refused("a getter's function", () => till.unbound as never, losesThis("'till\\.unbound'", ".*"));
    refused("a function", () => currencyOf as never, /'currencyOf' .* uses `this`, .*return an arrow function/);
    refused(
      "a function that another one returns",
      () => makeCurrencyOf() as never,
      /'makeCurrencyOf\(\)' .* uses `this`/,
    );
    refused(
      "a function expression",
      () =>
        function (this: { x: number }) {
          return this.x;
        } as never,
      /the callback \(.*:\d+\) uses `this`/,
    );
    refused(
      "an arrow function inside a function that uses this",
      () =>
        async function (this: { x: number }) {
          return [1].map(() => this.x);
        } as never,
      /the callback .* uses `this`/,
    );
    refused(
      "a compiled async function that uses this",
      () => compiledWithThis as never,
      /'compiledWithThis' .* uses `this`/,
    );
    refused("a method of an imported instance", () => unit.describe as never, /'unit\.describe' .* uses `this`/);
    refused(
      "a method of an instance made in the factory",
      () => {
        const square = new Square(2);
        return square.area as never;
      },
      losesThis("'square\\.area'", ".*"),
    );
    refused(
      "an inherited method",
      () => {
        class Inside extends Square {}
        const { area } = new Inside(2);
        return area as never;
      },
      /'area' .* uses `this`/,
    );
    refused(
      "a method of a class declared in the factory",
      () => {
        class Inside {
          public constructor(private readonly x: number) {}
          public handle() {
            return this.x;
          }
        }
        const inside = new Inside(1);
        const handler = inside.handle;
        return handler as never;
      },
      /'handler' .* uses `this`/,
    );
    refused(
      "a method of an object literal in the factory",
      () => {
        const api = {
          x: 1,
          async handle() {
            return this.x;
          },
        };
        return text ? api.handle : () => 1;
      },
      /'text \? api\.handle : .* uses `this`/,
    );
    refused(
      "a method as the factory",
      factories.make as never,
      /`callbackFactory` .* uses `this`, .*pass an arrow function, such as `\(\) => service\.makeCallback\(\)`/,
    );
    refused(
      "an arrow function's this in a factory that is a function",
      function (this: { x: number }) {
        return () => this.x;
      } as never,
      /`callbackFactory` .* uses `this`/,
    );
  });

  describe("a function keeps the language mode of its file", () => {
    right("an imported sloppy one", () => () => sloppy.modes().slice(1), [1, 2, "function", 8]);
    right(
      "a copied sloppy one",
      () => () => {
        const f = copiedSloppy;
        return f(1);
      },
      ["object", "function", 2],
    );
    right(
      "a strict one in a sloppy file",
      () => () => {
        const f = strictInSloppy;
        return f();
      },
      "undefined",
    );
    refused(
      "`with` in a copied one",
      () => () => withInside({ x: 1 }),
      /^[^\n]*'withInside' \(tests\/components\/inlineFunction\/subjects\/sloppyWithPulumi\.js:14\) has syntax that strict code does not allow/,
    );
    refused(
      "an assignment to an undeclared name in a copied one",
      () => () => undeclared(),
      /'neverDeclared' \(.*sloppyWithPulumi\.js:20\) is declared nowhere; declare it, or move/,
    );
    refused(
      "an octal literal in a copied one",
      () => () => octal(),
      /'octal' \(.*sloppyWithPulumi\.js:17\) has syntax that strict code does not allow/,
    );
  });

  describe("captures that would fail or change are refused", () => {
    refused(
      "a Map",
      () => () => prices.get("tea"),
      /'prices' \(tests\/components\/inlineFunction\/conformance\.test\.ts:\d+\) is a Map, which cannot be copied into the function; create it inside `callbackFactory`/,
    );
    refused(
      "a Map deep inside",
      () => () => holder.deep.prices.size,
      /'holder' .* holds `deep\.prices`, a Map, which cannot/,
    );
    refused("a Set", () => () => colours.has("red"), /'colours' .* is a Set/);
    refused("a Date", () => () => opened.getTime(), /'opened' .* is a Date/);
    refused("a Buffer", () => () => bytes.toString(), /'bytes' .* is a Buffer/);
    refused("a typed array", () => () => floats.length, /'floats' .* is binary data/);
    refused("a WeakMap", () => () => weak.has({}), /'weak' .* is a WeakMap/);
    refused("a symbol", () => () => token.description, /'token' .* is the symbol Symbol\(token\)/);
    refused("a URL", () => () => site.href, /'site' .* is an instance of URL/);
    refused("an Error", () => () => failure.message, /'failure' .* is an Error/);
    refused(
      "an instance of a class",
      () => () => counterInstance.next(),
      /'counterInstance' .* is an instance of Counter/,
    );
    refused(
      "a client created during deployment",
      () => () => usedClient.send.name,
      /'usedClient' .*(is an instance of DynamoDBClient|@aws-sdk|@smithy)/,
    );
    refused(
      "a compiled schema",
      () => () => schema("x"),
      /^[^\n]*'schema' .* holds `schemaEnv`, an instance of SchemaEnv[^\n]*$/,
    );
    refused(
      "a compiled schema deep inside",
      () => () => validators.order.schema("x"),
      /^[^\n]*'validators' .* holds `order\.schema\.schemaEnv`[^\n]*$/,
    );
    refused(
      "a class with initialized fields",
      () => () => new WithField().count,
      /is the class WithField, of which the copy would lose initialized fields/,
    );
    refused(
      "a class with private members",
      () => () => new WithPrivate().reveal(),
      /is the class WithPrivate, .* private members/,
    );
    for (const Decorated of [Injected, Marked])
      refused(
        `the decorated class ${Decorated.name}`,
        () => () => new Decorated().hello(),
        /is the class (Injected|Marked), .* the metadata of its decorators/,
      );
    refused("a subclass", () => () => new Derived().hello(), /is the class Derived, .* what it inherits/);
    refused("a bound function", () => () => bound(2), /'bound' .* is a bound function/);
    refused(
      "a native function",
      () => async () => await readText("/etc/hostname"),
      /^[^\n]*'readText' \(.*conformance\.test\.ts:\d+\) is a function of Node\.js, which cannot be copied[^\n]*$/,
    );
    refused(
      "a native function inside an object",
      () => async () => await texts.read("/etc/hostname"),
      /^[^\n]*'texts' .* holds `read`, a function of Node\.js[^\n]*$/,
    );
    refused(
      "an instance of a class of Node",
      () => () => emitter.emit("x"),
      /^[^\n]*'emitter' .* is an instance of EventEmitter[^\n]*$/,
    );
    refused(
      "an instance of a class of Node that the serializer takes for a global",
      () => () => storage.getStore(),
      /^[^\n]*'storage' .* is an instance of AsyncLocalStorage[^\n]*$/,
    );
    refused(
      "a value that refers to itself, read past its start",
      () => () => ring.next.next.next.n,
      /'ring' .* refers to itself, and `ring\.next\.next\.next\.n` reads the same object twice, .*; write `ring\.next\.n`\.$/,
    );
    for (const [title, factory, variable, read] of [
      [
        "an environment variable of the deploying machine",
        () => () => stageOfMachine,
        "stageOfMachine",
        'process.env["STAGE"]',
      ],
      [
        "an environment variable inside an object",
        () => () => settingsOfMachine.nested[0],
        "settingsOfMachine",
        'process.env["STAGE"]',
      ],
      ["an environment variable by destructuring", () => () => homeOfMachine, "homeOfMachine", "process.env"],
    ] as const)
      refused(
        title,
        factory,
        new RegExp(
          `'${variable}' \\(.*conformance\\.test\\.ts:\\d+\\) holds the value of .${read.replace(/[.[\]]/g, "\\$&")}. on the deploying machine; set it in .environment. and read .process\\.env. in the callback\\.$`,
        ),
      );
    refused(
      "a bad capture, without a message about the factory's own variable of a refused name",
      () => {
        const stageOfMachine = "own";
        return () => [stageOfMachine, wholeTable()];
      },
      /^(?!.*stageOfMachine)[^\n]*'aws' is the module/,
    );
    refused(
      "an arrow function that captures this",
      new Service().arrow(),
      /the arrow function( '\w*')? \(tests\/components\/inlineFunction\/conformance\.test\.ts:190\) uses the `this` around it/,
    );
    refused(
      "an arrow function of a captured instance",
      () => async () => fees.fee(2),
      /the arrow function 'fee' \(tests\/.*conformance\.test\.ts:\d+\) uses the `this` around it/,
    );
    refused(
      "a variable that a function assigns later",
      () => () => [setUrl.length, url],
      /'url' .* is assigned by a function \(tests\/.*:\d+\)/,
    );
    refused(
      "a variable that one captured function assigns and another reads",
      () => () => [tallyUp(), tally],
      /'tally'/,
    );
    refused("a variable named like a global", () => () => fetch(), /'fetch' .* has the name of a global/);
    refused(
      "a variable named like a global that a package defines",
      () => () => proto.of,
      /'proto' .* has the name of a global/,
    );
    refused(
      "a label, which the serializer takes for a variable",
      () => () => {
        outer: for (;;) for (;;) break outer;
        return 1;
      },
      /'outer' \(tests\/components\/inlineFunction\/conformance\.test\.ts:\d+\) is a label, .*; move the loop into a file/,
    );
    refused(
      "a class of this file as a base class",
      () => {
        class Inside extends WithNothing {}
        return () => new Inside().nothing();
      },
      /'WithNothing' .* is used where Pulumi's serializer does not look/,
    );
    refused("__dirname", () => () => __dirname, /'__dirname' .* names another folder/);
    refused(
      "a secret",
      () => () => secret.get(),
      /'secret' .* is a secret, which would be readable in the bundle; store it with `secretParameter`/,
    );
    refused(
      "a resource created in the callback",
      () => {
        const whole = wholeTable;
        return () => Object.keys(whole());
      },
      /'aws' is the module "@pulumi\/aws\/index\.js", which works during deployment only/,
    );
    refused(
      "Pulumi itself",
      () => () => pulumi.getStack(),
      /'pulumi' .* holds `getStack`, part of @pulumi\/pulumi, which works during deployment only/,
    );
    refused("a module whose name is computed", () => () => import(moduleName), /'import' .* known only at run time/);
    refused(
      "a missing package",
      () => () => import("no-such-package-anywhere" as string),
      /Could not resolve "no-such-package-anywhere"/,
    );
  });
});

class WithNothing {
  public nothing() {
    return "nothing";
  }
}
