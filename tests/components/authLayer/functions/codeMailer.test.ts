import { readFileSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AuthLayer, type CodeMail } from "../../../../components/authLayer";
import { mail, register } from "../../../kit/authLayerStand";
import { expectRefusal } from "../../../kit/refusals";

describe("The function that mails codes", () => {
  it("mails codes and confirmations in the shop's words", async () => {
    const confirmation = { subject: "Ihr Code", message: "Ihr Code: {####}" };
    const texts = () => ({ mail: ({ text }: CodeMail) => ({ subject: "Ihr Anmeldecode", text }) });
    const { one, named } = await register({ provider: { cognito: { confirmation } }, mail: { ...mail, texts } });
    expect(one("UserPool")["verificationMessageTemplate"]).to.deep.include({
      emailSubject: "Ihr Code",
      emailMessage: "Ihr Code: {####}",
    });
    const { code } = named("Function", "auth-mailer-function") as { code: pulumi.asset.AssetArchive };
    const { "index.js": file } = await code.assets;
    expect(readFileSync(await (file as pulumi.asset.FileAsset).path, "utf8")).to.contain("Ihr Anmeldecode");
    await expectRefusal(
      "AuthLayer",
      () => new AuthLayer("auth", { provider: { cognito: { confirmation: { ...confirmation, message: "Hallo!" } } } }),
      /`provider.cognito.confirmation.message` is "Hallo!"; it must be a text .* with \{####\}/,
    );
  });

  it("sends codes as its sender only, by any verified identity", async () => {
    const { granted } = await register({ mail });
    const mailing = granted("auth-mailer").filter(({ Action }) => (Action as string[]).includes("ses:SendEmail"));
    const onlyAs = { StringEquals: { "ses:FromAddress": "orders@example.com" } };
    expect(mailing.map(({ Resource, Condition }) => ({ Resource, Condition }))).to.deep.equal([
      { Resource: ["arn:aws:ses:us-east-1:123456789012:identity/*"], Condition: onlyAs },
      { Resource: ["arn:aws:ses:us-east-1:123456789012:configuration-set/*"], Condition: onlyAs },
    ]);
  });
});
