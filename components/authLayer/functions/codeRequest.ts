import { LambdaClient } from "@aws-sdk/client-lambda";
import * as pulumi from "@pulumi/pulumi";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction } from "../../inlineFunction";
import { traced } from "../../runtime/tracing";
import { answerUnknownRoutes } from "../../runtime/unknownRoute";
import type { AuthFunctionArgs } from "../authFunctions";
import { clientLimits, setting } from "../handlers/clients";
import { createRequestCode } from "../handlers/requestCode";
import type { Customers } from "../resources/userPool";

/** The function that handles requests for sign-in codes. */
export function createCodeRequestFunction(
  name: string,
  { mailer, customers }: { mailer: InlineFunction; customers: Customers },
  settings: AuthFunctionArgs,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-code`,
    {
      description: "Handles requests for sign-in codes; its response reveals nothing about the address.",
      environment: { MAILER: mailer.arn, SIGN_IN: pulumi.jsonStringify(customers.settings) },
      grants: [allow(mailer, "lambda:InvokeFunction")],
      ...settingsOf(settings, "request"),
      callbackFactory: () => {
        const answer = createRequestCode({
          functions: traced(new LambdaClient(clientLimits)),
          mailerArn: setting("MAILER"),
          auth: JSON.parse(setting("SIGN_IN")),
        });
        return answerUnknownRoutes((event: APIGatewayProxyEventV2) => answer(event));
      },
    },
    { parent, dependsOn: [mailer] },
  );
}
