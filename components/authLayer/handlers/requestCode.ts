import { randomBytes } from "node:crypto";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type CodeRequested, type CognitoSettings, SIGN_IN_CODE } from "../../../domain/auth";
import { json, problem } from "../../../domain/http/problem";
import { isLine } from "../../../domain/text";
import type { CodeRequest } from "./mailCode";

export interface RequestCodeDeps {
  functions: Pick<LambdaClient, "send">;
  /** Mails the code; called asynchronously. */
  mailerArn: string;
  auth: CognitoSettings;
}

/**
 * Handles requests for sign-in codes. Every address gets the same response after the same work, so that neither reveals who
 * is a customer: the mailer decides asynchronously whether a mail is sent.
 */
export function createRequestCode({ functions, mailerArn, auth }: RequestCodeDeps) {
  return async (request: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const email = addressIn(request);
    if (email === undefined) {
      const detail = 'Send a JSON object with the e-mail address: {"email": "ada@example.com"}.';
      return problem(400, { title: "No e-mail address", detail });
    }
    const acceptLanguage = request.headers["accept-language"];
    const handed: CodeRequest = {
      challengeId: randomBytes(16).toString("base64url"),
      email,
      ...(acceptLanguage !== undefined && { acceptLanguage }),
    };
    await functions.send(
      new InvokeCommand({ FunctionName: mailerArn, InvocationType: "Event", Payload: JSON.stringify(handed) }),
    );
    const answer: CodeRequested = {
      challengeId: handed.challengeId,
      auth,
      goodForSeconds: SIGN_IN_CODE.goodForSeconds,
    };
    return json(202, answer);
  };
}

function addressIn({ body = "", isBase64Encoded }: APIGatewayProxyEventV2): string | undefined {
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
  if (text.length > 2_000) return undefined;
  try {
    const { email } = Object(JSON.parse(text)) as { email?: unknown };
    if (typeof email !== "string" || email.length > 254) return undefined;
    if (!isLine(email)) return undefined;
    return /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(email.trim()) ? email.trim() : undefined;
  } catch {
    // Invalid JSON is handled as a missing address.
    return undefined;
  }
}
