import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { KMSClient } from "@aws-sdk/client-kms";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allowSendingAs } from "../../infrastructure/mailSender";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { traced } from "../../runtime/tracing";
import type { MailArgs } from "../args";
import type { AuthFunctionArgs } from "../authFunctions";
import { clientLimits, documentClient, setting } from "../handlers/clients";
import { CodeStore } from "../handlers/codeStore";
import { CustomerDirectory, createKeyedHash } from "../handlers/customerDirectory";
import { type CodeRequest, mailCode } from "../handlers/mailCode";
import { type Directory, directoryEnvironment } from "../resources/customerDirectory";
import type { Customers } from "../resources/userPool";

/** The function that mails a code. The API's function calls it asynchronously. */
export function createCodeMailerFunction(
  name: string,
  mail: MailArgs,
  { table, directory, customers }: { table: aws.dynamodb.Table; directory: Directory; customers: Customers },
  settings: AuthFunctionArgs,
  parent: pulumi.Resource,
): InlineFunction {
  const createTexts = mail.texts;
  return new InlineFunction(
    `${name}-mailer`,
    {
      description: "Mails a sign-in code to a known customer, and nothing to an unknown address.",
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
      // A late code is useless: the customer has requested another one.
      asynchronous: { retries: 0, maxAgeSeconds: 60 },
      ...settingsOf(settings, "mailer"),
      callbackFactory: () => {
        const hash = createKeyedHash(traced(new KMSClient(clientLimits)), setting("ADDRESS_KEY"));
        const client = documentClient();
        const mailing = {
          pool: traced(new CognitoIdentityProviderClient(clientLimits)),
          userPoolId: setting("USER_POOL"),
          directory: new CustomerDirectory(client, setting("DIRECTORY_TABLE"), hash),
          codes: new CodeStore(client, setting("CODES_TABLE"), hash),
          mails: traced(new SESv2Client(clientLimits)),
          from: setting("MAIL_FROM"),
          storeName: setting("STORE_NAME"),
          texts: createTexts?.(),
          mailsAnHour: Number(setting("MAILS_AN_HOUR")),
          log: createLogger("code-mailer"),
        };
        return (request: CodeRequest) => mailCode(request, mailing);
      },
    },
    { parent },
  );
}
