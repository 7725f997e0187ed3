import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<Accepted extends Options> = ReturnType<typeof parseArgs<{ allowPositionals: true; options: Accepted }>>;

interface Command<Accepted extends Options> {
  usage: string;
  options: Accepted;
  /** Prints the usage and exits with 1 if no word is given. */
  needsWord?: boolean;
}

/** Message for the operator. Node's own sentence of a file does not say what to do. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { syscall, path, code } = error as NodeJS.ErrnoException;
  if (!["open", "read"].includes(syscall ?? "") || path === undefined) return error.message;
  return `The file ${path} can't be ${syscall === "read" ? "read" : "opened"} (${code}): check its path and its permissions.`;
}

/**
 * Runs a command with its options and words. `--help` prints its usage. An error is one sentence on standard error, and the
 * exit code 1.
 */
export function runCommand<const Accepted extends Options>(
  { usage, options, needsWord = false }: Command<Accepted>,
  main: (options: Parsed<Accepted>["values"], words: string[]) => Promise<void>,
  args = process.argv.slice(2),
): void {
  // After the command's module is loaded, with the constants below this call.
  Promise.resolve()
    .then(run)
    .catch((error: unknown) => {
      console.error(sentenceOf(error));
      process.exitCode = 1;
    });

  async function run(): Promise<void> {
    const help = { type: "boolean", short: "h" } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...options, help } });
    const isAsked = "help" in values;
    if (!isAsked && (positionals.length > 0 || !needsWord))
      return main(values as Parsed<Accepted>["values"], positionals);
    console.log(usage);
    process.exitCode = isAsked ? 0 : 1;
  }
}
