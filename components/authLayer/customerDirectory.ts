import { GenerateMacCommand, type KMSClient } from "@aws-sdk/client-kms";
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { type Account, addressKey, CUSTOMER_SCHEMA, type CustomerItem, identityOf } from "../../domain/auth";

/** A keyed hash as text: the same in every Region, and of no use to whoever has the tables but not the key. */
export type Hash = (text: string) => Promise<string>;

/** By a multi-Region HMAC key. */
export function hashBy(client: Pick<KMSClient, "send">, keyId: string): Hash {
  return async (text) => {
    const command = new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: "HMAC_SHA_256", Message: Buffer.from(text) });
    const { Mac } = await client.send(command);
    if (!Mac) throw new Error("KMS answered without a MAC.");
    return Buffer.from(Mac).toString("base64url");
  };
}

/** Who signed up, in whichever Region, and under which id they order. */
export class CustomerDirectory {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly hash: Hash,
  ) {}

  /** How the directory names whoever has that address. */
  person(email: string): Promise<string> {
    return this.hash(`address:${addressKey(email)}`);
  }

  /** What each Region says about a person. */
  async items(person: string): Promise<CustomerItem[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        KeyConditionExpression: "person = :person",
        ExpressionAttributeValues: { ":person": person },
        // Of this Region's replica: its own item, written a moment ago, is there.
        ConsistentRead: true,
      }),
    );
    return Items as CustomerItem[];
  }

  /** Which customer an account is; remembers it if this Region is the first to know. */
  async customerOf(email: string, account: Account, now = new Date().toISOString()): Promise<string> {
    const person = await this.person(email);
    for (let attempt = 1; ; attempt++) {
      const { customerId, put, replaces } = identityOf(await this.items(person), account, now);
      if (!put) return customerId;
      const item: CustomerItem = { person, schema: CUSTOMER_SCHEMA, ...put };
      try {
        await this.client.send(
          new PutCommand({
            TableName: this.tableName,
            Item: item,
            ...(replaces === undefined
              ? { ConditionExpression: "attribute_not_exists(person)" }
              : {
                  ConditionExpression: "#sub = :earlier",
                  ExpressionAttributeNames: { "#sub": "sub" },
                  ExpressionAttributeValues: { ":earlier": replaces },
                }),
          }),
        );
        return customerId;
      } catch (error) {
        // Two tokens at once: what the other one wrote decides.
        if (attempt === 3 || !isConditionFailed(error)) throw error;
      }
    }
  }
}

export function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === "ConditionalCheckFailedException";
}
