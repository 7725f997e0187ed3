import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-lambda";
import { type ChecksumAlgorithm, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { bundled } from "../../../kit/bundles";
import { temporaryFolder } from "../../../kit/temporaryFolder";
import { Counter, prices } from "../subjects/counter";

const currency = "EUR";
const table = { name: pulumi.output("orders") };
const double = (n: number) => 2 * n;

describe("bundle", function () {
  this.timeout(120_000);

  it("runs a callback with values captured by copy", async () => {
    const { handler, bundle } = await bundled(() => async () => [currency, table.name.get(), double(21)]);
    expect([bundle.file, bundle.map].filter((file) => !path.isAbsolute(file))).to.deep.equal([]);
    expect(await handler()).to.deep.equal(["EUR", "orders", 42]);
  });

  it("runs the factory once, so that its state lives as long as the module", async () => {
    const { handler } = await bundled(() => {
      let calls = 0;
      return async () => ++calls;
    });
    expect([await handler(), await handler(), await handler()]).to.deep.equal([1, 2, 3]);
  });

  it("imports captured modules that load no Pulumi", async () => {
    const { handler } = await bundled(() => {
      const counter = new Counter();
      return async () => [counter.next(), prices.get("tea"), createHash("sha256").update("x").digest("hex").length];
    });
    expect(await handler()).to.deep.equal([1, 450, 64]);
    expect(await handler()).to.deep.equal([2, 450, 64]);
  });

  it("bundles the AWS SDK from its ES modules", async () => {
    const { handler, bundle } = await bundled(() => {
      const store = DynamoDBDocumentClient.from(new DynamoDBClient({ region: "eu-central-1" }));
      return async () => store.config.region();
    });
    expect(await handler()).to.equal("eu-central-1");
    expect(fs.statSync(bundle.file).size).to.equal(bundle.bytes).and.to.be.below(700_000);
  });

  it("keeps of the AWS SDK what the callback calls: requests and errors are the same", async () => {
    const sent: { method: string; path: string; headers: Record<string, string> }[] = [];
    (globalThis as { answer?: unknown }).answer = async (request: (typeof sent)[number]) => {
      sent.push(request);
      return {
        response: {
          statusCode: 404,
          headers: { "x-amzn-errortype": "ResourceNotFoundException" },
          body: Readable.from([Buffer.from('{"Type":"User","Message":"no such function"}')]),
        },
      };
    };
    const factory = () => {
      const { answer } = globalThis as unknown as { answer: () => never };
      const credentials = { accessKeyId: "A", secretAccessKey: "S" };
      const client = new LambdaClient({
        region: "eu-central-1",
        credentials,
        requestHandler: { handle: answer } as never,
      });
      return async (FunctionName: string) => {
        const command = new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: "{}" });
        const error = await client.send(command).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        const { $metadata: _, ...content } = error as ResourceNotFoundException;
        return [String(error instanceof ResourceNotFoundException), String(error), JSON.stringify(content)];
      };
    };
    const { handler, bundle } = await bundled<string, string[]>(factory);
    const answer = await handler("a-function");
    expect(answer).to.include.members(["true", "ResourceNotFoundException: no such function"]);
    expect(answer).to.deep.equal(await factory()("a-function"));
    expect(sent[0]?.path).to.equal("/2015-03-31/functions/a-function/invocations");
    expect(sent[0]?.headers).to.include({ "x-amz-invocation-type": "Event" });
    expect(bundle.bytes).to.be.below(170_000);
  });

  it("has event streams only where an operation uses them", async () => {
    const message = (type: string, payload: string) => {
      const headers = Object.entries({ ":message-type": "event", ":event-type": type }).map(([name, value]) => {
        const [key, text] = [Buffer.from(name), Buffer.from(value)];
        return Buffer.concat([Buffer.of(key.length), key, Buffer.of(7, 0, text.length), text]);
      });
      const content = Buffer.concat([...headers, Buffer.from(payload)]);
      const prelude = Buffer.alloc(12);
      prelude.writeUInt32BE(16 + content.length);
      prelude.writeUInt32BE(Buffer.concat(headers).length, 4);
      prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
      const end = Buffer.alloc(4);
      end.writeUInt32BE(crc32(Buffer.concat([prelude, content])));
      return Buffer.concat([prelude, content, end]);
    };
    (globalThis as { answer?: unknown }).answer = async () => ({
      response: {
        statusCode: 200,
        headers: { "content-type": "application/vnd.amazon.eventstream" },
        body: Readable.from([message("PayloadChunk", "first "), message("PayloadChunk", "second")]),
      },
    });
    const streamed = await bundled<string, string>(() => {
      const { answer } = globalThis as unknown as { answer: () => never };
      const credentials = { accessKeyId: "A", secretAccessKey: "S" };
      const client = new LambdaClient({
        region: "eu-central-1",
        credentials,
        requestHandler: { handle: answer } as never,
      });
      return async (FunctionName: string) => {
        const { EventStream = [] } = await client.send(new InvokeWithResponseStreamCommand({ FunctionName }));
        let text = "";
        for await (const { PayloadChunk } of EventStream) text += new TextDecoder().decode(PayloadChunk?.Payload);
        return text;
      };
    });
    expect(await streamed.handler("a-function")).to.equal("first second");
    const plain = await bundled(() => {
      const [functions, objects] = [new LambdaClient({}), new S3Client({})];
      return async () => [
        await functions.send(new InvokeCommand({ FunctionName: "f" })),
        await objects.send(new PutObjectCommand({ Bucket: "b", Key: "k" })),
      ];
    });
    const streamsOf = ({ bundle }: { bundle: { map: string } }) =>
      sourcesOf(bundle.map).filter((source) => /EventStream(Codec|Marshaller|Serde)\.js$/.test(source));
    expect(streamsOf(streamed)).not.to.deep.equal([]);
    expect(streamsOf(plain)).to.deep.equal([]);
  });

  it("computes checksums by Node, without the SDK's own hashes in JavaScript", async () => {
    const sent: { headers: Record<string, string> }[] = [];
    (globalThis as { answer?: unknown }).answer = async (request: (typeof sent)[number]) => {
      sent.push(request);
      return { response: { statusCode: 200, headers: {}, body: Readable.from([]) } };
    };
    const { handler, bundle } = await bundled<ChecksumAlgorithm, string>(() => {
      const { answer } = globalThis as unknown as { answer: () => never };
      const credentials = { accessKeyId: "A", secretAccessKey: "S" };
      const client = new S3Client({ region: "eu-central-1", credentials, requestHandler: { handle: answer } as never });
      return async (algorithm: ChecksumAlgorithm) => {
        const given = { Bucket: "invoices", Key: "a", Body: "content", ChecksumAlgorithm: algorithm };
        await client.send(new PutObjectCommand(given));
        return "sent";
      };
    });
    for (const algorithm of ["SHA1", "SHA256"] as const) {
      expect(await handler(algorithm)).to.equal("sent");
      const expected = createHash(algorithm.toLowerCase()).update("content").digest("base64");
      expect(sent.at(-1)?.headers).to.include({ [`x-amz-checksum-${algorithm.toLowerCase()}`]: expected });
    }
    await handler("CRC32");
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32("content"));
    expect(sent.at(-1)?.headers).to.include({ "x-amz-checksum-crc32": crc.toString("base64") });
    expect(sourcesOf(bundle.map).filter((source) => /(Sha256|Sha1|Md5|Crc32)Js\.js$/.test(source))).to.deep.equal([]);
  });

  describe("credentials of the SDK", () => {
    const chain = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"];
    const before = Object.fromEntries(chain.map((name) => [name, process.env[name]]));
    const profiles = temporaryFolder("inline-function-profiles");
    const credentials = () => {
      const { config } = new DynamoDBClient({ region: "eu-central-1" });
      return async () => (await config.credentials()).accessKeyId;
    };
    beforeEach(() => {
      for (const name of chain) delete process.env[name];
      // Hides this machine's own credentials: its files and its instance metadata.
      fs.writeFileSync(
        path.join(profiles, "credentials"),
        "[default]\naws_access_key_id = A\naws_secret_access_key = S\n",
      );
      process.env["AWS_SHARED_CREDENTIALS_FILE"] = path.join(profiles, "credentials");
      process.env["AWS_EC2_METADATA_DISABLED"] = "true";
    });
    afterEach(() => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      delete process.env["AWS_SHARED_CREDENTIALS_FILE"];
      delete process.env["AWS_EC2_METADATA_DISABLED"];
    });

    it("are read from the environment, as on Lambda", async () => {
      const { handler } = await bundled(credentials);
      Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" });
      expect(await handler()).to.equal("AKID");
    });

    it("are not read from profiles, whose code is not in the bundle", async () => {
      const { handler, bundle } = await bundled(credentials);
      const refused = await handler().then(String, (error: Error) => error.message);
      expect(refused).to.equal("Unable to find environment variable credentials.");
      expect(
        sourcesOf(bundle.map).filter((source) => /node_modules.*credential-provider-(?!env)/.test(source)),
      ).to.deep.equal([]);
    });

    it("leave settings of the environment in force, and none of files", async () => {
      fs.writeFileSync(path.join(profiles, "config"), "[default]\nretry_mode = adaptive\nregion = eu-west-9\n");
      process.env["AWS_CONFIG_FILE"] = path.join(profiles, "config");
      process.env["AWS_REGION"] = "eu-north-1";
      try {
        const { handler } = await bundled(() => {
          const { config } = new DynamoDBClient({});
          return async () => [await config.region(), await (config.retryMode as () => Promise<string>)()];
        });
        expect(await handler()).to.deep.equal(["eu-north-1", "standard"]);
      } finally {
        delete process.env["AWS_CONFIG_FILE"];
        delete process.env["AWS_REGION"];
      }
    });

    it("are read from a provider that the callback creates", async () => {
      const { handler } = await bundled(() => {
        const provider = fromIni();
        return async () => (await provider()).accessKeyId;
      });
      expect(await handler()).to.equal("A");
    });
  });
});

const sourcesOf = (map: string) => (JSON.parse(fs.readFileSync(map, "utf8")) as { sources: string[] }).sources;
