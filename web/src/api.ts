import { ApiError, type CallOptions, callApi } from "./publicApi";
import { accessToken, leaveRefusedSession } from "./signIn/session";

export { ApiError } from "./publicApi";

/** Calls an API as the signed-in customer. A refused token is renewed once. */
export async function callSignedIn<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  try {
    return await callWithToken<Answer>(await accessToken(), path, options);
  } catch (error) {
    if (!isTokenRefused(error)) throw error;
  }
  const renewed = await accessToken({ renew: true });
  try {
    return await callWithToken<Answer>(renewed, path, options);
  } catch (error) {
    if (isTokenRefused(error)) await leaveRefusedSession(renewed);
    throw error;
  }
}

function callWithToken<Answer>(token: string, path: string, options: CallOptions): Promise<Answer> {
  return callApi(path, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
}

/** True if the gateway refused the token. A handler's own 403 is a problem document. */
export function isTokenRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403) && !error.problem.type;
}
