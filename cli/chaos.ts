/** `npm run chaos -- kill us-east-1`: controls the Regions of the running store from a terminal. */
import type { Action } from "../local/console/actions";
import { askConsole } from "../local/console/client";
import type { RegionsView } from "../local/console/state";
import { runCommand } from "./runCommand";

const usage = `Usage: npm run chaos -- COMMAND

  kill REGION        SIGKILL to everything of the Region
  return REGION      starts a killed Region again, with its data
  lose REGION        kills it and deletes its data
  freeze REGION      SIGSTOP to everything of the Region
  thaw REGION        resumes a frozen Region
  cut                blocks replication and calls between the Regions
  heal               restores the link between the Regions
  lag MS             sets the replication lag in milliseconds
  lag MIN..MAX       draws the lag of each change from a range
  status             shows Regions, replication, names and health checks

  --data FOLDER      data folder of the store, as given to npm start
`;

/** Parses the words of the command line. @throws {Error} with one sentence. */
export function requestOf([command, argument, ...more]: readonly string[]): Action | "status" {
  const wrong = (what: string) => new Error(`${what}: "npm run chaos -- --help" lists the commands.`);
  if (command === undefined) throw wrong("A command is missing");
  if (more.length > 0) throw wrong(`"${more.join(" ")}" is unexpected`);
  switch (command) {
    case "kill":
    case "return":
    case "lose":
    case "freeze":
    case "thaw":
      if (argument === undefined) throw wrong(`The Region to ${command} is missing`);
      return { action: command, region: argument };
    case "lag": {
      const [, min, max = min] = /^(\d+)(?:\.\.(\d+))?$/.exec(argument ?? "") ?? [];
      if (min === undefined) throw wrong("The lag is missing, such as 500 or 200..900 milliseconds");
      return { action: "lag", lag: { min: Number(min), max: Number(max) } };
    }
    case "cut":
    case "heal":
    case "status":
      if (argument !== undefined) throw wrong(`"${argument}" is unexpected`);
      return command === "status" ? "status" : { action: command };
    default:
      throw wrong(`There is no command "${command}"`);
  }
}

async function main({ data }: { data?: string }, words: string[]): Promise<void> {
  const request = requestOf(words);
  const start = "npm start -- --regions 2";
  if (request !== "status") await askConsole(data, "/actions", { action: request, start });
  print((await askConsole(data, "/regions", { start })) as RegionsView);
}

function print({ regions, link, names = [], checks = [] }: RegionsView): void {
  const lines = regions.map(({ region, stack, state, up }) => {
    const answersFor = names
      .filter(({ name, answeredBy }) => answeredBy.includes(region) && !name.startsWith(`${region}.`))
      .map(({ name }) => name);
    const shown = state === "up" && !up ? "no response" : state;
    return `${region}  ${stack}  ${shown}${answersFor.length > 0 ? `, answers for ${answersFor.join(", ")}` : ""}`;
  });
  for (const { from, to, state, waiting, behindMs } of link?.directions ?? []) {
    const behind = waiting > 0 ? `, the oldest for ${(behindMs / 1000).toFixed(1)} s` : "";
    lines.push(`${from} → ${to}  ${state}, ${waiting} changes waiting${behind}`);
  }
  lines.push(...checks.map(({ name, healthy, about }) => `${name}  ${healthy ? "healthy" : "unhealthy"}  ${about}`));
  console.log(lines.join("\n"));
}

if (require.main === module) runCommand({ usage, options: { data: { type: "string" } } }, main);
