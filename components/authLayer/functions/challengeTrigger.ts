import { KMSClient } from "@aws-sdk/client-kms";
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { traced } from "../../runtime/tracing";
import type { AuthFunctionArgs } from "../authFunctions";
import { type ChallengeEvent, createChallengeTrigger } from "../handlers/challengeTrigger";
import { clientLimits, documentClient, setting } from "../handlers/clients";
import { CodeStore } from "../handlers/codeStore";
import { createKeyedHash } from "../handlers/customerDirectory";
import type { Directory } from "../resources/customerDirectory";

/** The user pool's trigger that checks mailed codes. It is created before the pool, which calls it. */
export function createChallengeFunction(
  name: string,
  { table, directory }: { table: aws.dynamodb.Table; directory: Directory },
  settings: AuthFunctionArgs,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-challenge`,
    {
      description: "Asks for the mailed code at sign-in, and checks it.",
      environment: { CODES_TABLE: table.name, ADDRESS_KEY: directory.key.arn },
      grants: [
        allow(table, "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
        allow(reference("kms:key", directory.key.arn), "kms:GenerateMac"),
      ],
      // Cognito waits no longer than 5 s.
      timeoutSeconds: 5,
      ...settingsOf(settings, "challenge"),
      callbackFactory: () => {
        const hash = createKeyedHash(traced(new KMSClient(clientLimits)), setting("ADDRESS_KEY"));
        const trigger = createChallengeTrigger(new CodeStore(documentClient(), setting("CODES_TABLE"), hash));
        return (event: ChallengeEvent) => trigger(event);
      },
    },
    { parent },
  );
}
