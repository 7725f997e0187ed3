import type { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { type SinonFakeTimers, useFakeTimers } from "sinon";
import { secret } from "../../../components/runtime/secrets";

describe("secret", () => {
  let clock: SinonFakeTimers;
  beforeEach(() => {
    clock = useFakeTimers();
  });
  afterEach(() => clock.restore());

  /** A parameter whose value changes with each read. */
  function store(...values: (string | Error)[]) {
    const asked: unknown[] = [];
    const client = {
      async send({ input }: GetParameterCommand) {
        asked.push(input);
        const value = values.shift();
        if (value instanceof Error) throw value;
        return { Parameter: { Value: value } };
      },
    } as unknown as SSMClient;
    return { asked, read: secret("/shop/dev/key", client) };
  }

  it("is read decrypted, and kept for five minutes", async () => {
    const { asked, read } = store("first", "second");
    expect(await read()).to.equal("first");
    clock.tick(5 * 60_000 - 1);
    expect(await read()).to.equal("first");
    expect(asked).to.deep.equal([{ Name: "/shop/dev/key", WithDecryption: true }]);
  });

  it("is read again afterwards, so that a rotated key comes into use", async () => {
    const { read } = store("first", "second");
    await read();
    clock.tick(5 * 60_000);
    expect(await read()).to.equal("second");
  });

  it("is read again after a failure", async () => {
    const { read } = store(new Error("throttled"), "first");
    expect(await read().catch((error: Error) => error.message)).to.equal("throttled");
    expect(await read()).to.equal("first");
  });

  it("stays in use while Parameter Store fails, which is asked every half minute", async () => {
    const outage = Object.assign(new Error("unavailable"), { $metadata: { httpStatusCode: 503 } });
    const { asked, read } = store("first", outage, "second");
    await read();
    clock.tick(5 * 60_000);
    expect(await read()).to.equal("first");
    clock.tick(30_000 - 1);
    expect(await read()).to.equal("first");
    expect(asked).to.have.length(2);
    clock.tick(1);
    expect(await read()).to.equal("second");
  });

  it("is not used any longer once it may not be read", async () => {
    const { read } = store("first", Object.assign(new Error("denied"), { name: "AccessDeniedException" }));
    await read();
    clock.tick(5 * 60_000);
    expect(await read().catch((error: Error) => error.message)).to.equal("denied");
  });

  it("may not be empty", async () => {
    const { read } = store("");
    expect(await read().catch((error: Error) => error.message)).to.equal("The parameter /shop/dev/key is empty.");
  });
});
