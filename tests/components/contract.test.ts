import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import * as ts from "typescript";
import { createCompilerHost, parsedPackages } from "../kit/compilerHost";

const root = resolve(__dirname, "../..");

/** An exported component: its class and the properties of its arguments. */
interface Component {
  name: string;
  declaration: ts.ClassDeclaration;
  args: { name: string; type: string; documentation: string; isOptional: boolean }[];
  members: { name: string; type: string; isPublic: boolean }[];
}

describe("The component contract", function () {
  this.timeout(180_000);
  let components: Component[] = [];
  let checker: ts.TypeChecker;

  before(() => {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
    const entry = join(root, "components", "index.ts");
    const host = createCompilerHost(options, { parsed: parsedPackages, readsDocs: true });
    const program = ts.createProgram([entry], { ...options, noEmit: true }, host);
    checker = program.getTypeChecker();
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!);
    components = exported.flatMap((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const declaration = target.declarations?.find(ts.isClassDeclaration);
      if (!declaration?.heritageClauses?.some((clause) => clause.getText().includes("ComponentResource"))) return [];
      return [{ name: symbol.name, declaration, args: argsOf(declaration), members: membersOf(declaration) }];
    });
  });

  function argsOf(declaration: ts.ClassDeclaration): Component["args"] {
    const [, args] = declaration.members.find(ts.isConstructorDeclaration)!.parameters;
    return checker
      .getPropertiesOfType(checker.getNonNullableType(checker.getTypeAtLocation(args!)))
      .map((property) => ({
        name: property.name,
        type: checker.typeToString(checker.getTypeOfSymbolAtLocation(property, declaration)),
        documentation: ts.displayPartsToString(property.getDocumentationComment(checker)),
        isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      }));
  }

  function membersOf(declaration: ts.ClassDeclaration): Component["members"] {
    return declaration.members
      .filter((member) => ts.isPropertyDeclaration(member) || ts.isGetAccessor(member))
      .map((member) => ({
        name: member.name.getText(),
        type: checker.typeToString(checker.getTypeAtLocation(member)),
        isPublic: !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private),
      }));
  }

  /** Components that break a rule, each with what breaks it. */
  const breaking = (find: (component: Component) => string[]) =>
    components.flatMap((component) => find(component).map((what) => `${component.name}: ${what}`));

  it("is checked for every component", () => {
    expect(components.map(({ name }) => name)).to.have.members([
      "AuditTrail",
      "AuthLayer",
      "Backups",
      "DeliveryPipeline",
      "EnvironmentRoles",
      "HttpApi",
      "InlineFunction",
      "Observability",
      "OrderService",
      "RegionState",
      "RegionalFailover",
      "SearchService",
      "StaticSite",
      "TableKey",
    ]);
  });

  it("lets every component override and show its resources", () => {
    expect(
      breaking(({ args }) => (args.some(({ name }) => name === "transform") ? [] : ["no transform"])),
    ).to.deep.equal([]);
    expect(
      breaking(({ members }) =>
        members.some(({ name, isPublic }) => name === "nodes" && isPublic) ? [] : ["no nodes"],
      ),
    ).to.deep.equal([]);
  });

  it("names arguments alike", () => {
    expect(
      breaking(({ args }) =>
        args
          .filter(({ name, type }) => {
            const others = type.replace(/\bexisting\w+\?: Existing\w+/g, "");
            if (/Existing/.test(others) && !name.startsWith("existing")) return true;
            if (/^(existing|peer|peerRegion|replicas|deliveredBy|state)$/.test(name)) return true;
            if (/topic/i.test(name) && !/TopicArns?$/.test(name)) return true;
            if (/retention/i.test(name) && name !== "logRetentionDays") return true;
            if (/forceDestroy|deletionProtection|removal|retain/i.test(name)) return true;
            if (/Cors/.test(type) && name !== "cors") return true;
            if (/RegionStateTable/.test(type) && name !== "regions") return true;
            return /^(replica|peer)Regions$/.test(name) && !/\[\]/.test(type);
          })
          .map(({ name, type }) => `${name}: ${type}`),
      ),
    ).to.deep.equal([]);
  });

  it("gives every component that creates tables, keys, buckets or pools the one argument for their removal", () => {
    const data = /Transform<(Table|Key|Bucket|UserPool|Vault)Args>/;
    expect(
      breaking(({ args }) => {
        const isData = data.test(args.find((argument) => argument.name === "transform")?.type ?? "");
        return isData && !args.some((argument) => argument.name === "protectData") ? ["no protectData"] : [];
      }),
    ).to.deep.equal([]);
    for (const removed of ["forceDestroy?:", "deletionProtection?:"]) {
      for (const file of readdirSync(join(root, "components"), { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith("args.ts")) continue;
        expect(readFileSync(join(root, "components", file), "utf8"), file).not.to.contain(removed);
      }
    }
  });

  it("says of every optional argument what it is for and what applies without it", () => {
    expect(
      breaking(({ args }) =>
        args
          .filter(({ name, isOptional, documentation }) =>
            name === "transform" ? documentation === "" : isOptional && !/Default|Overrides for/.test(documentation),
          )
          .map(({ name }) => name),
      ),
    ).to.deep.equal([]);
  });

  it("shows APIs, functions and alarms under the same public names", () => {
    expect(
      breaking(({ members }) =>
        members
          .filter(
            ({ name, type, isPublic }) =>
              name !== "nodes" &&
              ((/^HttpApi\b/.test(type) && (!isPublic || !/^(api|checks)$/.test(name))) ||
                (/InlineFunction/.test(type) && /Record|\{/.test(type) && (!isPublic || name !== "functions")) ||
                (/MetricAlarm\[\]/.test(type) && (!isPublic || name !== "alarms"))),
          )
          .map(({ name, type }) => `${name}: ${type}`),
      ),
    ).to.deep.equal([]);
  });

  it("registers outputs that are public members, under the component's own type", () => {
    expect(
      breaking(({ name, declaration, members }) => {
        const text = declaration.getText();
        const outputs = /this\.registerOutputs\(\{([^}]*)\}\)/.exec(text)?.[1] ?? "";
        const keys = [...outputs.matchAll(/(\w+):/g)].map(([, key]) => key!);
        const shown = members.filter(({ isPublic }) => isPublic).map((member) => member.name);
        return [
          ...(keys.length === 0 ? ["registers no outputs"] : []),
          ...keys.filter((key) => !shown.includes(key)).map((key) => `registers ${key}, which is no public member`),
          ...(text.includes(`super("stayopen:index:${name}", name, {}, opts)`) ? [] : ["has another type"]),
        ];
      }),
    ).to.deep.equal([]);
  });

  it("checks arguments before the component is registered", () => {
    expect(
      breaking(({ declaration }) => {
        const [first] = declaration.members.find(ts.isConstructorDeclaration)!.body!.statements;
        return /^super\(/.test(first!.getText()) ? ["super comes first"] : [];
      }),
    ).to.deep.equal([]);
  });
});
