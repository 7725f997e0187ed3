import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "aws-lambda";
import { DIRECTORY_INDEXES } from "../../../domain/auth";
import { DEFAULT_STORE_NAME, INVOICES } from "../../../domain/order";
import { createFunctionSchedule } from "../../infrastructure/scheduledFunction";
import { allow, InlineFunction, index, objects, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { invoiceStore } from "../handlers/api/invoices";
import { clientLimits, documentClient, setting, traced } from "../handlers/clients";
import { createOrderStore, readOrderTables, readOwnRegion } from "../handlers/environment";
import { continueErasures } from "../handlers/erasure/erase";
import { CUSTOMER_INDEX } from "../handlers/orderStore";
import type { SharedSettings } from "../resources/sharedSettings";

/** Minutes between two runs. */
const EVERY_MINUTES = 60;

/** Creates the function that erases customers, at their own request or the operator's (`npm run customer`), and its schedule. */
export function createEraser(
  name: string,
  args: OrderServiceArgs,
  { shared, bucket }: { shared: SharedSettings; bucket: aws.s3.Bucket },
  parent: pulumi.Resource,
): InlineFunction {
  const { orders, cards, settingsOf } = shared;
  const { accounts } = args;
  const createTexts = args.texts;
  const eraser = new InlineFunction(
    `${name}-eraser`,
    {
      description: "Erases customers at their own request, and those whose erasure was requested in another Region.",
      environment: {
        ...shared.environment,
        INVOICES_BUCKET: bucket.bucket,
        STORE_NAME: args.storeName ?? DEFAULT_STORE_NAME,
        ...(accounts && { USER_POOL: accounts.userPool.id, DIRECTORY_TABLE: accounts.directory.name }),
      },
      grants: [
        allow(index(orders, CUSTOMER_INDEX), "dynamodb:Query"),
        allow(
          orders,
          "dynamodb:Query",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
          "dynamodb:DeleteItem",
        ),
        allow(cards, "dynamodb:DeleteItem"),
        allow(bucket, "s3:ListBucketVersions"),
        allow(objects(bucket, INVOICES), "s3:PutObject", "s3:DeleteObjectVersion"),
        ...(accounts
          ? [
              allow(reference("dynamodb:table", accounts.directory.arn), "dynamodb:GetItem", "dynamodb:DeleteItem"),
              ...DIRECTORY_INDEXES.map(({ name: indexName }) =>
                allow(index(reference("dynamodb:table", accounts.directory.arn), indexName), "dynamodb:Query"),
              ),
              allow(
                reference("cognito-idp:userPool", accounts.userPool.arn),
                "cognito-idp:ListUsers",
                "cognito-idp:AdminDeleteUser",
              ),
            ]
          : []),
      ],
      // The rest waits for the next run.
      timeoutSeconds: 300,
      ...settingsOf("eraser"),
      callbackFactory: () => {
        const log = createLogger("orders-eraser");
        const { USER_POOL: userPoolId, DIRECTORY_TABLE: directory } = process.env;
        const { client: objectsOf, bucket: invoices } = invoiceStore(setting("INVOICES_BUCKET"));
        const clients = {
          region: readOwnRegion(),
          data: {
            ...readOrderTables(),
            invoices,
            storeName: setting("STORE_NAME"),
            accounts: userPoolId && directory ? { userPoolId, directory } : undefined,
          },
          tables: documentClient(),
          orders: createOrderStore(),
          composeInvoice: createTexts?.().invoice,
          objects: objectsOf,
          pool: traced(new CognitoIdentityProviderClient(clientLimits)),
        };
        return async (_event: unknown, context: Pick<Context, "getRemainingTimeInMillis">) => {
          const { erased, left } = await continueErasures(clients, {
            onTrouble: (error) => log.error("A customer could not be erased", { error: error as Error }),
            timeLeftMs: () => context.getRemainingTimeInMillis(),
          });
          log.info("Continued erasures", { erased, left });
        };
      },
    },
    { parent },
  );
  createFunctionSchedule(`${name}-erase`, eraser, EVERY_MINUTES, parent);
  return eraser;
}
