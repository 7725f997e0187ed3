import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { CreateTableCommand, DynamoDB } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as StreamRecord,
} from "@aws-sdk/client-dynamodb-streams";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type MiniStack, rootCredentials } from "../../local/aws/emulator/supervisor";

/** Clients of a Region's emulator. One try: a call that failed is not acknowledged. */
export function clientsOf({ endpoint, region }: Pick<MiniStack, "endpoint" | "region">) {
  const settings = { endpoint, region, credentials: rootCredentials, maxAttempts: 1 };
  return {
    tables: new DynamoDB(settings),
    streams: new DynamoDBStreamsClient(settings),
    objects: new S3Client({ ...settings, forcePathStyle: true }),
    accounts: new CognitoIdentityProviderClient(settings),
    roles: new IAMClient(settings),
    queues: new SQSClient(settings),
    workflows: new SFNClient(settings),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

/** A table with the keys `id` and `part`, and a stream of both images. */
export async function createTable({ tables }: Clients, TableName: string): Promise<void> {
  await tables.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "id", AttributeType: "S" },
        { AttributeName: "part", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "id", KeyType: "HASH" },
        { AttributeName: "part", KeyType: "RANGE" },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
}

const pageSize = 1000;

/** All records of a table's stream, or those after a sequence number. */
export async function recordsOf({ streams }: Clients, TableName: string, after?: string): Promise<StreamRecord[]> {
  const { Streams = [] } = await streams.send(new ListStreamsCommand({ TableName }));
  const StreamArn = Streams[0]?.StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const opened = await streams.send(
    new GetShardIteratorCommand({
      StreamArn,
      ShardId,
      ...(after === undefined
        ? { ShardIteratorType: "TRIM_HORIZON" }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after }),
    }),
  );
  const records: StreamRecord[] = [];
  let iterator = opened.ShardIterator;
  while (iterator !== undefined) {
    const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: pageSize }));
    records.push(...(page.Records ?? []));
    // A short page is the end: concurrent writers could otherwise prolong this loop.
    iterator = page.Records?.length === pageSize ? page.NextShardIterator : undefined;
  }
  return records;
}
