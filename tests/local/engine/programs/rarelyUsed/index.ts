import * as pulumi from "@pulumi/pulumi";

// Uses what the local run loads on demand.
const loaded = () => ["automation", "arborist"].filter((name) => Object.keys(require.cache).some(isIn(name)));
const isIn = (name: string) => (file: string) => file.includes(`/${name}/`);

export = async () => {
  const before = loaded();
  const workspace = typeof pulumi.automation.LocalWorkspace.create;
  const paths = await pulumi.runtime.computeCodePaths();
  return {
    before,
    workspace,
    hasPackages: [...paths.keys()].some((path) => path.includes("node_modules")),
    after: loaded(),
  };
};
