/** Who runs an action's script: each has a role of its own. */
export type Runner = "build" | "preview" | "development" | "production";

/** One CodeBuild run of a script of this repository. */
export interface ScriptAction {
  name: string;
  /** From the repository's root, with its argument. */
  script: string;
  runner: Runner;
}

export interface ReleaseStage {
  name: string;
  /** One after the other. Empty: somebody must approve. */
  actions: readonly ScriptAction[];
}

const region = (name: string, which: "first" | "second"): ReleaseStage => ({
  name,
  actions: [
    { name: "Up", script: `pipeline/up.sh ${which}`, runner: "production" },
    { name: "SmokeTest", script: `pipeline/smoke-test.sh ${which}`, runner: "production" },
    { name: "Bake", script: `pipeline/bake.sh ${which}`, runner: "production" },
  ],
});

/** A release's way, as the pipeline goes it and as a test goes it on this machine. */
export const RELEASE_STAGES: readonly ReleaseStage[] = [
  { name: "Build", actions: [{ name: "BuildAndTest", script: "pipeline/build-and-test.sh", runner: "build" }] },
  { name: "Preview", actions: [{ name: "Preview", script: "pipeline/preview.sh", runner: "preview" }] },
  {
    name: "Development",
    actions: [
      { name: "Up", script: "pipeline/up.sh dev", runner: "development" },
      { name: "SmokeTest", script: "pipeline/smoke-test.sh dev", runner: "development" },
    ],
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
