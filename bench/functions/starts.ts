import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { deflateRawSync } from "node:zlib";
import { bundle } from "../../components/inlineFunction/bundle/bundle";
import type { AnyFunction } from "../../components/inlineFunction/bundle/closures";
import { emptyFolder } from "../folder";
import { count, machine, median, ratioOf, run, table } from "../table";
import { firstRequests } from "./events";
import { handMade } from "./handMade";
import { functionsOfTheStore } from "./store";

const usage = `Usage: npm run bench:starts -- --before FOLDER

  Compares the start of each function, and the start with its first request, with an earlier release and with the same handler
  bundled by hand.

  --before FOLDER    worktree of the release, with its packages and its built storefront (web/dist)
  --runs 20          starts of each variant
  --only NAME,NAME   these functions only
`;

interface Measured {
  zipped: number;
  starts: number[];
  firsts: number[];
}

const VARIANTS = ["before", "now", "by hand"] as const;

/** Of a function that the earlier release does not have, or that cannot be written by hand. */
const NONE = "–";

run(async () => {
  const { values } = parseArgs({
    options: {
      before: { type: "string" },
      runs: { type: "string", default: "20" },
      only: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  if (!values.before) throw new RangeError("--before is missing; give a folder with the release to compare with.");
  const runs = count("--runs", values.runs);
  const heading = machine();
  const directory = emptyFolder("starts");
  const before = buildBefore(path.resolve(values.before), path.join(directory, "before"));
  const standIn = spawn(
    process.execPath,
    ["-r", "./local/loadTypeScript.js", path.join(__dirname, "firstRequests.ts")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    const port = await new Promise<string>((resolve) =>
      standIn.stdout.once("data", (line) => resolve(String(line).trim())),
    );
    const subjects = [];
    const only = values.only?.split(",");
    const all = (await functionsOfTheStore("dev")).filter(({ name }) => only?.includes(name) ?? true);
    const built = await Promise.all(
      all.map(({ name, made }) => bundled(name, made.callbackFactory as AnyFunction, directory)),
    );
    for (const [i, { name, made, environment }] of all.entries()) {
      const files = {
        before: before.get(name),
        now: built[i],
        "by hand": await handMade(name, made.callbackFactory as AnyFunction, directory),
      };
      subjects.push({ name, environment, files, measured: new Map<string, Measured>() });
    }
    const events = firstRequests();
    const eventFile = path.join(directory, "event.json");
    for (let i = 0; i < runs; i++)
      for (const { name, environment, files, measured } of subjects) {
        fs.writeFileSync(eventFile, JSON.stringify(events[name] ?? {}));
        const inTurn = i % 2 === 0 ? VARIANTS : [...VARIANTS].reverse();
        for (const variant of inTurn) {
          const file = files[variant];
          if (!file) continue;
          // A factory that captures a variable of a component's constructor cannot be written into its own file; one that
          // parses a setting that only a deployment has does not start here.
          const times = startOnce(file, environment, port, eventFile);
          if (!times) continue;
          const { start, first } = times;
          const m = measured.get(variant) ?? { zipped: zipped(file), starts: [], firsts: [] };
          measured.set(variant, m);
          m.starts.push(start);
          m.firsts.push(first);
        }
      }
    console.log(`${heading}; ${runs} runs; processor time in ms, medians; ratios are medians of runs side by side.\n`);
    const rows = subjects.map(({ name, measured }) => {
      const now = measured.get("now");
      const [old, byHand] = [measured.get("before"), measured.get("by hand")];
      if (!now) return [name];
      const kb = (m?: Measured) => (m ? (m.zipped / 1024).toFixed(1) : NONE);
      const ms = (list?: number[]) => (list ? median(list).toFixed(1) : NONE);
      const ratio = (a: number[], b?: number[]) => (b ? ratioOf(a, b).toFixed(2) : NONE);
      return [
        name,
        kb(old),
        kb(now),
        kb(byHand),
        ms(old?.starts),
        ms(now.starts),
        ratio(now.starts, old?.starts),
        ms(old?.firsts),
        ms(now.firsts),
        ratio(now.firsts, old?.firsts),
        ratio(now.firsts, byHand?.firsts),
      ];
    });
    const head =
      "function|KB zipped before|now|by hand|start before|now|ratio|with first request before|now|ratio|to by hand";
    console.log(table(head.split("|"), rows));
  } finally {
    standIn.kill();
  }
});

/** Builds the bundles of a release with its own code. */
function buildBefore(folder: string, target: string): Map<string, string> {
  const line = [
    "-r",
    path.join(folder, "local/loadTypeScript.js"),
    path.join(folder, "bench/functions/build.ts"),
    target,
  ];
  execFileSync(process.execPath, line, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  const files = new Map<string, string>();
  for (const hash of fs.readdirSync(target)) {
    const file = path.join(target, hash, "index.js");
    if (!fs.existsSync(file)) continue;
    const name = /sourceURL=(.+)-[0-9a-f]{16}\.js\s*$/.exec(fs.readFileSync(file, "utf8"))?.[1];
    if (name !== undefined) files.set(name, file);
  }
  return files;
}

async function bundled(name: string, factory: AnyFunction, directory: string): Promise<string> {
  const made = bundle(factory, { name, directory: path.join(directory, "now") });
  return (await (made as unknown as { promise(): Promise<{ file: string }> }).promise()).file;
}

const zipped = (file: string): number => deflateRawSync(fs.readFileSync(file), { level: 9 }).length + 172;

function startOnce(
  file: string,
  environment: Record<string, string>,
  port: string,
  eventFile: string,
): { start: number; first: number } | undefined {
  const { status, stdout: output } = spawnSync(
    process.execPath,
    [path.join(__dirname, "start.js"), file, "0", eventFile],
    {
      env: {
        PATH: process.env["PATH"],
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "a",
        AWS_SECRET_ACCESS_KEY: "b",
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        ...environment,
        ...("OPENSEARCH_ENDPOINT" in environment && { OPENSEARCH_ENDPOINT: `http://127.0.0.1:${port}` }),
      },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  if (status !== 0) return undefined;
  const { cpu, first } = JSON.parse(output.slice(output.lastIndexOf('{"start"'))) as { cpu: number; first: number };
  return { start: cpu, first };
}
