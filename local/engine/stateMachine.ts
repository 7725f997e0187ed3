import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../aws/emulator/python";
import { parseJson } from "./rules";

/** Definitions without a fault in the schema, by digest: the validator compiles its schema for each, a quarter of a processor second. */
const FAULTLESS = join(projectRoot, ".stayopen", "compiled", "definitions");

type State = Record<string, unknown>;
interface Scope {
  StartAt?: unknown;
  States?: Record<string, State>;
}

/**
 * Finds the faults for which CreateStateMachine refuses a definition: violations of the schema, and transitions to missing states.
 *
 * @param faultless folder that remembers definitions without faults in the schema.
 * @returns one sentence for each fault.
 */
export function checkDefinition(definition: unknown, faultless = FAULTLESS): string[] {
  if (typeof definition !== "string") return [`The argument "definition" is missing.`];
  if (Buffer.byteLength(definition) > 1024 * 1024)
    return ["The definition is longer than the 1 MB that Step Functions takes."];
  const machine = parseJson(definition);
  if (typeof machine !== "object" || machine === null) return ["The definition is not a JSON object."];
  const faults = checkScope(machine as Scope, "the definition");
  if (faults.length > 0) return faults;
  return checkSchema(definition, machine, faultless);
}

function checkSchema(definition: string, machine: object, faultless: string): string[] {
  const validator = require.resolve("asl-validator/package.json");
  // Functions' names differ with each data folder.
  const named = definition.replace(
    /arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(?![\w:$-])/g,
    "arn:aws:lambda:a:1:function:f",
  );
  const digest = createHash("sha256").update(readFileSync(validator)).update(named).digest("hex");
  const mark = join(faultless, digest);
  if (existsSync(mark)) return [];
  const check: typeof import("asl-validator") = require("asl-validator");
  const { isValid, errors } = check(machine);
  if (!isValid) return errors.map((error) => `The definition has a fault: ${error["Error code"]}: ${error.Message}`);
  mkdirSync(faultless, { recursive: true });
  writeFileSync(mark, "");
  return [];
}

function checkScope(scope: Scope, where: string): string[] {
  const states = scope.States;
  if (typeof states !== "object" || states === null || Object.keys(states).length === 0)
    return [`In ${where}, States is missing.`];
  const faults: string[] = [];
  const pointed = new Set<string>();
  const follow = (target: unknown, from: string) => {
    if (target === undefined) return;
    if (typeof target === "string" && Object.hasOwn(states, target)) pointed.add(target);
    else faults.push(`In ${where}, ${from} names the state ${JSON.stringify(target)}, which does not exist.`);
  };
  if (scope.StartAt === undefined) faults.push(`In ${where}, StartAt is missing.`);
  follow(scope.StartAt, "StartAt");
  for (const [name, state] of Object.entries(states)) {
    if (name.length > 80)
      faults.push(`In ${where}, the state name "${name}" has ${name.length} characters; 80 are allowed.`);
    follow(state["Next"], `the state ${name}`);
    follow(state["Default"], `the Default of ${name}`);
    for (const list of ["Choices", "Catch"]) {
      for (const rule of (state[list] as State[] | undefined) ?? [])
        follow(rule["Next"], `a rule in ${list} of ${name}`);
    }
    faults.push(...checkEnd(name, state, where));
    for (const inner of [
      state["ItemProcessor"],
      state["Iterator"],
      ...((state["Branches"] as unknown[] | undefined) ?? []),
    ]) {
      if (inner !== undefined) faults.push(...checkScope(inner as Scope, `the state ${name}`));
    }
  }
  for (const name of Object.keys(states)) {
    if (!pointed.has(name)) faults.push(`In ${where}, nothing leads to the state ${name}.`);
  }
  return faults;
}

const terminal = new Set(["Succeed", "Fail"]);

function checkEnd(name: string, state: State, where: string): string[] {
  const type = String(state["Type"]);
  if (terminal.has(type) || type === "Choice") {
    return state["Next"] === undefined ? [] : [`In ${where}, the ${type} state ${name} cannot have a Next.`];
  }
  if (state["End"] === true && state["Next"] !== undefined)
    return [`In ${where}, the state ${name} has both End and Next.`];
  return state["End"] === true || state["Next"] !== undefined
    ? []
    : [`In ${where}, the state ${name} has neither Next nor End.`];
}
