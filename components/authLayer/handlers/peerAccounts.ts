import { globalAgent } from "node:https";
import { AdminGetUserCommand, CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { CustomerItem } from "../../../domain/auth";
import { traced } from "../../runtime/tracing";

/** The current state of an account in a peer Region's pool. */
export interface PeerAccount {
  email: string;
  secondFactor: boolean;
}

/** Reads the account of a peer Region's item: `"gone"` if it was deleted, `undefined` if the pool can't be read. */
export type ReadPeerAccount = (
  item: Pick<CustomerItem, "region" | "pool" | "sub">,
) => Promise<PeerAccount | "gone" | undefined>;

/** One short attempt: Cognito waits five seconds for a trigger, and the peer Region may be lost. */
const requestHandler = { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true } as const;

/** Creates the function that reads accounts in the peer Regions' pools. */
export function createPeerAccountReader(
  clientOf: (region: string) => Pick<CognitoIdentityProviderClient, "send"> = clientIn,
) {
  const clients = new Map<string, Pick<CognitoIdentityProviderClient, "send">>();
  const read: ReadPeerAccount = async ({ region, pool, sub }) => {
    if (pool === undefined) return undefined;
    const client = clients.get(region) ?? clientOf(region);
    clients.set(region, client);
    try {
      const user = await client.send(new AdminGetUserCommand({ UserPoolId: pool, Username: sub }));
      const attributes = new Map(user.UserAttributes?.map(({ Name, Value }) => [Name, Value ?? ""]));
      return {
        email: attributes.get("email") ?? "",
        secondFactor: (user.UserMFASettingList ?? []).length > 0,
      };
    } catch (error) {
      // Any other failure is inconclusive about the account.
      return error instanceof Error && error.name === "UserNotFoundException" ? "gone" : undefined;
    }
  };
  return read;
}

function clientIn(region: string): CognitoIdentityProviderClient {
  return traced(
    new CognitoIdentityProviderClient({
      region,
      // Explicit, because an endpoint from the function's environment is that of its own Region.
      endpoint: `https://cognito-idp.${region}.amazonaws.com`,
      maxAttempts: 1,
      requestHandler: { ...requestHandler, httpsAgent: globalAgent },
    }),
  );
}
