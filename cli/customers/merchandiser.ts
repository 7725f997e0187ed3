import { AdminAddUserToGroupCommand, ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { Group } from "../../domain/auth/signedIn";
import type { CustomerClients } from "./places";

const MERCHANDISERS: Group = "merchandisers";

/**
 * Adds the account with an email address to the group merchandisers, in each Region whose user pool has it. Idempotent.
 *
 * @returns the Regions.
 * @throws {Error} if no Region has such an account, or the store's accounts are an own issuer's.
 */
export async function makeMerchandiser(
  regions: readonly Pick<CustomerClients, "region" | "data" | "pool">[],
  email: string,
): Promise<string[]> {
  if (!/^[^\s"\\@]+@[^\s"\\@]+$/.test(email)) {
    throw new Error(`"${email}" is no email address. Give that of an account of the store, such as ada@example.com.`);
  }
  const added: string[] = [];
  for (const { region, data, pool } of regions) {
    if (data.accounts === undefined) {
      throw new Error(
        "The store's accounts are those of its issuer. Add the account to the group merchandisers there.",
      );
    }
    const UserPoolId = data.accounts.userPoolId;
    const { Users = [] } = await pool.send(
      new ListUsersCommand({ UserPoolId, Filter: `email = "${email}"`, Limit: 10 }),
    );
    for (const { Username } of Users) {
      await pool.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: MERCHANDISERS }));
      added.push(region);
    }
  }
  if (added.length > 0) return [...new Set(added)];
  throw new Error(`No account has the email address ${email}. Sign up in the store first.`);
}
