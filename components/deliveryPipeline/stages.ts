/** Environments of a store, each in its own account. */
export const ENVIRONMENTS = ["development", "production"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** Purpose of a stage in an environment. Each has its own role there. */
export type Use = "preview" | "deploy";

/** CodeBuild project that runs scripts, with its own role. */
export type Runner = "build" | `${Environment}-${Use}`;

/** One CodeBuild run of a script of this repository. */
export interface ScriptAction {
  name: string;
  /** Path from the repository's root, with its argument. */
  script: string;
  runner: Runner;
}

export interface ReleaseStage {
  name: string;
  /** Actions in order. Empty for the manual approval. */
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

/** Stages of a release. The pipeline runs them, and a test runs them locally. */
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
  // After development runs the release, because a preview decrypts the secrets of its stacks.
  {
    name: "Preview",
    actions: [{ name: "Preview", script: "pipeline/preview.sh production", runner: "production-preview" }],
  },
  { name: "Approval", actions: [] },
  // pipeline/plan.ts decides which Region is first.
  region("FirstRegion", "first"),
  region("SecondRegion", "second"),
];

/** All scripts in the order of a release. */
export const STAGE_SCRIPTS: readonly string[] = RELEASE_STAGES.flatMap(({ actions }) =>
  actions.map(({ script }) => script),
);
