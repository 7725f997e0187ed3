import { Logger } from "@aws-lambda-powertools/logger";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { KMSClient } from "@aws-sdk/client-kms";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { traced } from "../../runtime/tracing";
import { clientLimits, documentClient, setting, singleAttempt } from "../handlers/clients";
import { CustomerDirectory, createHash } from "../handlers/customerDirectory";
import { type CustomerEvent, createCustomerTrigger } from "../handlers/customerTrigger";
import { peerAccounts } from "../handlers/peerAccounts";
import { type Directory, directoryEnvironment } from "../resources/customerDirectory";

/** The trigger that checks sign-ups and puts the customer into each token. It is made before the pool, which calls it. */
export function createCustomerFunction(
  name: string,
  directory: Directory,
  logRetentionDays: number | undefined,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-customer`,
    {
      description: "Says in each access token which customer the account is, and remembers new ones.",
      environment: directoryEnvironment(directory),
      grants: [
        allow(
          reference("dynamodb:table", directory.table.arn),
          "dynamodb:Query",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
        ),
        allow(reference("kms:key", directory.key.arn), "kms:GenerateMac"),
      ],
      // Cognito waits no longer.
      timeoutSeconds: 5,
      logRetentionDays,
      callbackFactory: () => {
        const hash = createHash(traced(new KMSClient(clientLimits)), setting("ADDRESS_KEY"));
        const directory = new CustomerDirectory(documentClient(), setting("DIRECTORY_TABLE"), hash, peerAccounts());
        const accounts = traced(new CognitoIdentityProviderClient(singleAttempt));
        const trigger = createCustomerTrigger(directory, accounts, new Logger({ serviceName: "customer" }));
        return (event: CustomerEvent) => trigger(event);
      },
    },
    { parent },
  );
}
