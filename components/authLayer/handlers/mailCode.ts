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
import { addressKey, type CodeMail, type CodeTexts, composeCodeMail, liveAmong } from "../../../domain/auth";
import { pickLanguage } from "../../../domain/text/pickLanguage";
import { toSimpleMail } from "../../runtime/toSimpleMail";
import type { CodeStore } from "./codeStore";
import type { CustomerDirectory } from "./customerDirectory";

/** The request that the API passes on asynchronously. */
export interface CodeRequest {
  challengeId: string;
  email: string;
  /** The caller's header; absent in requests of an earlier release. */
  acceptLanguage?: string;
}

export interface MailCodeDeps {
  pool: Pick<CognitoIdentityProviderClient, "send">;
  userPoolId: string;
  directory: Pick<CustomerDirectory, "person" | "items">;
  codes: Pick<CodeStore, "make" | "mayMail" | "noteReplacement" | "isReplacing">;
  mails: Pick<SESv2Client, "send">;
  from: string;
  storeName: string;
  texts?: CodeTexts;
  mailsAnHour: number;
  log: Pick<Logger, "info">;
}

/**
 * Mails a code to a customer whom this Region's pool or the directory of all Regions knows, and nothing to an unknown
 * address. Creates a missing or unconfirmed account with an unknown random password. The log contains no address.
 */
export async function mailCode(request: CodeRequest, mailing: MailCodeDeps): Promise<void> {
  const { challengeId, email } = request;
  const { directory, codes, mails, log } = mailing;
  const person = await directory.person(email);
  const items = liveAmong(await directory.items(person));
  const account = items.some(({ secondFactor }) => secondFactor)
    ? "a second factor is set up in some Region"
    : await accountOf(addressKey(email), { person, isKnown: items.length > 0 }, mailing);
  if (typeof account === "string") return log.info("Mailed no code", { challengeId, reason: account });
  if (!(await codes.mayMail(person, mailing.mailsAnHour))) {
    return log.info("Mailed no code", { challengeId, reason: "the limit of mails is reached" });
  }
  const code = await codes.make(challengeId, account.sub);
  if (code === undefined) return log.info("Mailed no code", { challengeId, reason: "the request was delivered twice" });
  const language = pickLanguage(request.acceptLanguage);
  const { storeName: store, texts: { mail: compose = (mail: CodeMail) => mail } = {} } = mailing;
  await mails.send(
    new SendEmailCommand({
      FromEmailAddress: mailing.from,
      Destination: { ToAddresses: [account.email] },
      Content: { Simple: toSimpleMail(compose(composeCodeMail(code, store, language), { code, store, language })) },
    }),
  );
  log.info("Mailed a code", { challengeId });
}

interface Found {
  sub: string;
  email: string;
}

/** Returns the account that a code may sign in, or the reason why there is none. */
async function accountOf(
  email: string,
  { person, isKnown }: { person: string; isKnown: boolean },
  mailing: MailCodeDeps,
): Promise<Found | string> {
  const { codes } = mailing;
  const account = await read(email, mailing);
  if (account?.secondFactor) return "a second factor is set up";
  if (account?.enabled === false) return "the account is disabled";
  if (account?.status === "CONFIRMED" && account.verified) return account;
  if (account?.status === "UNCONFIRMED") {
    // A sign-up whose address was never confirmed: of a guest who left before entering the code, or of a stranger. It must not block the
    // address's owner, nor keep a password to what becomes the owner's account. The code confirms the address.
    await codes.noteReplacement(person, "begun");
    await remove(email, mailing);
    const made = await make(email, mailing);
    await codes.noteReplacement(person, "done");
    return made;
  }
  // An earlier request may have been interrupted: in a replacement, or after it made the account of a known customer.
  const isReplacing = !isKnown && (await codes.isReplacing(person));
  if (!isKnown && !isReplacing) return account ? "the address was never confirmed" : "no account has the address";
  const isUnfinished = account?.status === "FORCE_CHANGE_PASSWORD" && account.verified;
  if (account && !isUnfinished) return `the account is ${account.status}`;
  if (account) await setUnknownPassword(email, mailing);
  const found = account ?? (await make(email, mailing));
  if (isReplacing) await codes.noteReplacement(person, "done");
  return found;
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

/** Creates an account for a customer of another Region, or in place of a sign-up that was never confirmed. */
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
  if (!sub) throw new Error("Cognito returned a new account without a subject.");
  await setUnknownPassword(email, mailing);
  return { sub, email };
}

/** Sets a permanent password: an account needs one to sign in by code alone. Its owner can reset it by a mailed code. */
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

/** 256 random bits, and one character of each kind that the policy requires. */
const unknownPassword = () => `${randomBytes(32).toString("base64url")}aA1`;
