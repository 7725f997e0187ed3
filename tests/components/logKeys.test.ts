import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import { expect } from "chai";
import sinon from "sinon";
import ts from "typescript";

const METHODS = new Set(["debug", "info", "warn", "error", "critical", "appendKeys", "appendPersistentKeys"]);
const RESERVED = ["level", "message", "sampling_rate", "service", "timestamp"];

/** Reserved names among the keys that a source file gives to a logger. */
function reservedKeys(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const callee =
      ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) ? node.expression : undefined;
    if (
      ts.isCallExpression(node) &&
      callee &&
      METHODS.has(callee.name.text) &&
      /log(ger)?\??$/i.test(callee.expression.getText())
    ) {
      for (const argument of node.arguments.filter(ts.isObjectLiteralExpression)) {
        for (const { name: key } of argument.properties) {
          if (key && RESERVED.includes(key.getText().replace(/["']/g, ""))) found.push(`${name}: ${key.getText()}`);
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe("Keys of log lines", () => {
  afterEach(() => sinon.restore());

  it("that the logger drops are the ones looked for here", () => {
    const logger = new Logger({ serviceName: "test" });
    const warned = sinon.stub(logger, "warn");
    logger.appendKeys(Object.fromEntries([...RESERVED, "failing"].map((key) => [key, "value"])));
    const keys = warned.args.map(([line]) => /"(\w+)"/.exec(String(line))?.[1]);
    expect(keys).to.deep.equal(RESERVED);
  });

  it("are found where they are reserved", () => {
    expect(reservedKeys("a.ts", 'log.warn("x", { service, said });')).to.deep.equal(["a.ts: service"]);
    expect(reservedKeys("a.ts", 'deps.log.error("x", { "level": 1 });')).to.deep.equal(['a.ts: "level"']);
    expect(reservedKeys("a.ts", 'log.warn("x", { failing: service });')).to.deep.equal([]);
  });

  it("are never reserved ones", () => {
    const root = join(__dirname, "..", "..");
    const files = ["components", "domain", "cli"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.ts$/.test(file))
        .map((file) => join(folder, file)),
    );
    expect(files).to.have.length.greaterThan(100);
    expect(files.flatMap((file) => reservedKeys(file, readFileSync(join(root, file), "utf8")))).to.deep.equal([]);
  });
});
