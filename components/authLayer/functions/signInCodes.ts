import { Logger } from "@aws-lambda-powertools/logger";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { CODES_PATH } from "../../../domain/auth";
import { HttpApi } from "../../infrastructure/httpApi";
import { allowSendingAs } from "../../infrastructure/mailSender";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { traced } from "../../runtime/tracing";
import { type ChallengeEvent, createChallengeTrigger } from "../handlers/challengeTrigger";
import { clientLimits, documentClient, setting } from "../handlers/clients";
import { CodeStore } from "../handlers/codeStore";
import { CustomerDirectory, createHash } from "../handlers/customerDirectory";
import { type CodeRequest, mailCode } from "../handlers/mailCode";
import { createRequestCode } from "../handlers/requestCode";
import type { Directory } from "../resources/customerDirectory";
import type { Customers } from "../resources/userPool";
import { directoryEnvironment } from "./customerTrigger";

/** Mails codes to sign in with. */
export interface MailArgs {
  /** Sender of the codes: `orders@example.com`. SES must have verified the address or its domain in this Region. */
  from: pulumi.Input<string>;
  /** How the mails call the store. Default: `Stayopen`. */
  storeName?: string;
  /** Codes mailed within one clock hour at most, to all addresses together: what an attack may cost. Default: 5,000. */
  mailsAnHour?: number;
}

/** Codes on their way, and the trigger that checks them; made before the pool, which calls it. */
export function codeChallenge(
  name: string,
  directory: Directory,
  logRetentionDays: number | undefined,
  parent: pulumi.Resource,
): { table: aws.dynamodb.Table; trigger: InlineFunction } {
  const table = new aws.dynamodb.Table(
    `${name}-codes`,
    {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      ttl: { enabled: true, attributeName: "expiresAt" },
      serverSideEncryption: { enabled: true },
      // What is in it is worth nothing after some minutes.
      pointInTimeRecovery: { enabled: false },
    },
    { parent },
  );
  const trigger = new InlineFunction(
    `${name}-challenge`,
    {
      description: "Asks for the mailed code at sign-in, and checks it.",
      environment: { CODES_TABLE: table.name, ADDRESS_KEY: directory.key.arn },
      grants: [
        allow(table, "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
        allow(reference("kms:key", directory.key.arn), "kms:GenerateMac"),
      ],
      // Cognito waits no longer.
      timeoutSeconds: 5,
      logRetentionDays,
      callbackFactory: () => {
        const hash = createHash(traced(new KMSClient(clientLimits)), setting("ADDRESS_KEY"));
        const trigger = createChallengeTrigger(new CodeStore(documentClient(), setting("CODES_TABLE"), hash));
        return (event: ChallengeEvent) => trigger(event);
      },
    },
    { parent },
  );
  return { table, trigger };
}

/** The API that takes the wish for a code, and the function behind it that mails one. */
export function codeApi(
  name: string,
  mail: MailArgs,
  { table, directory, customers }: { table: aws.dynamodb.Table; directory: Directory; customers: Customers },
  logRetentionDays: number | undefined,
  parent: pulumi.Resource,
): { api: HttpApi; mailer: InlineFunction; request: InlineFunction } {
  const mailer = new InlineFunction(
    `${name}-mailer`,
    {
      description: "Mails a code to whoever the pool or the directory knows, and nothing to anybody else.",
      environment: {
        ...directoryEnvironment(directory),
        CODES_TABLE: table.name,
        USER_POOL: customers.userPool.id,
        MAIL_FROM: mail.from,
        STORE_NAME: mail.storeName ?? "Stayopen",
        MAILS_AN_HOUR: String(mail.mailsAnHour ?? 5_000),
      },
      grants: [
        allow(reference("dynamodb:table", directory.table.arn), "dynamodb:Query"),
        allow(reference("kms:key", directory.key.arn), "kms:GenerateMac"),
        allow(table, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        allow(
          customers.userPool,
          "cognito-idp:AdminGetUser",
          "cognito-idp:AdminCreateUser",
          "cognito-idp:AdminSetUserPassword",
          "cognito-idp:AdminDeleteUser",
        ),
        ...allowSendingAs(mail.from, customers.userPool.arn),
      ],
      timeoutSeconds: 30,
      // A code that comes late is worth nothing, and its owner asks again.
      asynchronous: { retries: 0, maxAgeSeconds: 60 },
      logRetentionDays,
      callbackFactory: () => {
        const hash = createHash(traced(new KMSClient(clientLimits)), setting("ADDRESS_KEY"));
        const client = documentClient();
        const mailing = {
          pool: traced(new CognitoIdentityProviderClient(clientLimits)),
          userPoolId: setting("USER_POOL"),
          directory: new CustomerDirectory(client, setting("DIRECTORY_TABLE"), hash),
          codes: new CodeStore(client, setting("CODES_TABLE"), hash),
          mails: traced(new SESv2Client(clientLimits)),
          from: setting("MAIL_FROM"),
          storeName: setting("STORE_NAME"),
          mailsAnHour: Number(setting("MAILS_AN_HOUR")),
          log: new Logger({ serviceName: "code-mailer" }),
        };
        return (request: CodeRequest) => mailCode(request, mailing);
      },
    },
    { parent },
  );
  const request = new InlineFunction(
    `${name}-code`,
    {
      description: "Takes the wish for a code to sign in with; its answer tells nothing about the address.",
      environment: { MAILER: mailer.arn, SIGN_IN: pulumi.jsonStringify(customers.settings) },
      grants: [allow(mailer, "lambda:InvokeFunction")],
      logRetentionDays,
      callbackFactory: () => {
        const answer = createRequestCode({
          functions: traced(new LambdaClient(clientLimits)),
          mailerArn: setting("MAILER"),
          auth: JSON.parse(setting("SIGN_IN")),
        });
        return (event: APIGatewayProxyEventV2) => answer(event);
      },
    },
    { parent, dependsOn: [mailer] },
  );
  const api = new HttpApi(
    name,
    {
      description: "Codes to sign in with",
      routes: { [`POST ${CODES_PATH}`]: { function: request } },
      // Everybody signs in again within some minutes when a Region was lost, and no more than that.
      throttle: { requestsPerSecond: 50, burst: 100 },
      logRetentionDays,
    },
    { parent },
  );
  return { api, mailer, request };
}
