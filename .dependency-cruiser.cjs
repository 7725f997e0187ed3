/** One folder for each implementation of a port; its `resources.ts` runs at deployment, the rest inside functions. */
const IMPLEMENTATIONS = "components/orderService/(httpContract|payment|shipping|notifications)/";
const RUN_TIME = `components/[^/]+/handlers/|components/runtime/|${IMPLEMENTATIONS}`;
const DEPLOY_TIME = "/resources\\.ts$";

/**
 * Rules of the house (docs/contributing.md): deploy-time and run-time code stay apart, and no two folders or modules
 * depend on each other in a circle.
 *
 * @type {import("dependency-cruiser").IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: "run-time-without-pulumi",
      comment: "Code that runs inside functions must not load Pulumi: it would be captured by value or refused.",
      severity: "error",
      from: { path: `^(${RUN_TIME}|domain/|workflows/)`, pathNot: DEPLOY_TIME },
      to: { path: "(^|/)@pulumi/" },
    },
    {
      name: "run-time-without-deploy-time",
      comment: "Handlers know no resources and no functions: the closure passes what they need.",
      severity: "error",
      from: { path: `^(${RUN_TIME})`, pathNot: DEPLOY_TIME },
      to: { path: `^components/([^/]+/(resources|functions)|infrastructure|inlineFunction)/|${DEPLOY_TIME}` },
    },
    {
      name: "domain-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^domain/" },
      to: {
        path: "^(components|workflows|local|cli|tests|bench|catalogue|web|policies|pipeline)/|^(index|config|primaryStack)\\.ts$",
      },
    },
    {
      name: "product-without-scaffolding",
      comment: "Components are reused in other stores; what proves them must not leak into them.",
      severity: "error",
      from: { path: "^(components|workflows|domain|web/src)/" },
      to: { path: "^(local|cli|tests|bench|catalogue|policies|pipeline)/" },
    },
    {
      name: "no-folder-cycles",
      comment: "Two folders that need each other are one folder, or a third is missing.",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
    { name: "no-module-cycles", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|web/dist)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
