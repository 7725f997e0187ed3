import { accessToken } from "./session";

/** Groups that the customer's token names. The APIs decide; pages use them to show links. Empty if the token can't be read here. */
export async function readGroups(): Promise<string[]> {
  const [, payload = ""] = (await accessToken()).split(".");
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
      letter.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const groups = claims["cognito:groups"] ?? claims["groups"];
    return Array.isArray(groups) ? groups.map(String) : String(groups ?? "").split(/[\s,]+/);
  } catch {
    // An external issuer's tokens may have any form.
    return [];
  }
}
