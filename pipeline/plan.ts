/** One step of `pulumi preview --json`, with the fields that the plan needs. */
export interface PreviewStep {
  /** `same`, `create`, `update`, `replace`, `delete` … */
  op: string;
  urn: string;
  /** State of the resource before and after, if the preview has it. */
  oldState?: StepState;
  newState?: StepState;
}

interface StepState {
  inputs?: Record<string, unknown>;
}

export interface Preview {
  steps: PreviewStep[];
}

/** Order of the production stacks in a release, and the reason. */
export interface Release {
  /**
   * `first`: a stack does not exist yet. `shared`: only resources that both Regions use change. `ordinary`: only resources of a
   * single Region change. `nothing`: no production stack changes.
   */
  kind: "first" | "shared" | "ordinary" | "nothing";
  first: string;
  second: string;
  /** Changes of shared resources, by stack. */
  shared: string[];
}

/** The production stacks. The primary owns the shared resources. */
export const PRIMARY = "prod-east";
export const SECONDARY = "prod-west";

/**
 * Types that the primary creates for both Regions. A change reaches the secondary at once, before its own update. Tables include
 * their indexes and replicas.
 */
const SHARED_TYPES = [
  "aws:dynamodb/table:Table",
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/keyPolicy:KeyPolicy",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
];

/** Types that hold data. No release may delete or replace them. */
const HOLDS_DATA = [
  "aws:backup/vault:Vault",
  "aws:dynamodb/table:Table",
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "aws:cognito/userPool:UserPool",
];

const UNCHANGED = new Set(["same", "read", "refresh", "read-discard"]);
const LOSES = new Set(["delete", "replace", "delete-replaced", "create-replacement"]);

/** Error for a release that must not be deployed. The message says what to do. */
export class Refused extends Error {}

/**
 * Plans a release from its previews: its kind, and the order of the Regions.
 *
 * An ordinary release starts in the secondary, which has fewer customers. Shared changes are released separately, primary first,
 * because they reach both Regions at once and have to work with the previous release.
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
  // A new stack creates shared resources along with others, but no customer uses them yet.
  if (production.some(({ preview }) => isFirst(preview))) return { kind: "first", ...primaryFirst };
  if (shared.length === 0) return { kind: "ordinary", first: SECONDARY, second: PRIMARY, shared };
  const others = changed.filter(({ isShared, step }) => !isShared && !followsTable(step));
  if (others.length > 0) {
    throw new Refused(
      `The release changes resources that both Regions share (${shared.join(", ")}) and ${others.length} others ` +
        `(${others
          .slice(0, 3)
          .map(({ step }) => nameOf(step))
          .join(", ")} …). Release the shared changes by themselves first.`,
    );
  }
  return { kind: "shared", ...primaryFirst };
}

/**
 * Is the resource used by both Regions? Some tables and keys belong to one Region, such as the table of sign-in codes and the key of a
 * backup vault. A resource without inputs in the preview counts as shared.
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

/** The stack and its components change along with their resources. */
const followsTable = ({ urn }: PreviewStep) =>
  typeOf(urn) === "pulumi:pulumi:Stack" || typeOf(urn).startsWith("stayopen:");

const changesOf = ({ steps }: Preview): PreviewStep[] => steps.filter(({ op }) => !UNCHANGED.has(op));

const isFirst = ({ steps }: Preview): boolean =>
  steps.length > 0 && steps.every(({ op }) => op === "create" || op === "read");

function refuseLosses(stack: string, preview: Preview): void {
  // Development may be destroyed at any time.
  if (stack !== PRIMARY && stack !== SECONDARY) return;
  const lost = preview.steps.filter(({ op, urn }) => LOSES.has(op) && HOLDS_DATA.includes(typeOf(urn)));
  if (lost.length === 0) return;
  throw new Refused(
    `The release would delete or replace resources that hold data in ${stack}: ${lost.map(nameOf).join(", ")}. ` +
      "Give the resource an alias or its old name. To delete it, remove it from the stack by hand.",
  );
}

function previewOf(previews: Record<string, Preview>, stack: string): Preview {
  const preview = previews[stack];
  if (!preview) throw new Refused(`The preview of ${stack} is missing. Run pipeline/preview.sh.`);
  return preview;
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` → TYPE */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").pop() ?? "";
}

const nameOf = ({ op, urn }: PreviewStep) => `${op} ${typeOf(urn).split(":").pop()} ${urn.split("::")[3]}`;
