import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { limitCalls, setting } from "../../../components/runtime/clients";

describe("setting", () => {
  it("reads an environment variable, and names a missing one", () => {
    process.env["STAYOPEN_TEST_SETTING"] = "value";
    expect(setting("STAYOPEN_TEST_SETTING")).to.equal("value");
    delete process.env["STAYOPEN_TEST_SETTING"];
    expect(() => setting("STAYOPEN_TEST_SETTING")).to.throw(
      "The environment variable STAYOPEN_TEST_SETTING is missing. Deploy the function by its component, which sets it.",
    );
  });
});

describe("limitCalls", () => {
  let server: Server;
  let requests: number;

  before(async () => {
    // Accepts every request and never answers.
    server = createServer(() => {
      requests += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("abandons a call that hangs, and tries it again up to the limit", async () => {
    requests = 0;
    const client = new DynamoDBClient({
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      ...limitCalls(2, 100),
    });
    const failure = await client.send(new ListTablesCommand({})).catch((error: Error) => error.name);
    client.destroy();
    expect([failure, requests]).to.deep.equal(["TimeoutError", 2]);
  });
});
