import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { SignInSettings } from "../../../domain/auth";
import { ISSUER, type IssuerItem, REGION_SCHEMA } from "../../../domain/region";
import { fetchDocument } from "./fetchDocument";
import { addressesOf, type TrustedPool } from "./trustedIssuer";

export interface PublishIssuerDeps {
  client: DynamoDBDocumentClient;
  tableName: string;
  region: string;
  settings: SignInSettings;
  trusted: TrustedPool;
}

/**
 * Tells the other Regions whose tokens this one gives out, and by which keys they know them.
 *
 * The item has one writer and is the same whoever writes it twice, so the write has no condition.
 */
export async function publishIssuer({
  client,
  tableName,
  region,
  settings,
  trusted,
}: PublishIssuerDeps): Promise<void> {
  const document = new TextDecoder().decode(await fetchDocument(addressesOf(trusted).jwksUri));
  const { keys } = Object(JSON.parse(document)) as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length === 0) throw new Error("The user pool publishes no keys.");
  const item: IssuerItem<TrustedPool> = {
    subject: region,
    entry: ISSUER,
    schema: REGION_SCHEMA,
    settings,
    trusted,
    jwks: JSON.stringify({ keys }),
    at: new Date().toISOString(),
  };
  await client.send(new PutCommand({ TableName: tableName, Item: item }));
}

/** Tries again for some seconds: a role that was made a moment ago may not yet be known everywhere. */
export async function retryPatiently(action: () => Promise<void>, attempts = 5, pauseMs = 2_000): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }
}
