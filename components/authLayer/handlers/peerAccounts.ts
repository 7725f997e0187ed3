import { globalAgent } from "node:https";
import { AdminGetUserCommand, CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { CustomerItem } from "../../../domain/auth";
import { traced } from "../../runtime/tracing";

/** An account of another Region's pool as it is now. */
export interface PeerAccount {
  email: string;
  secondFactor: boolean;
}

/** The account that an item of another Region names, `"gone"` if it was deleted, `undefined` if that can't be known now. */
export type ReadPeerAccount = (
  item: Pick<CustomerItem, "region" | "pool" | "sub">,
) => Promise<PeerAccount | "gone" | undefined>;

/** Cognito waits five seconds for a trigger, and the other Region may be dead: one attempt, given up soon. */
const requestHandler = { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true } as const;

/** Reads accounts at the pools of the other Regions. */
export function peerAccounts(clientOf: (region: string) => Pick<CognitoIdentityProviderClient, "send"> = clientIn) {
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
      // Whatever else went wrong says nothing about the account.
      return error instanceof Error && error.name === "UserNotFoundException" ? "gone" : undefined;
    }
  };
  return read;
}

function clientIn(region: string): CognitoIdentityProviderClient {
  return traced(
    new CognitoIdentityProviderClient({
      region,
      // By its own name: an endpoint that is set for the function's services is that of the function's Region.
      endpoint: `https://cognito-idp.${region}.amazonaws.com`,
      maxAttempts: 1,
      requestHandler: { ...requestHandler, httpsAgent: globalAgent },
    }),
  );
}
