import type { SESv2Client, SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import { expect } from "chai";
import { MailChannel } from "../../../../components/orderService/notifications/mail";
import { type NotificationTexts, toMail } from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";
import { answeringClient } from "../../../kit/orderFakes";

const order = itemOf({ status: "SHIPPED" });

async function mailed(compose?: NotificationTexts["mail"]) {
  const { client, sent } = answeringClient<SESv2Client>(() => ({}));
  await new MailChannel(client, "a@b.c", "Shop", 100, { mail: compose }).send({
    order,
    status: "SHIPPED",
    earlier: ["SHIPPING"],
  });
  return (sent[0]!.input as unknown as SendEmailCommandInput).Content!.Simple!;
}

describe("MailChannel", () => {
  it("sends the store's own mail as plain text", async () => {
    const { subject, text } = toMail(order, "SHIPPED", "Shop", ["SHIPPING"]);
    const { Subject, Body } = await mailed();
    expect(Subject?.Data).to.equal(subject);
    expect(Body).to.deep.equal({ Text: { Data: text, Charset: "UTF-8" } });
  });

  it("lets a composer change that mail and add HTML, knowing the change that it reports", async () => {
    const { Subject, Body, Headers } = await mailed((mail, { status, earlier, store }) => ({
      subject: `${store}: unterwegs`,
      text: mail.text,
      html: `<p>${[...earlier, status].join()}</p>`,
    }));
    expect(Subject?.Data).to.equal("Shop: unterwegs");
    expect(Body?.Text?.Data).to.equal(toMail(order, "SHIPPED", "Shop", ["SHIPPING"]).text);
    expect(Body?.Html).to.deep.equal({ Data: "<p>SHIPPING,SHIPPED</p>", Charset: "UTF-8" });
    expect(Headers?.[0]?.Value).to.equal(`${order.orderId}-SHIPPING, ${order.orderId}-SHIPPED`);
  });
});
