/** One step of `pulumi preview --json`, as far as it matters here. */
export interface PreviewStep {
  /** `same`, `create`, `update`, `replace`, `delete` … */
  op: string;
  urn: string;
  /** The resource before and after, with its arguments, where the preview tells them. */
  oldState?: StepState;
  newState?: StepState;
}

interface StepState {
  inputs?: Record<string, unknown>;
}

export interface Preview {
  steps: PreviewStep[];
}

/** Which production stack goes first, and why. */
export interface Release {
  /**
   * `first`: there is nothing yet. `shared`: changes what both Regions work with, and nothing else.
   * `ordinary`: a Region's own. `nothing`: no production stack changes.
   */
  kind: "first" | "shared" | "ordinary" | "nothing";
  first: string;
  second: string;
  /** What is shared and changes, by stack. */
  shared: string[];
}

/** The production stacks: the primary owns what both share. */
export const PRIMARY = "prod-east";
export const SECONDARY = "prod-west";

/**
 * What the primary makes for both Regions: a change reaches the other Region at once, however carefully that is updated.
 * Tables bring their indexes and replicas along.
 */
const SHARED_TYPES = [
  "aws:dynamodb/table:Table",
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/keyPolicy:KeyPolicy",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
];

/** Losing one of these loses data; no release may. */
const HOLDS_DATA = [
  "aws:backup/vault:Vault",
  "aws:dynamodb/table:Table",
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "aws:cognito/userPool:UserPool",
];

const UNCHANGED = new Set(["same", "read", "refresh", "read-discard"]);
const LOSES = new Set(["delete", "replace", "delete-replaced", "create-replacement"]);

/** A release that must not go out as it is; the message says what to do. */
export class Refused extends Error {}

/**
 * Recognises from the previews what a release changes, and in which order the Regions get it.
 *
 * An ordinary release goes to the secondary first: fewer customers meet it there. What is shared goes by itself, primary
 * first, because both Regions meet it at once and the release before must be able to live with it.
 *
 * @throws {Refused} for a release that would lose data, or that mixes shared changes with others.
 */
export function releaseOf(previews: Record<string, Preview>): Release {
  for (const [stack, preview] of Object.entries(previews)) refuseLosses(stack, preview);
  const production = [PRIMARY, SECONDARY].map((stack) => ({ stack, preview: previewOf(previews, stack) }));
  const changed = production.flatMap(({ stack, preview }) =>
    changesOf(preview).map((step) => ({ stack, step, isShared: isShared(step) })),
  );
  const shared = changed.filter(({ isShared }) => isShared).map(({ stack, step }) => `${stack}: ${nameOf(step)}`);
  const primaryFirst = { first: PRIMARY, second: SECONDARY, shared };
  if (changed.length === 0) return { kind: "nothing", ...primaryFirst };
  // A stack that is made has shared parts among its others, and nobody uses them yet.
  if (production.some(({ preview }) => isFirst(preview))) return { kind: "first", ...primaryFirst };
  if (shared.length === 0) return { kind: "ordinary", first: SECONDARY, second: PRIMARY, shared };
  const others = changed.filter(({ isShared, step }) => !isShared && !followsTable(step));
  if (others.length > 0) {
    throw new Refused(
      `The release changes what both Regions share (${shared.join(", ")}) and ${others.length} other things ` +
        `(${others
          .slice(0, 3)
          .map(({ step }) => nameOf(step))
          .join(", ")} …). Release the shared changes by themselves first.`,
    );
  }
  return { kind: "shared", ...primaryFirst };
}

/**
 * Tables and keys that are a Region's own reach nobody else: codes to sign in with, the key of a vault. What the preview
 * tells nothing of counts as shared.
 */
function isShared(step: PreviewStep): boolean {
  const type = typeOf(step.urn);
  if (!SHARED_TYPES.includes(type)) return false;
  const known = [step.oldState?.inputs, step.newState?.inputs].filter((inputs) => inputs !== undefined);
  if (known.length === 0) return true;
  if (type === "aws:dynamodb/table:Table")
    return known.some(({ replicas }) => Array.isArray(replicas) && replicas.length > 0);
  if (type === "aws:kms/key:Key") return known.some(({ multiRegion }) => multiRegion === true);
  return true;
}

/** The stack itself and its outputs change with whatever it holds. */
const followsTable = ({ urn }: PreviewStep) =>
  typeOf(urn) === "pulumi:pulumi:Stack" || typeOf(urn).startsWith("stayopen:");

const changesOf = ({ steps }: Preview): PreviewStep[] => steps.filter(({ op }) => !UNCHANGED.has(op));

const isFirst = ({ steps }: Preview): boolean =>
  steps.length > 0 && steps.every(({ op }) => op === "create" || op === "read");

function refuseLosses(stack: string, preview: Preview): void {
  // Development is made and destroyed without asking.
  if (stack !== PRIMARY && stack !== SECONDARY) return;
  const lost = preview.steps.filter(({ op, urn }) => LOSES.has(op) && HOLDS_DATA.includes(typeOf(urn)));
  if (lost.length === 0) return;
  throw new Refused(
    `The release would delete or replace what holds data in ${stack}: ${lost.map(nameOf).join(", ")}. ` +
      "Give the resource an alias or its old name; what shall really go is taken out by hand.",
  );
}

function previewOf(previews: Record<string, Preview>, stack: string): Preview {
  const preview = previews[stack];
  if (!preview) throw new Refused(`There is no preview of ${stack}. Run pipeline/preview.sh.`);
  return preview;
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` → TYPE */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").pop() ?? "";
}

const nameOf = ({ op, urn }: PreviewStep) => `${op} ${typeOf(urn).split(":").pop()} ${urn.split("::")[3]}`;
