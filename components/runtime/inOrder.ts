import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";

/**
 * Handles a stream's records in order up to the first failure, and reports that record to Lambda. Lambda retries it and all
 * later ones, so handling the later ones now would only notify customers twice.
 *
 * A failure of the first record is thrown, because only an error makes Lambda split the batch. If it were reported, all
 * later records would go to the on-failure queue with it after its retries.
 */
export async function handleInOrder(
  records: readonly DynamoDBRecord[],
  handle: (record: DynamoDBRecord) => Promise<void>,
  onFailure: (record: DynamoDBRecord, error: unknown) => void,
): Promise<DynamoDBBatchResponse> {
  for (const [index, record] of records.entries()) {
    try {
      await handle(record);
    } catch (error) {
      onFailure(record, error);
      if (index === 0) throw error;
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? "" }] };
    }
  }
  return { batchItemFailures: [] };
}
