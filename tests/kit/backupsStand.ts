import { Backups, type BackupsArgs } from "../../components/backups";
import { mocked, type Registered } from "./observabilityStand";

export const table = (name: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;

export const usual: BackupsArgs = {
  tables: { orders: table("orders-orders-1a2b3c4"), products: table("catalogue-products-1a2b3c4") },
  buckets: { media: "arn:aws:s3:::media" },
};

export interface Statement {
  Action: string[];
  Resource: string | string[];
}

export interface PlanRule {
  ruleName: string;
  schedule: string;
  lifecycle: { deleteAfter: number };
  startWindow: number;
  completionWindow: number;
  copyActions?: { destinationVaultArn: string; lifecycle: { deleteAfter: number } }[];
}

export async function register(changes: Partial<BackupsArgs> = {}) {
  const registered: Registered[] = [];
  await mocked(registered, () => {
    new Backups("backups", { ...usual, ...changes });
  });
  const one = (type: string, name?: string) => {
    const found = registered.find(
      (resource) => resource.type.endsWith(`:${type}`) && (name === undefined || resource.name === name),
    );
    if (!found) throw new Error(`There is no ${type}.`);
    return found.inputs;
  };
  const statements = (role: string) =>
    (JSON.parse(String(one("RolePolicy", role)["policy"])) as { Statement: Statement[] }).Statement;
  return { registered, one, statements };
}
