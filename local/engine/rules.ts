import type { Inputs } from "./handler";

/** AWS's rule for a name, and its description for error messages. */
export interface NameRule {
  form: RegExp;
  minLength?: number;
  maxLength: number;
  allowed: string;
}

export const names = {
  function: { form: /^[A-Za-z0-9_-]+$/, maxLength: 64, allowed: "letters, digits, - and _" },
  role: { form: /^[\w+=,.@-]+$/, maxLength: 64, allowed: "letters, digits and _+=,.@-" },
  policy: { form: /^[\w+=,.@-]+$/, maxLength: 128, allowed: "letters, digits and _+=,.@-" },
  table: { form: /^[A-Za-z0-9_.-]+$/, minLength: 3, maxLength: 255, allowed: "letters, digits, _, - and ." },
  queue: { form: /^[A-Za-z0-9_-]+(\.fifo)?$/, maxLength: 80, allowed: "letters, digits, - and _" },
  topic: { form: /^[A-Za-z0-9_-]+(\.fifo)?$/, maxLength: 256, allowed: "letters, digits, - and _" },
  stateMachine: { form: /^[A-Za-z0-9_-]+$/, maxLength: 80, allowed: "letters, digits, - and _" },
  logGroup: { form: /^[A-Za-z0-9_\-/.#]+$/, maxLength: 512, allowed: "letters, digits, _, -, /, . and #" },
  logDelivery: { form: /^[A-Za-z0-9_-]+$/, maxLength: 60, allowed: "letters, digits, _ and -" },
  alarm: { form: /^[^\p{Cc}]+$/u, maxLength: 255, allowed: "any but control characters" },
  bucket: {
    form: /^[a-z0-9]([a-z0-9-]|\.(?!\.))*[a-z0-9]$/,
    minLength: 3,
    maxLength: 63,
    allowed: "lower-case letters, digits, - and single dots, a letter or digit at both ends",
  },
  schedule: { form: /^[0-9A-Za-z_.-]+$/, maxLength: 64, allowed: "letters, digits, -, _ and ." },
  parameter: { form: /^[A-Za-z0-9_.\-/]+$/, maxLength: 1011, allowed: "letters, digits, _, ., - and /" },
  alias: { form: /^alias\/[A-Za-z0-9/_-]+$/, maxLength: 256, allowed: "alias/ and then letters, digits, /, _ and -" },
  domain: {
    form: /^[a-z][a-z0-9-]+$/,
    minLength: 3,
    maxLength: 28,
    allowed: "lower-case letters, digits and -, a letter first",
  },
  api: { form: /^[^\p{Cc}]+$/u, maxLength: 128, allowed: "any but control characters" },
  pool: { form: /^[\w\s+=,.@-]+$/, maxLength: 128, allowed: "letters, digits, spaces and _+=,.@-" },
  group: { form: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u, maxLength: 128, allowed: "no spaces" },
  cloudFront: { form: /^[A-Za-z0-9_-]+$/, maxLength: 64, allowed: "letters, digits, - and _" },
  cloudFrontPolicy: { form: /^[A-Za-z0-9_-]+$/, maxLength: 128, allowed: "letters, digits, - and _" },
} satisfies Record<string, NameRule>;

export function checkName(inputs: Inputs, property: string, rule: NameRule): string[] {
  const name = inputs[property];
  if (typeof name !== "string") return [];
  if (name.length > rule.maxLength) {
    return [`The ${property} "${name}" has ${name.length} characters; AWS allows ${rule.maxLength}.`];
  }
  if (name.length < (rule.minLength ?? 1))
    return [`The ${property} "${name}" is too short: AWS requires at least ${rule.minLength ?? 1} characters.`];
  if (!rule.form.test(name)) return [`The ${property} "${name}" is not allowed by AWS: ${rule.allowed}.`];
  return [];
}

export function checkRange(inputs: Inputs, property: string, least: number, most: number): string[] {
  const value = inputs[property];
  if (value === undefined || value === null) return [];
  const number = Number(value);
  return number >= least && number <= most
    ? []
    : [`The ${property} is ${String(value)}; AWS allows ${least} to ${most}.`];
}

export function checkOneOf(inputs: Inputs, property: string, allowed: readonly unknown[]): string[] {
  const value = inputs[property];
  if (value === undefined || allowed.includes(value)) return [];
  return [`The ${property} is ${JSON.stringify(value)}; AWS allows ${allowed.join(", ")}.`];
}

const arnForm = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d*:.+$/;

export function checkArn(inputs: Inputs, property: string): string[] {
  const value = inputs[property];
  if (value === undefined || (typeof value === "string" && arnForm.test(value))) return [];
  return [`The ${property} ${JSON.stringify(value)} is not an ARN.`];
}

type PolicyKind = "identity" | "resource";

/** Checks the form of a policy document, not its effect. */
export function checkPolicy(inputs: Inputs, property: string, kind: PolicyKind): string[] {
  const source = inputs[property];
  if (source === undefined) return [];
  const document = typeof source === "string" ? parseJson(source) : source;
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    return [`The ${property} is not a JSON object.`];
  }
  const { Version: version, Statement: statement, ...others } = document as Inputs;
  const faults: string[] = [];
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") {
    faults.push(`The ${property}'s Version is ${JSON.stringify(version)}, not "2012-10-17".`);
  }
  const unknown = Object.keys(others).filter((key) => key !== "Id");
  if (unknown.length > 0) faults.push(`The ${property} has the unknown element ${unknown[0]}.`);
  const statements = Array.isArray(statement) ? statement : statement === undefined ? [] : [statement];
  if (statements.length === 0) faults.push(`The ${property} has no Statement.`);
  const sids = new Set<unknown>();
  statements.forEach((each, index) => {
    faults.push(...checkStatement(each, `Statement ${index + 1} of the ${property}`, kind));
    const sid = (each as Inputs | null)?.["Sid"];
    if (sid !== undefined && sids.has(sid))
      faults.push(`The ${property} has two statements with the Sid ${String(sid)}.`);
    sids.add(sid);
  });
  return faults;
}

const statementElements = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

function checkStatement(statement: unknown, where: string, kind: PolicyKind): string[] {
  if (typeof statement !== "object" || statement === null) return [`${where} is not an object.`];
  const each = statement as Inputs;
  const faults: string[] = [];
  for (const key of Object.keys(each)) {
    if (!statementElements.has(key)) faults.push(`${where} has the unknown element ${key}.`);
  }
  if (each["Effect"] !== "Allow" && each["Effect"] !== "Deny")
    faults.push(`${where} needs the Effect "Allow" or "Deny".`);
  const sid = each["Sid"];
  if (sid !== undefined && kind === "identity" && !/^[A-Za-z0-9]*$/.test(String(sid))) {
    faults.push(`${where} has the Sid "${String(sid)}"; IAM allows letters and digits.`);
  }
  const actions = listOf(each["Action"] ?? each["NotAction"]);
  if (actions.length === 0) faults.push(`${where} has no Action.`);
  for (const action of actions) {
    if (typeof action !== "string" || !/^(\*|[a-zA-Z0-9-]+:[A-Za-z0-9*?]+)$/.test(action)) {
      faults.push(`${where} has ${JSON.stringify(action)} for an Action; it must be "service:Action".`);
    }
  }
  const isTrust = actions.every((action) => String(action).startsWith("sts:"));
  const resources = listOf(each["Resource"] ?? each["NotResource"]);
  if (resources.length === 0 && !(kind === "resource" && isTrust)) faults.push(`${where} has no Resource.`);
  for (const resource of resources) {
    if (typeof resource !== "string" || !/^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+)$/.test(resource)) {
      faults.push(`${where} has ${JSON.stringify(resource)} for a Resource, which is neither an ARN nor "*".`);
    }
  }
  const hasPrincipal = each["Principal"] !== undefined || each["NotPrincipal"] !== undefined;
  if (kind === "identity" && hasPrincipal)
    faults.push(`${where} has a Principal, which a role's own policy cannot have.`);
  if (kind === "resource" && !hasPrincipal) faults.push(`${where} has no Principal.`);
  const condition = each["Condition"];
  if (condition !== undefined && (typeof condition !== "object" || condition === null || Array.isArray(condition))) {
    faults.push(`${where} has a Condition that is not an object.`);
  }
  return faults;
}

function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
