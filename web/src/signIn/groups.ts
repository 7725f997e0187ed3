import { decodeClaims } from "./poolSession";
import { accessToken } from "./session";

/** Groups that the customer's token names. The APIs decide; pages use them to show links. Empty if the token can't be read here. */
export async function readGroups(): Promise<string[]> {
  const { groups: issued, "cognito:groups": groups = issued } = decodeClaims(await accessToken());
  if (Array.isArray(groups)) return groups.map(String);
  return typeof groups === "string" ? groups.split(/[\s,]+/) : [];
}
