import { SECOND_FACTOR_ELSEWHERE } from "../../../domain/auth/directory";
import type { CognitoSettings, SIGN_IN_OPERATIONS } from "../../../domain/auth/settings";
import { text } from "../texts/texts";

const TIMEOUT_MS = 8_000;

/** Refusal of a user pool; `name` is Cognito's error name. */
export class PoolError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** The user pool's Region does not answer, so the result is unknown. */
export class PoolUnreachableError extends Error {
  override readonly name = "PoolUnreachableError";
}

/** Tokens as issued by Cognito. */
export interface AuthenticationResult {
  AccessToken: string;
  IdToken?: string;
  /** Absent if the token that was sent stays valid. */
  RefreshToken?: string;
  ExpiresIn: number;
}

/** Calls a user pool's API through a path of the site. */
export async function callPool<Answer = object>(
  pool: CognitoSettings,
  operation: (typeof SIGN_IN_OPERATIONS)[number],
  input: object,
): Promise<Answer> {
  const unreachable = (cause?: unknown) => new PoolUnreachableError(text.signInErrors.unavailable, { cause });
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
  const answer = await readBody(response);
  if (response.ok) return answer as Answer;
  const { __type: type, message } = Object(answer) as { __type?: string; message?: string };
  // An error without a type comes from the edge, not from the pool.
  if (response.status >= 500 || !type) throw unreachable();
  // A failed trigger says nothing about the session, unless it refused by itself.
  if (/Lambda/.test(type) && !message?.includes(SECOND_FACTOR_ELSEWHERE)) throw unreachable();
  throw new PoolError(type.split("#").at(-1)!, message ?? type);
}

async function readBody(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    return text === "" ? {} : JSON.parse(text);
  } catch {
    // The edge's error page is HTML.
    return undefined;
  }
}
