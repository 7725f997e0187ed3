import { Logger } from "@aws-lambda-powertools/logger";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { KMSClient } from "@aws-sdk/client-kms";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { policyOf } from "../../inlineFunction/role";
import { traced } from "../../runtime/tracing";
import { clientLimits, documentClient, setting, singleAttempt } from "../handlers/clients";
import { CustomerDirectory, createHash } from "../handlers/customerDirectory";
import { type CustomerEvent, createCustomerTrigger } from "../handlers/customerTrigger";
import { peerAccounts } from "../handlers/peerAccounts";
import type { Directory } from "../resources/customerDirectory";

/** What every function that asks the directory needs in its environment. */
export function directoryEnvironment({ table, key }: Directory): Record<string, pulumi.Input<string>> {
  return { DIRECTORY_TABLE: table.name, ADDRESS_KEY: key.arn };
}

/** The trigger that checks sign-ups and puts the customer into each token. It is made before the pool, which calls it. */
export function customerTrigger(
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

/**
 * Lets the trigger read the accounts of this pool and of the pools in the other Regions, whose ids this stack can't know. A
 * policy of its own: the pool is made with its trigger, and so after the trigger's other rights.
 */
export function readsAccounts(
  name: string,
  trigger: InlineFunction,
  userPool: aws.cognito.UserPool,
  peerRegions: string[],
  parent: pulumi.Resource,
): aws.iam.RolePolicy {
  const peers = peerRegions.map((region) => userPool.arn.apply((arn) => poolsIn(region, arn)));
  return new aws.iam.RolePolicy(
    name,
    {
      role: trigger.role.id,
      policy: policyOf([allow(reference("cognito-idp:userPool", userPool.arn, ...peers), "cognito-idp:AdminGetUser")]),
    },
    { parent },
  );
}

/** `arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbC` → all pools of another Region in the account. */
function poolsIn(region: string, poolArn: string): string {
  const [arn, partition, service, , account] = poolArn.split(":");
  return [arn, partition, service, region, account, `userpool/${region}_*`].join(":");
}

/** Lets a user pool, and no other caller, call a trigger. */
export function calledByPool(
  name: string,
  trigger: InlineFunction,
  userPool: aws.cognito.UserPool,
  parent: pulumi.Resource,
): aws.lambda.Permission {
  return new aws.lambda.Permission(
    name,
    {
      action: "lambda:InvokeFunction",
      function: trigger.name,
      qualifier: trigger.qualifier,
      principal: "cognito-idp.amazonaws.com",
      sourceArn: userPool.arn,
    },
    { parent },
  );
}
