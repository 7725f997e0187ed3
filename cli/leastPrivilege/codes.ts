import { randomUUID } from "node:crypto";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { KMS } from "@aws-sdk/client-kms";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { CustomerDirectory, createKeyedHash } from "../../components/authLayer/handlers/customerDirectory";
import { CODES_PATH, CUSTOMER_SCHEMA, type CustomerItem, encodeAnswer } from "../../domain/auth";
import type { CodeRequested, CognitoSettings } from "../../domain/auth/settings";
import { resourcesOfType } from "../../local/deployment/deployment";
import type { Store } from "../../local/store";
import { eventually, PEER_REGION } from "./behindTheScenes";

/**
 * Signs in by mailed codes: as a customer of this Region, and as a customer of the peer Region whose address another person has signed
 * up with here. Also sends a token of the peer Region's pool.
 */
export async function signInByCodes(store: Store, auth: CognitoSettings, customerEmail: string): Promise<void> {
  await signInByCode(store, auth, customerEmail);
  const elsewhere = `elsewhere.${randomUUID().slice(0, 8)}@example.com`;
  await addCustomerOf(PEER_REGION, store, elsewhere);
  await callPool(store, auth, "SignUp", {
    ClientId: auth.clientId,
    Username: elsewhere,
    Password: `Aa1-${randomUUID()}`,
    UserAttributes: [{ Name: "email", Value: elsewhere }],
  });
  await signInByCode(store, auth, elsewhere);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iss = `https://cognito-idp.${PEER_REGION}.amazonaws.com/${PEER_REGION}_unknown`;
  const foreign = `${part({ alg: "RS256", kid: "none" })}.${part({ iss, sub: "unknown" })}.AAAA`;
  const { status } = await fetch(`${store.url}/api/orders`, { headers: { authorization: `Bearer ${foreign}` } });
  if (status !== 403) throw new Error(`A foreign token got ${status} instead of 403.`);
}

async function signInByCode(store: Store, auth: CognitoSettings, email: string): Promise<void> {
  const asked = await fetch(`${store.url}${CODES_PATH}`, { method: "POST", body: JSON.stringify({ email }) });
  const { challengeId } = (await asked.json()) as CodeRequested;
  const code = await eventually(`a code is mailed to ${email}`, async () => {
    const answer = await fetch(`${store.emulator.endpoint}/_ministack/ses/messages`);
    const { messages } = (await answer.json()) as { messages: Record<string, { To: string[]; Subject: string }[]> };
    const subjects = Object.values(messages)
      .flat()
      .flatMap(({ To, Subject }) => (To.includes(email) ? [Subject] : []));
    return subjects.flatMap((subject) => /^(\d{4}) (\d{4}) is your code/.exec(subject)?.slice(1).join("") ?? []).at(-1);
  });
  const { Session } = await callPool(store, auth, "InitiateAuth", {
    AuthFlow: "CUSTOM_AUTH",
    ClientId: auth.clientId,
    AuthParameters: { USERNAME: email },
  });
  const { AuthenticationResult } = await callPool(store, auth, "RespondToAuthChallenge", {
    ClientId: auth.clientId,
    ChallengeName: "CUSTOM_CHALLENGE",
    Session,
    ChallengeResponses: { USERNAME: email, ANSWER: encodeAnswer({ challengeId, code }) },
  });
  if (!AuthenticationResult) throw new Error(`${email} could not sign in by a code.`);
}

/** Writes the directory's item of a customer who signed up in another Region, as replication does. */
async function addCustomerOf(region: string, { deployment }: Store, email: string): Promise<void> {
  const { endpoint, credentials } = deployment;
  const settings = { region: deployment.region, endpoint, credentials };
  const output = (type: string, name: string) => {
    const found = resourcesOfType(deployment, type).find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`The program has no ${name} (${type}).`);
    return found;
  };
  const TableName = String(output("aws:dynamodb/table:Table", "auth-directory").outputs["name"]);
  const database = new DynamoDB(settings);
  const kms = new KMS(settings);
  try {
    const client = DynamoDBDocument.from(database);
    const hash = createKeyedHash(kms, String(output("aws:kms/key:Key", "auth-addresses").outputs["arn"]));
    const customerId = randomUUID();
    const Item: CustomerItem = {
      person: await new CustomerDirectory(client, TableName, hash).person(email),
      region,
      schema: CUSTOMER_SCHEMA,
      customerId,
      sub: customerId,
      at: new Date().toISOString(),
    };
    await client.put({ TableName, Item });
  } finally {
    database.destroy();
    kms.destroy();
  }
}

async function callPool(
  store: Store,
  auth: CognitoSettings,
  operation: string,
  input: object,
): Promise<{ Session?: string; AuthenticationResult?: object }> {
  const answer = await fetch(`${store.url}${auth.path}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`${operation} returned ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { Session?: string; AuthenticationResult?: object };
}
