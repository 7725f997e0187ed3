/** Imports and resources of one evaluation of the store's program. */
export interface Recorded {
  /** Packages in the order of their imports, with repetitions. */
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
 * Writes a program that imports the same packages and creates the same resources with literal arguments, so that only Pulumi's own work is
 * measured. `first` is the file that the store's program imports first.
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

/** Class of a type: `aws:lambda/function:Function` is `aws.lambda.Function`; other types are components. */
function statementOf({ type, name, inputs }: Recorded["resources"][number]): string {
  const [, module, resource] = /^aws:(\w+)\/\w+:(\w+)$/.exec(type) ?? [];
  return module === undefined
    ? `new pulumi.ComponentResource(${JSON.stringify(type)}, ${JSON.stringify(name)});\n`
    : `new aws.${module}.${resource}(${JSON.stringify(name)}, ${JSON.stringify(inputs)} as never);\n`;
}
