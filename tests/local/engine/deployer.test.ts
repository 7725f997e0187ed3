import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { KMS } from "@aws-sdk/client-kms";
import { expect } from "chai";
import { sentenceOf } from "../../../local/engine/deployer";

describe("the sentence of a resource that could not be created", () => {
  it("names the limit and the way on, if the emulator did not respond in time", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const client = new KMS({
      region: "us-east-1",
      endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
      requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true },
    });
    try {
      const calls = [() => client.listKeys({}), () => fetch(endpoint, { signal: AbortSignal.timeout(50) })];
      for (const call of calls) {
        const error: unknown = await call().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(sentenceOf(error)).to.match(/^got no response from the emulator within 120 seconds\. If .* start again/);
      }
    } finally {
      client.destroy();
      silent.close();
    }
  });

  it("quotes the emulator's refusal", () => {
    const refusal = Object.assign(new Error("The key is disabled."), { name: "DisabledException", $metadata: {} });
    expect(sentenceOf(refusal)).to.equal("is refused by the emulator: DisabledException: The key is disabled.");
  });
});
