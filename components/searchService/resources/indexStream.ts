import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { SHARE_KIND } from "../../../domain/stock";
import { createDeadLetterQueue as createQueue } from "../../infrastructure/subscribedQueue";
import type { InlineFunction } from "../../inlineFunction";
import type { SearchServiceArgs } from "../args";
import type { ProductData } from "./productTable";
import type { Engine } from "./searchDomain";

/** Time-out of the indexer. A rebuild waits longer before it deletes an index, since a running batch may still write to it. */
export const INDEXER_TIMEOUT_SECONDS = 30;

/** The source of the index, its engine, and the queue of products that can't be indexed. */
export interface IndexContext {
  products: ProductData;
  engine: Engine;
  deadLetters: aws.sqs.Queue;
}

/** The queue of products that can't be indexed and of stream batches that were given up. */
export function createDeadLetterQueue(name: string, args: SearchServiceArgs, parent: pulumi.Resource): aws.sqs.Queue {
  return createQueue(`${name}-dead-letters`, parent, args.transform?.deadLetters);
}

/** Connects the streams of the product table and of the stock table, if there is one, to the indexer. */
export function connectStreams(
  name: string,
  { indexingPatienceHours = 23, stock }: SearchServiceArgs,
  { products, deadLetters }: IndexContext,
  indexer: InlineFunction,
  { parent, dependsOn }: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): void {
  const source = {
    functionName: indexer.arn,
    startingPosition: "TRIM_HORIZON",
    functionResponseTypes: ["ReportBatchItemFailures"],
    // For failures that the function can't catch, such as running out of memory on one record.
    bisectBatchOnFunctionError: true,
    // While the domain is unavailable every record waits; a number of attempts would be used up in minutes.
    maximumRetryAttempts: -1,
    maximumRecordAgeInSeconds: indexingPatienceHours * 3_600,
    destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
  };
  // Lambda checks at once whether the role may read the stream and send to the queue.
  const options = { parent, dependsOn: [indexer, ...dependsOn] };
  new aws.lambda.EventSourceMapping(
    `${name}-indexer`,
    { ...source, eventSourceArn: products.streamArn, batchSize: 250 },
    options,
  );
  if (!stock) return;
  const shares = { eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: { kind: { S: [SHARE_KIND] } } } };
  new aws.lambda.EventSourceMapping(
    `${name}-stock-indexer`,
    {
      ...source,
      eventSourceArn: stock.streamArn,
      batchSize: 100,
      filterCriteria: { filters: [{ pattern: JSON.stringify(shares) }] },
    },
    options,
  );
}
