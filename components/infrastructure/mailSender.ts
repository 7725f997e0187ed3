import * as pulumi from "@pulumi/pulumi";
import { allow, type Grant, reference, when } from "../inlineFunction";

/**
 * Lets a function send mail as one address, by whichever identity SES has verified: the address itself or its domain.
 *
 * The sender stands in a condition and not in the resource, since SES asks for the right on more than the sender's identity: on
 * the configuration set that it may bring along (https://github.com/aws/aws-cdk/issues/34402), and on a recipient's where that one
 * is verified too, as everybody must be in the sandbox (https://github.com/aws/aws-sdk-js/issues/3641).
 *
 * @param from `orders@example.com`, or `Store <orders@example.com>`.
 * @param neighbourArn ARN of any resource in the account and Region that the mail is sent from.
 */
export function allowSendingAs(from: pulumi.Input<string>, neighbourArn: pulumi.Output<string>): Grant[] {
  const every = (what: string) =>
    neighbourArn.apply((arn) => {
      const [, partition, , region, account] = arn.split(":");
      return `arn:${partition}:ses:${region}:${account}:${what}/*`;
    });
  const address = pulumi.output(from).apply((sender) => /<([^<>]+)>\s*$/.exec(sender)?.[1] ?? sender);
  const onlyAs = { StringEquals: { "ses:FromAddress": address } };
  return [
    when(allow(reference("ses:identity", every("identity")), "ses:SendEmail"), onlyAs),
    when(allow(reference("ses:configurationSet", every("configuration-set")), "ses:SendEmail"), onlyAs),
  ];
}
