/** Environments of a store, each in an account of its own. */
export const ENVIRONMENTS = ["development", "production"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What a stage does in an environment: each use has a role of its own there. */
export type Use = "preview" | "deploy";

/** Runs an action's script under a role of its own. */
export type Runner = "build" | `${Environment}-${Use}`;

/** One CodeBuild run of a script of this repository. */
export interface ScriptAction {
  name: string;
  /** From the repository's root, with its argument. */
  script: string;
  runner: Runner;
}

export interface ReleaseStage {
  name: string;
  /** One after the other. Empty: a person must approve. */
  actions: readonly ScriptAction[];
}

const region = (name: string, which: "first" | "second"): ReleaseStage => ({
  name,
  actions: [
    { name: "Up", script: `pipeline/up.sh ${which}`, runner: "production-deploy" },
    { name: "SmokeTest", script: `pipeline/smoke-test.sh ${which}`, runner: "production-deploy" },
    { name: "Bake", script: `pipeline/bake.sh ${which}`, runner: "production-deploy" },
  ],
});

/** A release's way, as the pipeline goes it and as a test goes it on this machine. */
export const RELEASE_STAGES: readonly ReleaseStage[] = [
  { name: "Build", actions: [{ name: "BuildAndTest", script: "pipeline/build-and-test.sh", runner: "build" }] },
  {
    name: "Development",
    actions: [
      { name: "Preview", script: "pipeline/preview.sh development", runner: "development-preview" },
      { name: "Up", script: "pipeline/up.sh dev", runner: "development-deploy" },
      { name: "SmokeTest", script: "pipeline/smoke-test.sh dev", runner: "development-deploy" },
    ],
  },
  // Only after development runs the release: a preview decrypts the secrets of its stacks.
  {
    name: "Preview",
    actions: [{ name: "Preview", script: "pipeline/preview.sh production", runner: "production-preview" }],
  },
  { name: "Approval", actions: [] },
  // Which Region that is the release decides: pipeline/plan.ts.
  region("FirstRegion", "first"),
  region("SecondRegion", "second"),
];

/** All scripts in the order in which a release runs them. */
export const STAGE_SCRIPTS: readonly string[] = RELEASE_STAGES.flatMap(({ actions }) =>
  actions.map(({ script }) => script),
);
