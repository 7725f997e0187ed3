import { createServer } from "node:net";
import { expect } from "chai";
import { freePort, isFree } from "../../../local/servers/ports";

describe("freePort", () => {
  it("returns another port to each caller, below those of outgoing connections", async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(new Set(ports).size).to.equal(50);
    for (const port of ports) expect(port).to.be.within(10_240, 32_767);
  });

  it("returns the preferred port only while it is free", async () => {
    const port = await freePort();
    expect(await freePort(port)).to.equal(port);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    try {
      expect(await isFree(port)).to.equal(false);
      expect(await freePort(port)).to.not.equal(port);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
