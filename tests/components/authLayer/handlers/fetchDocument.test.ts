import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { fetchDocument, IssuerUnavailableError } from "../../../../components/authLayer/handlers/fetchDocument";

describe("fetchDocument", () => {
  let server: Server;
  let url: string;
  let answers: RequestListener[];

  before(async () => {
    server = createServer((request, response) => answers.shift()?.(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const found: RequestListener = (_, response) => response.end("{}");
  const refused: RequestListener = (_, response) => response.writeHead(500).end();
  const redirected: RequestListener = (_, response) => response.writeHead(302, { location: url }).end();
  const sized = (bytes: number): RequestListener => {
    return (_, response) => void response.end(Buffer.alloc(bytes));
  };
  const huge = sized(256 * 1024 + 1);
  const never: RequestListener = () => undefined;
  const failure = () => fetchDocument(url, 50).catch((error: unknown) => error);

  it("reads the document", async () => {
    answers = [found];
    expect(Buffer.from(await fetchDocument(url)).toString()).to.equal("{}");
  });

  it("reads a document of the largest size", async () => {
    answers = [sized(256 * 1024)];
    expect((await fetchDocument(url)).byteLength).to.equal(256 * 1024);
  });

  it("tries a second time", async () => {
    answers = [refused, found];
    expect(Buffer.from(await fetchDocument(url)).toString()).to.equal("{}");
  });

  for (const [what, answer, reason] of [
    ["an error", refused, /answered 500/],
    ["a redirect", redirected, /answered 302/],
    ["a document that is too large", huge, /is larger than 262144 bytes/],
    ["a response that does not come in time", never, /timeout|aborted/],
  ] as const) {
    it(`reports ${what} after two attempts`, async () => {
      answers = [answer, answer];
      const error = await failure();
      expect(error).to.be.instanceOf(IssuerUnavailableError);
      expect((error as Error).message)
        .to.match(reason)
        .and.include(`${url} can't be read: `);
      expect(answers).to.deep.equal([]);
    });
  }
});
