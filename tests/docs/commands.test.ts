import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { blocksOfCommands, type Command, commands, label, PROGRAMS, scripts } from "../kit/documentedCommands";

const root = join(__dirname, "..", "..");
const run = promisify(execFile);

/** Programs whose command lines are not checked, and why. */
const NOT_CHECKED: Record<string, string> = {
  curl: "calls addresses of a running store; tests/local/providers and tests/local/aws/edge call the same routes",
  export: "sets variables for the command that follows",
};
/*
 * Not checked of the others: the effects of `pulumi` and `aws` commands, which need an account; `npm ci`, `npm install`, `npm test`
 * and `npm run format`, which would change the checkout or run this test; and the benches, which measure for minutes.
 */

const of = (program: string) => commands.filter(({ words }) => words[0] === program);
const flagsOf = (words: string[]) => words.filter((word) => word.startsWith("--") && word !== "--");

describe("Commands in the documentation", () => {
  it("are found in blocks and in sentences", () => {
    expect(of("npm").length).to.be.greaterThan(50);
    expect(of("pulumi").length).to.be.greaterThan(20);
    expect(of("aws").length).to.be.greaterThan(20);
  });

  it("are of programs that are checked, or that are listed with a reason", () => {
    const known = [...PROGRAMS, ...Object.keys(NOT_CHECKED)];
    // A block may show output after the command.
    const isProgram = (word: string) =>
      /^(curl|docker|export|git|jq|make|openssl|pip3?|pnpm|python3?|sh|sudo|yarn)$/.test(word);
    const unknown = blocksOfCommands.flatMap(({ page, lines }) =>
      lines
        .filter(([program = ""]) => isProgram(program) && !known.includes(program))
        .map((words) => label({ page, words })),
    );
    expect(unknown).to.deep.equal([]);
  });

  it("name files and stacks of the project that exist", () => {
    const named = commands.flatMap((command) => command.words.map((word, index) => ({ command, word, index })));
    const missing = named.filter(({ command, word, index }) => {
      const [folder = "", ...rest] = word.split("/");
      if (rest.length > 0 && existsSync(join(root, folder)) && folder !== "") return !existsSync(join(root, word));
      const isStack = command.words[index - 1] === "--stack" && word !== "NAME";
      return isStack && !existsSync(join(root, `Pulumi.${word}.yaml`));
    });
    expect(missing.map(({ command }) => label(command))).to.deep.equal([]);
  });

  describe("of npm", () => {
    const BUILT_IN = ["audit", "ci", "install", "publish", "start", "test"];
    const scriptOf = ([, first = "", second = ""]: string[]) => (first === "run" ? second : first);

    it("name scripts of package.json", () => {
      const unknown = of("npm").filter(
        ({ words }) => !(scriptOf(words) in scripts) && !(words[1] !== "run" && BUILT_IN.includes(words[1]!)),
      );
      expect(unknown.map(label)).to.deep.equal([]);
    });

    const argumentsOf = ({ words }: Command) => (words.includes("--") ? words.slice(words.indexOf("--") + 1) : []);
    const withArguments = Map.groupBy(
      of("npm").filter((command) => argumentsOf(command).length > 0),
      ({ words }) => scriptOf(words),
    );

    /** Programs without options of their own: the trace is tested in tests/cli, and the bench takes two numbers and a name. */
    const WITHOUT_PARSER = ["trace", "bench:functions"];

    for (const [script, uses] of withArguments) {
      if (WITHOUT_PARSER.includes(script)) continue;
      it(`give npm run ${script} options and commands that it has`, async function () {
        this.timeout(120_000);
        const [program = "", ...options] = scripts[script]!.split(" ");
        const positions = uses.flatMap((use) => positionals(argumentsOf(use)).slice(0, 1));
        const flags = uses.flatMap((use) => argumentsOf(use).filter((_, index, all) => isOption(all, index)));
        // Strict parsers refuse an unknown option although help is asked for.
        const { stdout } = await run(program, [...options, ...flags, "--help"], { cwd: root });
        expect(stdout).to.match(/^Usage: npm/);
        const own = stdout.split("\n").flatMap((line) => /^ {2}([a-z-]+) /.exec(line)?.[1] ?? []);
        if (own.length > 0) expect(own).to.include.members(positions);
        else expect(positions).to.deep.equal([]);
      });
    }

    /** True for options and for their values. */
    function isOption(words: string[], index: number): boolean {
      return (
        words[index]!.startsWith("--") || (words[index - 1]?.startsWith("--") === true && takesValue(words[index - 1]!))
      );
    }
    const SWITCHES = [
      "--edge-cache",
      "--fast",
      "--fresh",
      "--keep",
      "--each",
      "--force",
      "--restart",
      "--strict",
      "--webhooks",
    ];
    const takesValue = (option: string) => !SWITCHES.includes(option);
    const positionals = (words: string[]) => words.filter((_, index) => !isOption(words, index));
  });

  it("of npx, node and bash name programs and files that exist", () => {
    const missing = [...of("npx"), ...of("node"), ...of("bash")].filter(({ words: [program, first = "", ...more] }) => {
      if (program === "npx" && !existsSync(join(root, "node_modules", ".bin", first))) return true;
      const files = program === "npx" ? more : [first];
      return files.some((file) => !file.startsWith("-") && !existsSync(join(root, file)));
    });
    expect(missing.map(label)).to.deep.equal([]);
  });

  describe("of the Pulumi CLI", () => {
    /** Commands and options of Pulumi 3, without those that no page uses. The CLI is not installed with the project. */
    const OPTIONS: Record<string, string[]> = {
      "config get": ["--stack"],
      "config set": ["--secret", "--stack"],
      destroy: ["--stack"],
      preview: ["--policy-pack", "--refresh", "--stack"],
      refresh: ["--stack"],
      stack: ["--show-urns"],
      "stack change-secrets-provider": ["--stack"],
      "stack import": ["--file", "--stack"],
      "stack init": [],
      "stack output": ["--stack"],
      "state unprotect": ["--all", "--stack"],
      up: ["--refresh", "--stack"],
      version: [],
      whoami: [],
    };
    const nameOf = (words: string[]) =>
      [words.slice(1, 3).join(" "), words[1]!].find((name) => name in OPTIONS) ?? words.slice(1, 3).join(" ");

    it("exist, with their options", () => {
      const unknown = of("pulumi").filter(({ words }) => {
        const options = OPTIONS[nameOf(words)];
        return options === undefined || flagsOf(words).some((flag) => !options.includes(flag));
      });
      expect(unknown.map(label)).to.deep.equal([]);
    });

    it("set and read settings that the program reads", () => {
      const documented =
        readFileSync(join(root, "Pulumi.dev.yaml"), "utf8") + readFileSync(join(root, "Pulumi.prod-east.yaml"), "utf8");
      const keys = of("pulumi").flatMap((command) =>
        command.words.filter((word) => word.startsWith("stayopen:")).map((key) => ({ key, command })),
      );
      expect(keys.length).to.be.greaterThan(5);
      const unknown = keys.filter(({ key }) => !new RegExp(`${key}\\b`).test(documented));
      expect(unknown.map(({ command }) => label(command))).to.deep.equal([]);
    });
  });

  describe("of the AWS CLI", () => {
    const GLOBAL = ["--region", "--query", "--output", "--profile", "--cli-binary-format"];
    /** Commands that have another name than the service's model. */
    const MODELS: Record<string, string> = { s3api: "s3" };
    const models = globSync(".stayopen/venv/lib/python*/site-packages/botocore/data", { cwd: root })[0];
    const named = of("aws").filter(({ words }) => /^[a-z0-9-]+$/.test(words[1]!));

    /** Options by command, from the API models that the AWS CLI derives its commands from. */
    function optionsOf(service: string, command: string): string[] | undefined {
      const [file] = globSync(`${models}/${MODELS[service] ?? service}/*/service-2.json*`, { cwd: root })
        .sort()
        .reverse();
      if (file === undefined) return undefined;
      const content = readFileSync(join(root, file));
      const model = JSON.parse(String(file.endsWith(".gz") ? gunzipSync(content) : content)) as {
        operations: Record<string, { input?: { shape: string } }>;
        shapes: Record<string, { members?: object }>;
      };
      const operation = Object.keys(model.operations).find((name) => kebab(name) === command);
      if (operation === undefined) return undefined;
      const input = model.operations[operation]!.input?.shape;
      return Object.keys((input && model.shapes[input]?.members) || {}).map((name) => `--${kebab(name)}`);
    }
    const kebab = (name: string) =>
      name
        .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
        .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
        .toLowerCase();

    it("exist, with their options", () => {
      expect(models, "botocore's models: npm run setup installs them").to.be.a("string");
      const wrong = named.flatMap((command) => {
        const [, service = "", name = ""] = command.words;
        const options = optionsOf(service, name);
        if (options === undefined) return [`${label(command)}: there is no such command`];
        return flagsOf(command.words)
          .filter((flag) => !options.includes(flag) && !GLOBAL.includes(flag))
          .map((flag) => `${label(command)}: ${flag}`);
      });
      expect(wrong).to.deep.equal([]);
    });
  });
});
