import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { expect } from "chai";
import { sendOnce } from "../../../../components/orderService/handlers/clients";

describe("sendOnce", () => {
  it("sends one request even after a time-out", async () => {
    let calls = 0;
    const server = createServer(() => {
      calls += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new SNSClient({
      ...sendOnce,
      requestHandler: { ...sendOnce.requestHandler, requestTimeout: 100 },
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    });
    const error = await client
      .send(new PublishCommand({ TopicArn: "arn:aws:sns:us-east-1:123456789012:t", Message: "m" }))
      .catch((error: Error) => error);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(error).to.have.property("name", "TimeoutError");
    expect(calls).to.equal(1);
  });
});
