import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readSecret } from "../runtime/secrets";

/** Secret that callbacks read at run time, so that bundles do not contain it. */
export interface SecretParameter {
  /** Parameter with the secret, for a grant of `ssm:GetParameter`. */
  parameter: aws.ssm.Parameter;
  /** Reads the secret, in three attempts of 3 s at most, and keeps it for five minutes. Call it in a callback. */
  read: () => Promise<string>;
}

/**
 * Stores a secret encrypted in Parameter Store, so that neither the bundle nor the function's environment contains it.
 *
 * @example
 * const apiKey = secretParameter("payment-key", config.requireSecret("paymentKey"));
 * new InlineFunction("pay", {
 *   grants: [allow(apiKey.parameter, "ssm:GetParameter")],
 *   callbackFactory: () => async () => pay({ authorization: `Bearer ${await apiKey.read()}` }),
 * });
 */
export function secretParameter(
  name: string,
  value: pulumi.Input<string>,
  opts?: pulumi.CustomResourceOptions,
): SecretParameter {
  const parameter = new aws.ssm.Parameter(
    name,
    {
      name: `/${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
      type: aws.ssm.ParameterType.SecureString,
      value: pulumi.secret(value),
    },
    opts,
  );
  const { name: parameterName } = parameter;
  return { parameter, read: () => readSecret(parameterName.get()) };
}
