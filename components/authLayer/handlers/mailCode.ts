import { randomBytes } from "node:crypto";
import type { Logger } from "@aws-lambda-powertools/logger";
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { addressKey, codeMail, liveAmong } from "../../../domain/auth";
import type { CodeStore } from "./codeStore";
import type { CustomerDirectory } from "./customerDirectory";

/** What the API hands over, without waiting for what becomes of it. */
export interface CodeRequest {
  challengeId: string;
  email: string;
}

export interface MailCodeDeps {
  pool: Pick<CognitoIdentityProviderClient, "send">;
  userPoolId: string;
  directory: Pick<CustomerDirectory, "person" | "items">;
  codes: Pick<CodeStore, "make" | "mayMail">;
  mails: Pick<SESv2Client, "send">;
  from: string;
  storeName: string;
  mailsAnHour: number;
  log: Pick<Logger, "info">;
}

/**
 * Mails a code to somebody whom this Region's pool or the directory of all Regions knows, and nothing to anybody else. An
 * account that the pool lacks is made, with a password that nobody knows. The log names nobody.
 */
export async function mailCode({ challengeId, email }: CodeRequest, mailing: MailCodeDeps): Promise<void> {
  const { directory, codes, mails, log } = mailing;
  const person = await directory.person(email);
  const items = liveAmong(await directory.items(person));
  const account = items.some(({ secondFactor }) => secondFactor)
    ? "a second factor is set up in some Region"
    : await accountOf(addressKey(email), items.length > 0, mailing);
  if (typeof account === "string") return log.info("No code is mailed", { challengeId, reason: account });
  if (!(await codes.mayMail(person, mailing.mailsAnHour))) {
    return log.info("No code is mailed", { challengeId, reason: "too many mails" });
  }
  const code = await codes.make(challengeId, account.sub);
  if (code === undefined) return log.info("No code is mailed", { challengeId, reason: "the request came twice" });
  const { subject, text } = codeMail(code, mailing.storeName);
  await mails.send(
    new SendEmailCommand({
      FromEmailAddress: mailing.from,
      Destination: { ToAddresses: [account.email] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: "UTF-8" },
          Body: { Text: { Data: text, Charset: "UTF-8" } },
        },
      },
    }),
  );
  log.info("A code is mailed", { challengeId });
}

interface Found {
  sub: string;
  email: string;
}

/** The account that a code may sign in, or why there is none. */
async function accountOf(email: string, known: boolean, mailing: MailCodeDeps): Promise<Found | string> {
  const account = await read(email, mailing);
  if (!account) return known ? make(email, mailing) : "nobody has the address";
  if (account.secondFactor) return "a second factor is set up";
  if (!account.enabled) return "the account is disabled";
  if (account.status === "CONFIRMED" && account.verified) return account;
  if (!known) return "the address was never confirmed";
  if (account.status === "UNCONFIRMED") {
    // Somebody signed up here with an address that a customer of another Region confirmed, and must not get in its way, nor
    // keep a password to what becomes that customer's account.
    await remove(email, mailing);
    return make(email, mailing);
  }
  if (account.status === "FORCE_CHANGE_PASSWORD" && account.verified) {
    // Begun by an earlier request that came no further.
    await setUnknownPassword(email, mailing);
    return account;
  }
  return `the account is ${account.status}`;
}

async function read(email: string, { pool, userPoolId }: MailCodeDeps) {
  try {
    const user = await pool.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: email }));
    const attributes = new Map(user.UserAttributes?.map(({ Name, Value }) => [Name, Value ?? ""]));
    return {
      sub: attributes.get("sub") ?? "",
      email: attributes.get("email") ?? email,
      verified: attributes.get("email_verified") === "true",
      enabled: user.Enabled !== false,
      status: String(user.UserStatus),
      secondFactor: (user.UserMFASettingList ?? []).length > 0,
    };
  } catch (error) {
    if (error instanceof Error && error.name === "UserNotFoundException") return undefined;
    throw error;
  }
}

/** An account for a customer of another Region. */
async function make(email: string, mailing: MailCodeDeps): Promise<Found> {
  const { pool, userPoolId } = mailing;
  const { User } = await pool.send(
    new AdminCreateUserCommand({
      UserPoolId: userPoolId,
      Username: email,
      UserAttributes: [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
      ],
      MessageAction: "SUPPRESS",
      TemporaryPassword: unknownPassword(),
    }),
  );
  const sub = User?.Attributes?.find(({ Name }) => Name === "sub")?.Value;
  if (!sub) throw new Error("Cognito made an account without a subject.");
  await setUnknownPassword(email, mailing);
  return { sub, email };
}

/** Only a permanent password makes an account that signs in by code alone; its owner can choose one by a mailed code. */
async function setUnknownPassword(email: string, { pool, userPoolId }: MailCodeDeps): Promise<void> {
  await pool.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: userPoolId,
      Username: email,
      Password: unknownPassword(),
      Permanent: true,
    }),
  );
}

async function remove(email: string, { pool, userPoolId }: MailCodeDeps): Promise<void> {
  await pool.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: email }));
}

/** 256 bits, and one of each kind that the policy asks for. */
const unknownPassword = () => `${randomBytes(32).toString("base64url")}aA1`;
