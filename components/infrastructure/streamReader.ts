import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { allow, type Grant, type InlineFunction, reference, stream } from "../inlineFunction";

/** Permissions of a function that reads streams of tables and reports records it gave up to `failures`. */
export function allowStreamReading(failures: aws.sqs.Queue, ...streamArns: pulumi.Input<string>[]): Grant[] {
  return [
    ...streamArns.map((streamArn) =>
      allow(
        stream(reference("dynamodb:stream", streamArn)),
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
      ),
    ),
    allow(failures, "sqs:SendMessage"),
  ];
}

/**
 * Connects a table's stream to a function that reports failed records of a batch. A record that keeps failing is sent to
 * `failures` and skipped, so that it blocks no other record.
 *
 * Items of a shard run ten in parallel, the records of one item in sequence. Inserts and changes only.
 *
 * @param newImage filter of the items, as they are after the write, in Lambda's filter syntax.
 */
export function connectStreamReader(
  name: string,
  reader: Pick<InlineFunction, "arn">,
  { streamArn, failures, newImage }: { streamArn: pulumi.Input<string>; failures: aws.sqs.Queue; newImage: object },
  parent: pulumi.Resource,
): aws.lambda.EventSourceMapping {
  return new aws.lambda.EventSourceMapping(
    name,
    {
      eventSourceArn: streamArn,
      functionName: reader.arn,
      startingPosition: "TRIM_HORIZON",
      batchSize: 25,
      parallelizationFactor: 10,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 20,
      functionResponseTypes: ["ReportBatchItemFailures"],
      filterCriteria: {
        filters: [{ pattern: JSON.stringify({ eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: newImage } }) }],
      },
      destinationConfig: { onFailure: { destinationArn: failures.arn } },
    },
    { parent },
  );
}
