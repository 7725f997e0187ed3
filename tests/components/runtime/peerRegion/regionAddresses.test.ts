import type { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { createAddressLookup } from "../../../../components/runtime/peerRegion";

describe("createAddressLookup", () => {
  const asked: unknown[] = [];
  const client = {
    async send({ input }: GetCommand) {
      asked.push(input.Key);
      const urls = { orders: "https://orders.example", catalogue: "https://catalogue.example" };
      return { Item: input.Key?.["subject"] === "us-west-2" ? { urls } : undefined };
    },
  } as unknown as DynamoDBDocumentClient;

  it("reads a service's address in the Region's heartbeat", async () => {
    expect(await createAddressLookup(client, "regions", "orders")("us-west-2")).to.equal("https://orders.example");
    expect(await createAddressLookup(client, "regions", "catalogue")("us-west-2")).to.equal(
      "https://catalogue.example",
    );
    expect(asked[0]).to.deep.equal({ subject: "us-west-2", entry: "heartbeat" });
  });

  it("finds none of a Region that has not joined", async () => {
    expect(await createAddressLookup(client, "regions", "orders")("eu-west-1")).to.equal(undefined);
  });
});
