import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runNode } from "./projects";

/** A shop's own program with captures that a bundle could get wrong. Sloppy mode, as CommonJS files are without a directive. */
const PROGRAM = `
const { promisify } = require("node:util");
const { readFile } = require("node:fs");
const path = require("node:path");
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({ id: name, state: { arn: "arn:" + name, name, invokeArn: "arn", ...inputs } }),
  call: () => ({ accountId: "123456789012", partition: "aws", name: "us-east-1" }),
}, "shop", "dev", false);
const { InlineFunction } = require("stayopen/inlineFunction");

const rates = { tea: 450 };
rates.me = rates;
const ring = { n: 1 };
ring.next = { n: 2, next: ring };
const stage = process.env.STAGE ?? "dev";
const { HOME: home } = process.env;
class Marked { hello() { return "hello"; } }
Object.defineProperty(Marked, Symbol.metadata ?? Symbol("Symbol.metadata"), { value: {} });
const readText = promisify(readFile);
const prices = new Map([["tea", 450]]);
const till = { rate: 3, total() { return this.rate; } };
function rateOf() { return this.rate; }
function plain(a) {
  arguments[0] = 2;
  return [a, typeof this, typeof arguments.callee];
}
function assigns() {
  undeclared = 1;
  return undeclared;
}
function withInside(o) { with (o) return x; }
const stageAtRun = () => process.env.STAGE_AT_RUN ?? "none";

const cases = {
  itself: () => () => [rates.tea, rates.me.tea],
  ring: () => () => ring.next.next.next.n,
  stage: () => () => stage,
  home: () => () => home,
  marked: () => () => new Marked().hello(),
  native: () => () => readText("/etc/hostname"),
  map: () => () => prices.get("tea"),
  made: () => { const made = new Map([["tea", 450]]); return () => made.get("tea"); },
  method: () => till.total,
  function: () => rateOf,
  bound: () => () => till.total(),
  sloppy: () => () => { const call = plain; return call(1); },
  assigns: () => () => assigns(),
  with: () => () => withInside({ x: 1 }),
  environment: () => () => stageAtRun(),
  meta: () => async () => (await import("meta-package")).value(),
  addon: () => async () => (await import("native-package")).default,
};
// The engine, which would report the errors of outputs, does not run.
process.on("unhandledRejection", () => undefined);
const answers = {};
try {
  new InlineFunction("variable", { environment: { T: "1" }, callbackFactory: () => () => 1 });
} catch (error) {
  answers.variable = error.message;
}
Promise.all(Object.entries(cases).map(async ([name, callbackFactory]) => {
  try {
    const { file } = await new InlineFunction(name, { callbackFactory }).bundle.promise();
    if (!path.isAbsolute(file)) throw new Error(file + " is not absolute.");
    answers[name] = await require(file).handler({});
  } catch (error) {
    answers[name] = error.message;
  }
})).then(() => console.log(JSON.stringify(answers)));
`;

const FILES: Record<string, string> = {
  "program.cjs": PROGRAM,
  "node_modules/meta-package/package.json": '{ "type": "module", "main": "index.js" }',
  "node_modules/meta-package/index.js": `
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
export const value = () => [typeof require("os").cpus, import.meta.url.startsWith("file:///")];`,
  "node_modules/native-package/index.js": 'module.exports = require("./addon.node");',
  "node_modules/native-package/addon.node": "",
};

/** Bundles the program's functions in a project, and returns what each one answers: its result, or the refusal. */
export function captureIn(project: string): Record<string, unknown> {
  for (const [file, text] of Object.entries(FILES)) {
    const path = join(project, "captures", file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const printed = runNode(project, join("captures", "program.cjs"));
  return JSON.parse(printed) as Record<string, unknown>;
}

/** Place of a declaration in the program, as a refusal names it. */
export function placeOf(declaration: string): string {
  const line = PROGRAM.split("\n").findIndex((each) => each.startsWith(declaration)) + 1;
  if (line === 0) throw new Error(`The program has no line that begins with ${declaration}.`);
  return `captures/program.cjs:${line}`;
}
