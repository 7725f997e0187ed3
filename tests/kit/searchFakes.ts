import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { APIGatewayProxyEventV2, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { DeadLetter, DeadLetters } from "../../components/searchService/handlers/index/deadLetters";
import type { Log } from "../../components/searchService/handlers/index/indexer";
import type { Product } from "../../domain/catalogue/product";
import { NO_RULES, type StoredRules } from "../../domain/catalogue/search/searchRules";

/** A valid product with the given changes. */
export function product(productId: string, content: Partial<Product> = {}): Product {
  return {
    productId,
    version: 1,
    homeRegion: "us-east-1",
    updatedAt: "2026-11-01T00:00:00.000Z",
    name: `Product ${productId}`,
    brand: "Arden",
    category: "Kitchen",
    description: "Useful every day.",
    price: { amount: 1_990, currency: "USD" },
    availability: "in-stock",
    attributes: {},
    ...content,
  };
}

let sequence = 0;

type Image = Record<string, unknown>;

/** A stream record as Lambda hands it over. */
export function record(eventName: "INSERT" | "MODIFY" | "REMOVE", item: Image): DynamoDBRecord {
  const image = marshall(item, { removeUndefinedValues: true }) as Record<string, AttributeValue>;
  return {
    eventID: String(++sequence),
    eventName,
    eventSourceARN: "arn:aws:dynamodb:us-east-1:000000000000:table/products/stream/2026",
    dynamodb: {
      SequenceNumber: String(1_000 + sequence),
      Keys: { productId: { S: String(item["productId"]) } },
      // The SDK's type of an attribute and the event's describe the same JSON.
      ...((eventName === "REMOVE" ? { OldImage: image } : { NewImage: image }) as Pick<
        NonNullable<DynamoDBRecord["dynamodb"]>,
        "OldImage" | "NewImage"
      >),
    },
  };
}

export const written = (...items: Product[]): DynamoDBStreamEvent => ({
  Records: items.map((item) => record("MODIFY", { ...item })),
});

/** Dead-letter queue in memory. */
export class KeptLetters implements DeadLetters {
  readonly letters: DeadLetter[] = [];
  failure: Error | undefined;

  async send(letters: readonly DeadLetter[]): Promise<void> {
    if (this.failure) throw this.failure;
    this.letters.push(...letters);
  }
}

export const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** A request as API Gateway hands it over. */
export function request(
  rawPath: string,
  { query = "", method = "GET", ...rest }: { query?: string; method?: string } & Partial<APIGatewayProxyEventV2> = {},
): APIGatewayProxyEventV2 {
  return {
    version: "2.0",
    routeKey: `${method} ${rawPath}`,
    rawPath,
    rawQueryString: query,
    headers: {},
    isBase64Encoded: false,
    requestContext: {
      accountId: "000000000000",
      apiId: "api",
      domainName: "api.example.com",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "request-1",
      routeKey: `${method} ${rawPath}`,
      stage: "$default",
      time: "01/Nov/2026:00:00:00 +0000",
      timeEpoch: 0,
    },
    ...rest,
  };
}

/** A product table with the item of search rules, that checks the condition of writes. `races` writes are preceded by another writer's. */
export function tableOfRules(stored?: StoredRules) {
  const state = { item: stored, reads: 0, races: 0, isDown: false };
  const send = async (command: unknown) => {
    if (state.isDown) throw new Error("no answer");
    if (command instanceof GetCommand) {
      state.reads++;
      return { Item: state.item };
    }
    if (!(command instanceof PutCommand)) throw new Error("not expected");
    if (state.races-- > 0) state.item = { ...state.item!, version: state.item!.version + 1 };
    if (state.item?.version !== command.input.ExpressionAttributeValues?.[":replaces"]) {
      throw new ConditionalCheckFailedException({ message: "", $metadata: {} });
    }
    state.item = command.input.Item as StoredRules;
    return {};
  };
  return { state, client: { send } as unknown as DynamoDBDocumentClient };
}

export const storedRules: StoredRules = {
  ...NO_RULES,
  hidden: ["a"],
  productId: "#search-rules",
  version: 3,
  homeRegion: "us-east-1",
  updatedAt: "2026-11-30T00:00:00.000Z",
};
