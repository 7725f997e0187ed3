import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** A command line of the documentation. */
export interface Command {
  page: string;
  words: string[];
}

/** Programs whose command lines are checked. */
export const PROGRAMS = ["npm", "npx", "node", "bash", "pulumi", "aws"];

export const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const pages = globSync(["README.md", "CONTRIBUTING.md", "docs/**/*.md", "examples/**/*.md"], {
  cwd: root,
  exclude: ["**/node_modules/**"],
})
  .sort()
  .map((page) => ({ page, ...partsOf(readFileSync(join(root, page), "utf8")) }));
/** Shell blocks, each line as words. */
export const blocksOfCommands = pages.flatMap(({ page, blocks }) =>
  blocks
    .map((block) => ({ page, lines: commandLines(block.replace(/\\\n/g, " ").split("\n")) }))
    .filter(({ lines }) => lines.some(isCommand)),
);
/** Commands of blocks and of inline code. */
export const commands: Command[] = [
  ...blocksOfCommands.flatMap(({ page, lines }) => lines.map((words) => ({ page, words }))),
  ...pages.flatMap(({ page, inline }) => commandLines(inline).map((words) => ({ page, words }))),
].filter(({ words }) => isCommand(words));

/** Blocks that may be a shell's, and inline code. */
function partsOf(text: string): { blocks: string[]; inline: string[] } {
  const blocks: string[] = [];
  const prose = text.replace(/^ *```(\w*)\n([\s\S]*?)^ *```/gm, (_, language: string, block: string) => {
    if (["", "sh", "bash", "console"].includes(language)) blocks.push(block);
    return "";
  });
  return { blocks, inline: [...prose.matchAll(/`([^`]+)`/g)].map((match) => match[1]!) };
}

/** Words of each command, without comments, redirections and variables in front. */
function commandLines(lines: string[]): string[][] {
  return lines
    .flatMap((line) => line.replace(/(^| +)#.*$/, "").split(/ && | \| /))
    .map((line) => wordsOf(line.replace(/ < .*$/, "")))
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter((words) => words.length > 0);
}

function isCommand([program = "", first]: string[]): boolean {
  return PROGRAMS.includes(program) && first !== undefined;
}

/** Splits as a shell does, where quotes keep blanks together. */
function wordsOf(line: string): string[] {
  return line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
}

export const label = ({ page, words }: Command): string => `${page}: ${words.join(" ")}`;
