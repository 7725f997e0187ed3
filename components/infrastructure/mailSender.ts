import * as pulumi from "@pulumi/pulumi";
import type { TextFormat } from "../arguments/checks";
import { allow, type Grant, reference, when } from "../inlineFunction";

/** Sender of mails. SES takes the letters of other languages in a name by RFC 2047 only. */
export const SENDER: TextFormat = {
  pattern: /^(?=[ -~]+$)([^\s@<>]+@[^\s@<>]+|[^<>]*<[^\s@<>]+@[^\s@<>]+>)$/,
  description:
    'a sender in ASCII, such as orders@example.com or "Store <orders@example.com>" (a name in other letters as =?UTF-8?B?…?=)',
};

/**
 * Allows a function to send mail from one address, whether SES has verified the address itself or its domain.
 *
 * The sender is a condition, not the resource, because SES authorizes more than the sender's identity: also its configuration
 * set (https://github.com/aws/aws-cdk/issues/34402), and a recipient's identity if that is verified, as every recipient's is in
 * the sandbox (https://github.com/aws/aws-sdk-js/issues/3641).
 *
 * Both actions, because SES checks `SendRawEmail` for some calls of `SendEmail`: for raw content
 * (https://github.com/anymail/django-anymail/issues/384), and undocumented for headers of our own, which mails of orders have.
 *
 * @param from `orders@example.com`, or `Store <orders@example.com>`.
 * @param neighbourArn ARN of any resource in the sending account and Region.
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
    when(allow(reference("ses:identity", every("identity")), "ses:SendEmail", "ses:SendRawEmail"), onlyAs),
    when(
      allow(reference("ses:configurationSet", every("configuration-set")), "ses:SendEmail", "ses:SendRawEmail"),
      onlyAs,
    ),
  ];
}
