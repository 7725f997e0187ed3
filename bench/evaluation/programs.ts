/** What the store's program did in one evaluation. */
export interface Recorded {
  /** As its files import them; some more than once. */
  packages: string[];
  resources: { type: string; name: string; inputs: Record<string, unknown> }[];
}

/** A program that only imports the same packages. */
export function importsAlone({ packages }: Recorded): string {
  return [...new Set(packages)]
    .sort()
    .map((name) => `import ${JSON.stringify(name)};\n`)
    .concat("export {};\n")
    .join("");
}

/**
 * A program that imports the same packages and makes the same resources one after the other, their arguments written out: what is left
 * is Pulumi's own work. `first` is the file that the store's program imports before all else.
 */
export function resourcesAlone(recorded: Recorded, first: string): string {
  return [
    `import ${JSON.stringify(first)};\n`,
    importsAlone(recorded),
    'import * as aws from "@pulumi/aws";\n',
    'import * as pulumi from "@pulumi/pulumi";\n',
    ...recorded.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack").map(statementOf),
  ].join("");
}

/** `aws:lambda/function:Function` is `aws.lambda.Function`; what the provider does not have is a component. */
function statementOf({ type, name, inputs }: Recorded["resources"][number]): string {
  const [, module, resource] = /^aws:(\w+)\/\w+:(\w+)$/.exec(type) ?? [];
  return module === undefined
    ? `new pulumi.ComponentResource(${JSON.stringify(type)}, ${JSON.stringify(name)});\n`
    : `new aws.${module}.${resource}(${JSON.stringify(name)}, ${JSON.stringify(inputs)} as never);\n`;
}
