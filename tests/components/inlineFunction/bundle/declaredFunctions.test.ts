import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as acorn from "acorn";
import { expect } from "chai";
import { withDeclaredFunctions } from "../../../../components/inlineFunction/bundle/declaredFunctions";

const PACKAGES = path.resolve(__dirname, "../../../../node_modules");

/** Text without the spaces that mean nothing. */
const compact = (code: string): string => code.replace(/\s*([^\w\s])\s*/g, "$1");

describe("withDeclaredFunctions", () => {
  it("declares arrow functions of a constant, and writes others as function expressions", () => {
    for (const [code, expected] of [
      ["export const add = (a, b = 1) => a + b;", "export function add(a, b = 1) { return (a + b); };"],
      ["const wrap = async (a) => ({ a });", "async function wrap(a) { return (({ a })); };"],
      ["const first = ([a]) => {\n  return a;\n};", "function first([a]) {\n  return a;\n};"],
      ["const f = a => async b => { await b; };", "function f(a) { return (async function (b) { await b; }); };"],
      ["const g = (a) =>\n  a;", "function g(a) { return (\n  a); };"],
      ["let a = () => 1, b = 2;", "let a = function () { return (1); }, b = 2;"],
      ["class A { x = () => 1; }", "class A { x = function () { return (1); }; }"],
      [
        "list.map((a) => a, async a => await a);",
        "list.map(function (a) { return (a); }, async function (a) { return (await a); });",
      ],
      ["const m = () => function () { return this; };", "function m() { return (function () { return this; }); };"],
    ] as const)
      expect(compact(withDeclaredFunctions(code))).to.equal(compact(expected));
  });

  it("leaves functions that use what is around them", () => {
    for (const code of [
      "const a = () => this;",
      "const a = () => arguments[0];",
      "const a = () => {\n    return new.target;\n};",
      "const a = () => () => this;",
      "const a = (b = () => this) => b;",
      "const a = () => eval('this');",
      "class A extends B { m() { return () => super.m(); } }",
      "const a = () => class { [this.b] = 1; };",
    ])
      expect(withDeclaredFunctions(code)).to.equal(code);
  });

  it("leaves a module that cannot be parsed", () => {
    expect(withDeclaredFunctions("const a = () => 1; ?")).to.equal("const a = () => 1; ?");
  });

  it("changes nothing else of the installed SDK, and leaves few arrow functions", () => {
    let [arrows, left] = [0, 0];
    for (const folder of ["@smithy/core", "@smithy/node-http-handler", "@aws-sdk/core", "@aws-sdk/client-dynamodb"])
      for (const name of readdirSync(path.join(PACKAGES, folder, "dist-es"), { recursive: true, encoding: "utf8" })) {
        if (!name.endsWith(".js") || name.startsWith("schemas")) continue;
        const code = readFileSync(path.join(PACKAGES, folder, "dist-es", name), "utf8");
        const declared = withDeclaredFunctions(code);
        expect(meaningOf(declared), name).to.equal(meaningOf(code));
        expect(declared.split("\n").length, name).to.equal(code.split("\n").length);
        arrows += code.split("=>").length - 1;
        left += declared.split("=>").length - 1;
      }
    expect(left / arrows).to.be.below(0.1);
  });
});

/** A module's syntax, in which functions differ by neither their spelling nor their place in the text. */
function meaningOf(code: string): string {
  const body = acorn.parse(code, { ecmaVersion: "latest", sourceType: "module" }).body;
  return JSON.stringify(body, (key, value) => {
    if (key === "start" || key === "end") return undefined;
    if (typeof value === "bigint") return String(value);
    if (Array.isArray(value)) return value.filter((one) => one?.type !== "EmptyStatement");
    switch (value?.type) {
      case "FunctionDeclaration": {
        const { id, ...fn } = value;
        const declaration = { id, init: { ...fn, type: "FunctionExpression", id: null } };
        return {
          type: "VariableDeclaration",
          declarations: [{ type: "VariableDeclarator", ...declaration }],
          kind: "const",
        };
      }
      case "ArrowFunctionExpression":
      case "FunctionExpression": {
        const { async, generator, params, body: inner, id } = value;
        const statements =
          inner.type === "BlockStatement" ? inner.body : [{ type: "ReturnStatement", argument: inner }];
        return { type: "Function", async, generator, params, statements, id };
      }
      default:
        return value;
    }
  });
}
