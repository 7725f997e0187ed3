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
 * Publishes this Region's issuer and its keys to the peer Regions.
 *
 * The item has one writer, and a repeated write is the same, so the write has no condition.
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

/**
 * Retries for about 20 seconds, within the function's minute: a new role may not be effective everywhere yet, and the provider does not
 * repeat the first invocation (`invoke` in internal/service/lambda/invocation.go), so that its failure fails the deployment.
 */
export async function retryPatiently(action: () => Promise<void>, attempts = 8, pauseMs = 3_000): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }
}
