import * as pulumi from "@pulumi/pulumi";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const ACCOUNT = "123456789012";

/** Registers what `create` creates, with mocked outputs, and returns look-ups by the last part of the type. */
export async function registerResources(create: (parent: pulumi.Resource) => void) {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        return { id: `${name}-id`, state: { ...inputs, arn: `arn:${name}`, url: `https://${name}`, name } };
      },
      call: () => ({ accountId: ACCOUNT }),
    },
    "shop",
    "dev",
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    create(new pulumi.ComponentResource("test:index:Parent", "parent"));
    return {};
  });
  await pulumi.runtime.disconnect();
  const { of, one } = lookUps(resources);
  return { of, only: one };
}

/** Looks up registered resources by the last part of their type. */
export function lookUps<Resource extends { type: string; name: string; inputs: unknown }>(
  resources: readonly Resource[],
) {
  const of = (type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));
  return {
    of,
    /** Arguments of the only resource of the type. */
    one(type: string): Resource["inputs"] {
      const found = of(type);
      if (found.length !== 1) throw new Error(`There are ${found.length} resources of the type ${type}.`);
      return found[0]!.inputs;
    },
    named(type: string, name: string): Resource["inputs"] {
      const found = of(type).find((resource) => resource.name === name);
      if (!found) throw new Error(`There is no ${type} "${name}" among ${of(type).map((each) => each.name)}.`);
      return found.inputs;
    },
  };
}

/** Statements of a policy's document. */
export function statementsOf(document: unknown): Record<string, unknown>[] {
  return (JSON.parse(String(document)) as { Statement: Record<string, unknown>[] }).Statement;
}
