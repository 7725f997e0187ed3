import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";

/**
 * Handles a stream's records one after the other up to the first that fails, and tells Lambda where to go on. Lambda
 * sends that record and all after it again anyway: to handle the later ones now would only tell customers twice.
 *
 * A failure of the first one is thrown. Only an error makes Lambda split the batch; reported, the first record would take
 * all behind it along to the on-failure queue when its retries are used up.
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
