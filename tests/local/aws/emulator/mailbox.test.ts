import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { CreateEmailIdentityCommand, SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { expect } from "chai";
import { Mailbox, mailboxFile } from "../../../../local/aws/emulator/mailbox";
import { rootCredentials, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { temporaryFolder } from "../../../kit/temporaryFolder";

describe("Mail sent by an emulator", function () {
  this.timeout(300_000);
  const region = "us-east-1";
  const dataDir = temporaryFolder("mailbox");

  it("survives a kill of the emulator, and is not sent again", async () => {
    const mailbox = mailboxFile(dataDir, region);
    const start = () => startMiniStack({ region, dataDir: join(dataDir, region), mailbox });
    const first = await start();
    const client = new SESv2Client({ region, endpoint: first.endpoint, credentials: rootCredentials });
    await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "shop@example.com" }));
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: "shop@example.com",
        Destination: { ToAddresses: ["ada@example.com"] },
        Content: { Simple: { Subject: { Data: "Order placed" }, Body: { Text: { Data: "We have it." } } } },
      }),
    );
    await first.kill();
    const second = await start();
    await second.stop();

    expect(new Mailbox(dataDir, region).read().map(({ at: _at, ...mail }) => mail)).to.deep.equal([
      { region, to: ["ada@example.com"], subject: "Order placed", text: "We have it." },
    ]);
  });

  it("is read on from the last complete line", () => {
    const folder = temporaryFolder("mailbox-lines");
    const mailbox = new Mailbox(folder, region);
    const subjects = () => mailbox.read().map(({ subject }) => subject);
    const line = (Subject: string) => `${JSON.stringify({ Subject, Timestamp: 0 })}\n`;
    expect(subjects()).to.deep.equal([]);

    const second = line("Bestätigt");
    appendFileSync(mailboxFile(folder, region), Buffer.from(`${line("First")}${second}`).subarray(0, -8));
    expect(subjects()).to.deep.equal(["First"]);
    appendFileSync(mailboxFile(folder, region), Buffer.from(second).subarray(-8));
    expect(subjects()).to.deep.equal(["First", "Bestätigt"]);
    expect(subjects()).to.deep.equal(["First", "Bestätigt"]);
  });
});
