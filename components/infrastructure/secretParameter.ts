import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readParameter } from "../runtime/readParameter";

/** A secret that callbacks read at run time, instead of carrying it. */
export interface SecretParameter {
  /** The parameter that holds it, to grant `ssm:GetParameter` on. */
  parameter: aws.ssm.Parameter;
  /** Reads it, to be called in a callback: once per cold start, within 3 s. */
  read: () => Promise<string>;
}

/**
 * Keeps a secret in Parameter Store, encrypted, so that neither the bundle nor the function's settings hold it.
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
  return { parameter, read: () => readParameter(parameterName.get()) };
}
