import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import { traced, traceFetch } from "../../../../components/runtime/tracing";
import { openSearchClient } from "../../../../components/searchService/handlers/index/indexClient";

const SAMPLED = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:1";
const TAKEN = { AWS_XRAY_DAEMON_ADDRESS: "", _X_AMZN_TRACE_ID: SAMPLED, AWS_REGION: "us-east-1" };

describe("Traces", () => {
  let daemon: Socket;
  let server: Server;
  let address: string;
  let headers: Record<string, string>;
  let answer: { status: number; body: string } | "none";
  let earlier: NodeJS.ProcessEnv;
  /** Messages that X-Ray's daemon has received, as text. */
  let received: string[];

  before(async () => {
    daemon = createSocket("udp4").bind(0, "127.0.0.1");
    daemon.on("message", (packet) => received.push(packet.toString()));
    await once(daemon, "listening");
    server = createServer((request, response) => {
      request.resume();
      if (answer === "none") return request.socket.destroy();
      response.writeHead(answer.status, { "content-type": "application/json", ...headers });
      return response.end(answer.body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    earlier = { ...process.env };
    Object.assign(process.env, TAKEN, { AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}` });
  });

  after(() => {
    for (const name of Object.keys(TAKEN)) {
      if (earlier[name] === undefined) delete process.env[name];
      else process.env[name] = earlier[name];
    }
    daemon.close();
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => {
    received = [];
    answer = { status: 200, body: "{}" };
    headers = { "x-amzn-requestid": "id-of-aws" };
    process.env["_X_AMZN_TRACE_ID"] = SAMPLED;
  });

  /** Waits for the only subsegment that the daemon receives. */
  async function subsegment(): Promise<Record<string, unknown>> {
    while (received.length === 0) await once(daemon, "message");
    expect(received).to.have.length(1);
    const [header, document] = received[0]!.split("\n");
    expect(JSON.parse(header!)).to.deep.equal({ format: "json", version: 1 });
    return JSON.parse(document!);
  }

  const dynamo = () =>
    DynamoDBDocumentClient.from(
      traced(
        new DynamoDBClient({
          endpoint: address,
          maxAttempts: 1,
          credentials: { accessKeyId: "test", secretAccessKey: "test" },
        }),
      ),
    );

  it("show an AWS call below the function's own segment: operation, table and outcome", async () => {
    await dynamo().send(new GetCommand({ TableName: "orders", Key: { orderId: "the-order" } }));
    const sent = await subsegment();
    expect(sent).to.deep.include({
      type: "subsegment",
      trace_id: "1-5759e988-bd862e3fe1be46a994272793",
      parent_id: "53995c3f42cd8ad8",
      name: "DynamoDB",
      namespace: "aws",
      aws: { operation: "GetItem", region: "us-east-1", table_name: "orders", request_id: "id-of-aws" },
      http: { response: { status: 200 } },
    });
    expect(sent["id"]).to.match(/^[0-9a-f]{16}$/);
    expect(sent["end_time"])
      .to.be.a("number")
      .and.be.at.least(sent["start_time"] as number);
    expect(sent).not.to.have.any.keys("error", "fault", "throttle");
  });

  it("omit the content of requests", async () => {
    await dynamo().send(new PutCommand({ TableName: "cards", Item: { orderId: "the-order", card: "the-card" } }));
    await subsegment();
    expect(received.join()).not.to.match(/the-order|the-card/);
  });

  it("classify the error and rethrow it", async () => {
    answer = { status: 400, body: JSON.stringify({ __type: "com.amazonaws#ConditionalCheckFailedException" }) };
    const failure = await dynamo()
      .send(new PutCommand({ TableName: "orders", Item: { orderId: "o" } }))
      .catch((error: Error) => error.name);
    expect(failure).to.equal("ConditionalCheckFailedException");
    const sent = await subsegment();
    expect(sent).to.include({ error: true }).and.not.have.any.keys("fault");
    expect(JSON.stringify(sent["cause"])).to.include("ConditionalCheckFailedException");
  });

  it("show a call without a response", async () => {
    answer = "none";
    await dynamo()
      .send(new GetCommand({ TableName: "orders", Key: { orderId: "o" } }))
      .catch(() => undefined);
    expect(await subsegment()).to.include({ fault: true });
  });

  it("show a search: the domain and the index, not the search text", async () => {
    const client = openSearchClient({ endpoint: address, region: "us-east-1", requestTimeoutMs: 1_000 });
    await client.search({
      index: "products",
      preference: "the-shopper",
      body: { query: { match: { name: "shoes" } } },
    });
    expect(await subsegment()).to.deep.include({
      name: new URL(address).host,
      namespace: "remote",
      http: { request: { method: "POST", url: `${address}/products/_search` }, response: { status: 200 } },
    });
    expect(received.join()).not.to.match(/shoes|the-shopper/);
  });

  it("show a search that fails", async () => {
    answer = { status: 503, body: "{}" };
    const client = openSearchClient({ endpoint: address, region: "us-east-1", requestTimeoutMs: 1_000 });
    await client.search({ index: "products", body: {} }).catch(() => undefined);
    expect(await subsegment()).to.include({ fault: true });
  });

  it("show a request of fetch by host and path", async () => {
    traceFetch();
    traceFetch();
    await (await fetch(`${address}/payments/1?key=secret`, { method: "PUT", body: "the-card" })).text();
    expect(await subsegment()).to.deep.include({
      name: new URL(address).host,
      namespace: "remote",
      http: { request: { method: "PUT", url: `${address}/payments/1` }, response: { status: 200 } },
    });
    expect(received.join()).not.to.match(/secret|the-card/);
  });

  it("show a fetch without a response", async () => {
    answer = "none";
    await fetch(address).catch(() => undefined);
    expect(await subsegment()).to.include({ fault: true });
  });

  it("show a mail, whose answer may lack a request id", async () => {
    headers = {};
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const mails = traced(new SESv2Client({ endpoint: address, credentials }));
    await mails.send(new SendEmailCommand({ FromEmailAddress: "a@example.com", Content: {} }));
    const { name, aws } = await subsegment();
    expect(name).to.equal("SESv2");
    expect(aws).to.deep.equal({ operation: "SendEmail", region: "us-east-1" });
  });

  it("omit presigned URLs, which send no request", async () => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = traced(new S3Client({ credentials }));
    await getSignedUrl(client, new GetObjectCommand({ Bucket: "invoices", Key: "1" }));
    await dynamo().send(new GetCommand({ TableName: "afterwards", Key: { orderId: "o" } }));
    expect((await subsegment())["aws"]).to.include({ table_name: "afterwards" });
  });

  it("take the place of the SDK's own log, which masks each request and response for no reader", () => {
    const { middlewareStack } = traced(new S3Client({}));
    const names = middlewareStack.identify().join();
    expect(names).to.include("tracing").and.not.include("logger");
  });

  it("cover every client that a function creates", () => {
    const components = path.join(__dirname, "..", "..", "..", "..", "components");
    const made = fs
      .readdirSync(components, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const text = fs.readFileSync(path.join(components, file), "utf8").replaceAll(/^ *\*.*$/gm, "");
        return [...text.matchAll(/\S*\s*new [A-Z]\w*Client\(/g)].map(
          ([found]) => `${file}: ${found.replaceAll(/\s+/g, " ")}`,
        );
      });
    expect(made.length).to.be.above(15);
    expect(made.filter((line) => !/traced\( ?new /.test(line))).to.deep.equal([]);
  });

  for (const [when, header] of [
    ["X-Ray has not chosen the call", SAMPLED.replace("Sampled=1", "Sampled=0")],
    ["there is no trace", undefined],
  ] as const) {
    it(`are not sent where ${when}`, async () => {
      if (header) process.env["_X_AMZN_TRACE_ID"] = header;
      else delete process.env["_X_AMZN_TRACE_ID"];
      await dynamo().send(new GetCommand({ TableName: "orders", Key: { orderId: "o" } }));
      await (await fetch(address)).text();
      // The next message is received, and none came before it.
      process.env["_X_AMZN_TRACE_ID"] = SAMPLED;
      await dynamo().send(new GetCommand({ TableName: "afterwards", Key: { orderId: "o" } }));
      expect((await subsegment())["aws"]).to.include({ table_name: "afterwards" });
    });
  }
});
