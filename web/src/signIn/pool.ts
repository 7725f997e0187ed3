import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import type { CognitoSettings, SIGN_IN_OPERATIONS } from "../../../domain/auth/settings";

const TIMEOUT_MS = 8_000;

/** A user pool refused; `name` is Cognito's own. */
export class PoolError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** The user pool's Region does not answer. What it would have said, nobody knows. */
export class PoolUnreachableError extends Error {
  override readonly name = "PoolUnreachableError";
}

/** Tokens as Cognito hands them out. */
export interface AuthenticationResult {
  AccessToken: string;
  IdToken?: string;
  /** Absent where the one that was sent stays good. */
  RefreshToken?: string;
  ExpiresIn: number;
}

/** Calls a user pool's API, which the site's own address leads to. */
export async function callPool<Answer = object>(
  pool: CognitoSettings,
  operation: (typeof SIGN_IN_OPERATIONS)[number],
  input: object,
): Promise<Answer> {
  const unreachable = (cause?: unknown) =>
    new PoolUnreachableError("Sign-in can't be reached. Check your connection and try again.", { cause });
  const response = await fetch(pool.path, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw unreachable(error);
  });
  const answer = await bodyOf(response);
  if (response.ok) return answer as Answer;
  const { __type: type, message } = Object(answer) as { __type?: string; message?: string };
  // An answer without a type is not the pool's, but of whatever stands before it.
  if (response.status >= 500 || !type) throw unreachable();
  // A trigger that failed says nothing about the session, unless it refused in its own words.
  if (/Lambda/.test(type) && !message?.includes(SECOND_FACTOR_ELSEWHERE)) throw unreachable();
  throw new PoolError(type.split("#").at(-1)!, message ?? type);
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    return text === "" ? {} : JSON.parse(text);
  } catch {
    // A page of the edge.
    return undefined;
  }
}
