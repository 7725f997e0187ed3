import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { KMSClient } from "@aws-sdk/client-kms";
import type * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { traced } from "../../runtime/tracing";
import type { AuthFunctionArgs } from "../authFunctions";
import { clientLimits, documentClient, setting, singleAttempt } from "../handlers/clients";
import { CustomerDirectory, createKeyedHash } from "../handlers/customerDirectory";
import { type CustomerEvent, createCustomerTrigger } from "../handlers/customerTrigger";
import { createPeerAccountReader } from "../handlers/peerAccounts";
import { type Directory, directoryEnvironment } from "../resources/customerDirectory";

/** The user pool's trigger that checks sign-ups and adds the customer to each token. It is created before the pool, which calls it. */
export function createCustomerFunction(
  name: string,
  directory: Directory,
  settings: AuthFunctionArgs,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-customer`,
    {
      description: "Adds the customer to each access token, and stores new customers.",
      environment: directoryEnvironment(directory),
      grants: [
        allow(
          reference("dynamodb:table", directory.table.arn),
          "dynamodb:Query",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
        ),
        allow(reference("kms:key", directory.key.arn), "kms:GenerateMac"),
      ],
      // Cognito waits no longer than 5 s.
      timeoutSeconds: 5,
      ...settingsOf(settings, "customer"),
      callbackFactory: () => {
        const hash = createKeyedHash(traced(new KMSClient(clientLimits)), setting("ADDRESS_KEY"));
        const directory = new CustomerDirectory(
          documentClient(),
          setting("DIRECTORY_TABLE"),
          hash,
          createPeerAccountReader(),
        );
        const accounts = traced(new CognitoIdentityProviderClient(singleAttempt));
        const trigger = createCustomerTrigger(directory, accounts, createLogger("customer"));
        return (event: CustomerEvent) => trigger(event);
      },
    },
    { parent },
  );
}
