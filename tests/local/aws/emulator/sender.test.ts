import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { expect } from "chai";
import { type MiniStack, startMiniStack } from "../../../../local/aws/emulator/supervisor";
import { clientsOf } from "../../../kit/emulatorClients";
import { temporaryFolder } from "../../../kit/temporaryFolder";

describe("Permission to send mail in the emulator", function () {
  this.timeout(300_000);
  const region = "us-east-1";
  const dataDir = temporaryFolder("sender");
  let emulator: MiniStack;
  let mails: SESv2Client;

  before(async () => {
    emulator = await startMiniStack({ region, dataDir });
    const { roles } = clientsOf(emulator);
    const UserName = "mailer";
    await roles.send(new CreateUserCommand({ UserName }));
    const statement = {
      Effect: "Allow",
      Action: "ses:SendEmail",
      Resource: "arn:aws:ses:us-east-1:000000000000:identity/*",
      Condition: { StringEquals: { "ses:FromAddress": "orders@example.com" } },
    };
    await roles.send(
      new PutUserPolicyCommand({
        UserName,
        PolicyName: "mail",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
      }),
    );
    const { AccessKey } = await roles.send(new CreateAccessKeyCommand({ UserName }));
    const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    mails = new SESv2Client({ region, endpoint: emulator.endpoint, credentials, maxAttempts: 1 });
  });
  after(async () => {
    await emulator?.kill();
  });

  const send = (FromEmailAddress: string) =>
    mails.send(
      new SendEmailCommand({
        FromEmailAddress,
        Destination: { ToAddresses: ["ada@example.com"] },
        Content: { Simple: { Subject: { Data: "Order placed" }, Body: { Text: { Data: "We have it." } } } },
      }),
    );

  for (const sender of ["orders@example.com", "Store <orders@example.com>"]) {
    it(`lets ${sender} send, whose policy names the address, without an identity made before`, async () => {
      expect((await send(sender)).MessageId).to.be.a("string");
    });
  }

  for (const sender of ["someone@example.com", "orders@example.com <someone@example.com>"]) {
    it(`refuses ${sender}`, async () => {
      const failure = await send(sender).catch((error: Error) => error);
      expect(failure).to.be.instanceOf(Error);
      expect(String(failure)).to.match(/not authorized to perform/i);
    });
  }
});
