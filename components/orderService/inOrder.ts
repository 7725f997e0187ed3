import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";

/**
 * Handles a stream's records one after the other up to the first that fails, and tells Lambda where to go on. Lambda
 * sends that record and all after it again anyway: to handle the later ones now would only tell customers twice.
 */
export async function inOrder(
  records: readonly DynamoDBRecord[],
  handle: (record: DynamoDBRecord) => Promise<void>,
  onFailure: (record: DynamoDBRecord, error: unknown) => void,
): Promise<DynamoDBBatchResponse> {
  for (const record of records) {
    try {
      await handle(record);
    } catch (error) {
      onFailure(record, error);
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? "" }] };
    }
  }
  return { batchItemFailures: [] };
}
