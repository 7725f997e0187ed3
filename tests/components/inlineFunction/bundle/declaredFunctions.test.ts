import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as acorn from "acorn";
import { expect } from "chai";
import { withDeclaredFunctions } from "../../../../components/inlineFunction/bundle/declaredFunctions";

const PACKAGES = path.resolve(__dirname, "../../../../node_modules");

describe("withDeclaredFunctions", () => {
  it("declares arrow functions of one line and of several", () => {
    expect(withDeclaredFunctions("export const add = (a, b = 1) => a + b;\n")).to.equal(
      "export function add(a, b = 1) { return a + b; }\n",
    );
    expect(withDeclaredFunctions("const wrap = async (a) => ({ a });\n")).to.equal(
      "async function wrap(a) { return ({ a }); }\n",
    );
    expect(
      withDeclaredFunctions("const first = ([a]) => {\n    if (a)\n        return a;\n\n    return 0;\n};\n"),
    ).to.equal("function first([a]) {\n    if (a)\n        return a;\n\n    return 0;\n}\n");
  });

  it("leaves what would mean something else, or is not sure", () => {
    for (const code of [
      "const a = () => this;\n",
      "const a = () => arguments[0];\n",
      "const a = () => {\n    return new.target;\n};\n",
      "const a = () => 1, b = 2;\n",
      "const a = () => 1; // one;\n",
      "let a = () => 1;\n",
      "    const a = () => 1;\n",
      "const a = (b = c()) => b;\n",
      "const a = () => {\n    return `\n};\n`;\n};\n",
    ])
      expect(withDeclaredFunctions(code)).to.equal(code);
  });

  it("declares most functions of the installed SDK, and changes nothing else", () => {
    let [arrows, left] = [0, 0];
    for (const folder of ["@smithy/core", "@smithy/node-http-handler", "@aws-sdk/core", "@aws-sdk/client-dynamodb"])
      for (const name of readdirSync(path.join(PACKAGES, folder, "dist-es"), { recursive: true, encoding: "utf8" })) {
        if (!name.endsWith(".js")) continue;
        const code = readFileSync(path.join(PACKAGES, folder, "dist-es", name), "utf8");
        const [before, after] = [functionsOf(code), functionsOf(withDeclaredFunctions(code))];
        expect(after.others, name).to.deep.equal(before.others);
        expect(after.all, name).to.deep.equal(before.all);
        arrows += before.arrows;
        left += after.arrows;
      }
    expect(
      left / arrows,
      "The SDK's functions are written in another way: adapt components/inlineFunction/bundle/declaredFunctions.ts, or remove it.",
    ).to.be.below(0.4);
  });
});

/** A module's functions with the text of their parameters and result, and its other statements. */
function functionsOf(code: string) {
  const all: string[] = [];
  const others: string[] = [];
  let arrows = 0;
  const text = ({ start, end }: { start: number; end: number }) => code.slice(start, end);
  for (const statement of acorn.parse(code, { ecmaVersion: "latest", sourceType: "module" }).body) {
    const declared = statement.type === "ExportNamedDeclaration" ? (statement.declaration ?? statement) : statement;
    const constants = declared.type === "VariableDeclaration" ? declared.declarations : [];
    const arrow = constants.length === 1 && constants[0]?.init?.type === "ArrowFunctionExpression" && constants[0];
    if (arrow) arrows += 1;
    const fn = arrow ? (arrow.init as acorn.ArrowFunctionExpression) : declared;
    if (fn.type !== "FunctionDeclaration" && fn.type !== "ArrowFunctionExpression") {
      others.push(text(statement));
      continue;
    }
    const name = text(arrow ? arrow.id : (fn as acorn.FunctionDeclaration).id);
    const [only] = fn.body.type === "BlockStatement" && fn.body.body.length === 1 ? fn.body.body : [];
    const result = only?.type === "ReturnStatement" && only.argument ? text(only.argument) : text(fn.body);
    const isExported = statement.type === "ExportNamedDeclaration";
    all.push(`${isExported} ${fn.async} ${name}(${fn.params.map(text).join()}) ${result}`);
  }
  return { all, others, arrows };
}
