import { expect } from "chai";
import { OrderService, type OrderServiceArgs } from "../../../../components/orderService";
import {
  bundleOf,
  type Inputs,
  onUsualStore,
  type Registered,
  register,
  type Statement,
  usual,
} from "../../../kit/orderServiceStand";
import { expectRefusal } from "../../../kit/refusals";

describe("The notifications of an OrderService", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("sends changes through a queue with a dead-letter queue, to which only its topic may send", () => {
    const queue = stand.made.named("Queue", "orders-notifications");
    expect(JSON.parse(String(queue["redrivePolicy"]))).to.include({ maxReceiveCount: 5 });
    expect(queue).to.include({ visibilityTimeoutSeconds: 180, sqsManagedSseEnabled: true });
    const policy = JSON.parse(String(stand.made.named("QueuePolicy", "orders-notifications")["policy"])) as {
      Statement: Statement[];
    };
    expect(policy.Statement[0]?.Condition).to.deep.equal({
      ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:orders-changes" },
    });
  });

  it("sends mail as its sender only, by any verified identity, and creates none", () => {
    expect(stand.made.of("EmailIdentity")).to.deep.equal([]);
    const onlyAs = { StringEquals: { "ses:FromAddress": "orders@example.com" } };
    const ses = "arn:aws:ses:us-east-1:123456789012";
    const mailing = stand.made.statements("notifier").filter(({ Action }) => Action.includes("ses:SendEmail"));
    expect(mailing.map(({ Resource, Condition }) => ({ Resource, Condition }))).to.deep.equal([
      { Resource: [`${ses}:identity/*`], Condition: onlyAs },
      // An identity may have a default configuration set, for which SES requires a permission too.
      { Resource: [`${ses}:configuration-set/*`], Condition: onlyAs },
    ]);
  });

  it("may send text messages if countries are listed, and publish to no topic", async () => {
    const texting = await register({ textMessages: { countries: ["+49"] } });
    const sending = texting.statements("notifier").filter(({ Action }) => [Action].flat().includes("sns:Publish"));
    expect(sending).to.deep.equal([{ Effect: "Allow", Action: ["sns:Publish"], NotResource: ["arn:aws:sns:*:*:*"] }]);
  });

  it("has no permission for text messages unless countries are listed", async () => {
    const texts = ({ named }: Registered) =>
      (named("Function", "orders-notifier-function")["environment"] as { variables: Inputs }).variables[
        "TEXT_MESSAGES"
      ];
    expect(stand.made.actions("notifier")).to.not.include("sns:Publish");
    expect(texts(stand.made)).to.equal(undefined);
    const texting = await register({ textMessages: { countries: ["+49"] } });
    expect(texting.actions("notifier")).to.include("sns:Publish");
    expect(JSON.parse(String(texts(texting)))).to.deep.equal({
      countries: ["+49"],
      unverified: false,
      perCustomerDay: 10,
    });
  });

  it("counts a customer's mails only where a limit is set", async () => {
    const mails = ({ named }: Registered) =>
      (named("Function", "orders-notifier-function")["environment"] as { variables: Inputs }).variables[
        "MAILS_PER_DAY"
      ];
    expect(mails(stand.made)).to.equal(undefined);
    expect(mails(await register({ mail: { from: "orders@example.com", perCustomerDay: 7 } }))).to.equal("7");
  });

  it("gathers the changes of 20 seconds in a mail unless another time is set", async () => {
    const delayOf = ({ named }: Registered) => {
      const { variables } = named("Function", "orders-notifier-function")["environment"] as { variables: Inputs };
      return [variables["GATHER_SECONDS"], named("Queue", "orders-notifications")["delaySeconds"]];
    };
    expect(delayOf(stand.made)).to.deep.equal(["20", 20]);
    const atOnce = await register({ mail: { from: "orders@example.com", gatherSeconds: 0 } });
    expect(delayOf(atOnce)).to.deep.equal(["0", 0]);
  });

  it("creates no notifier, no queue and no alarm for it with mails off and no other channel", async () => {
    const { of } = await register({ mail: "off" });
    const names = ["Function", "Queue", "MetricAlarm", "EventSourceMapping"].flatMap((type) =>
      of(type).map(({ name }) => name),
    );
    expect(names.filter((name) => /notif/.test(name))).to.deep.equal([]);
    expect(names).to.include("orders-invoicer-function");
  });

  it("sends text messages without mails", async () => {
    const { actions, named } = await register({ mail: "off", storeName: "Shop", textMessages: { countries: ["+49"] } });
    expect(actions("notifier")).to.include("sns:Publish").and.not.include("ses:SendEmail");
    const { variables } = named("Function", "orders-notifier-function")["environment"] as { variables: Inputs };
    expect(variables).to.include({ STORE_NAME: "Shop" }).and.not.have.property("MAIL_FROM");
  });

  it("bundles the caller's composers into the functions that send or write texts alone", async () => {
    const { of } = await register({
      texts: () => ({
        mail: ({ text }) => ({ subject: "Neues zu Ihrer Bestellung", text }),
        invoice: (page) => page.replace("Invoice", "Rechnung"),
      }),
    });
    const bundles = of("Function").map(async ({ name, inputs }) => [name, await bundleOf(inputs)] as const);
    const withText = (await Promise.all(bundles)).filter(([, text]) => text.includes("Neues zu Ihrer Bestellung"));
    expect(withText.map(([name]) => name)).to.have.members([
      "orders-notifier-function",
      "orders-invoicer-function",
      "orders-eraser-function",
    ]);
  });

  describe("with webhooks to customers", () => {
    const [older, newer] = [1, 2].map((byte) => `whsec_${Buffer.alloc(24, byte).toString("base64")}`) as [
      string,
      string,
    ];
    let hooked: Registered;
    before(async () => {
      hooked = await register({
        webhooks: {
          erp: { url: "https://erp.example.com/hooks", secrets: [newer, older], timeoutSeconds: 3 },
          acme: { url: "https://acme.example.com", secrets: [newer], customerIds: ["c-1", "c-2"], internal: true },
        },
      });
    });

    it("gives each endpoint a queue with long retries, filtered by its customers, and few deliveries at a time", () => {
      const { named } = hooked;
      for (const endpoint of ["erp", "acme"]) {
        const name = `orders-notifications-${endpoint}`;
        expect(JSON.parse(String(named("Queue", name)["redrivePolicy"]))).to.deep.equal({
          deadLetterTargetArn: "arn:aws:sqs:us-east-1:123456789012:orders-notifications-failed",
          maxReceiveCount: 50,
        });
        expect(named("EventSourceMapping", name)).to.deep.include({
          functionResponseTypes: ["ReportBatchItemFailures"],
          scalingConfig: { maximumConcurrency: 5 },
        });
      }
      expect(named("TopicSubscription", "orders-notifications-erp")["filterPolicy"]).to.equal(undefined);
      expect(JSON.parse(String(named("TopicSubscription", "orders-notifications-acme")["filterPolicy"]))).to.deep.equal(
        {
          customerId: ["c-1", "c-2"],
        },
      );
    });

    it("keeps both secrets of a rotation in a parameter that the notifier alone reads", () => {
      const parameters = hooked.of("Parameter").filter(({ name }) => name.startsWith("orders-webhook-"));
      // The provider makes the value a secret, in a wrapper of Pulumi's.
      const secretsOf = ({ value }: Inputs) => (value as { value: string }).value;
      expect(parameters.map(({ name, inputs }) => [name, inputs["type"], secretsOf(inputs)])).to.deep.equal([
        ["orders-webhook-erp", "SecureString", `${newer} ${older}`],
        ["orders-webhook-acme", "SecureString", newer],
      ]);
      const { variables } = hooked.named("Function", "orders-notifier-function")["environment"] as {
        variables: Inputs;
      };
      expect(JSON.stringify(variables)).to.not.contain("whsec_");
      expect(JSON.parse(String(variables["WEBHOOKS"])).erp).to.include({ timeoutMs: 3_000, internal: false });
      expect(JSON.parse(String(variables["WEBHOOKS"])).acme).to.include({ timeoutMs: 5_000, internal: true });
      expect(hooked.actions("notifier")).to.include.members(["ssm:GetParameter", "sqs:ChangeMessageVisibility"]);
    });

    it("leaves the webhooks out of every other notifier's bundle and grants", async () => {
      const bundle = await bundleOf(stand.made.named("Function", "orders-notifier-function"));
      expect(bundle).to.not.contain("stayopen-webhooks").and.not.contain("ChangeMessageVisibility");
      expect(await bundleOf(hooked.named("Function", "orders-notifier-function"))).to.contain("stayopen-webhooks");
      expect(stand.made.actions("notifier")).to.not.include("sqs:ChangeMessageVisibility");
    });

    it("is the only channel of a store without mails", async () => {
      const { of } = await register({
        mail: "off",
        webhooks: { erp: { url: "https://erp.example.com", secrets: [newer] } },
      });
      const queues = of("Queue").filter(({ name }) => name.startsWith("orders-notifications"));
      expect(queues.map(({ name }) => name)).to.have.members([
        "orders-notifications-erp",
        "orders-notifications-failed",
      ]);
    });

    const webhook = { url: "https://erp.example.com", secrets: [newer] };
    const refused: [string, NonNullable<OrderServiceArgs["webhooks"]>, RegExp][] = [
      ["a name with a dot", { "a.b": webhook }, /`webhooks\.a\.b` is no name/],
      ["the name of another queue", { failed: webhook }, /`webhooks\.failed` is taken; it must have another name/],
      [
        "more endpoints than a function's environment holds",
        Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`system-${index}`, webhook])),
        /`webhooks` takes about 3\d+ bytes of the notifier's environment; it must take at most 3000: have fewer endpoints/,
      ],
      [
        "an address without TLS",
        { erp: { ...webhook, url: "http://erp.example.com" } },
        /`webhooks\.erp\.url` is "http:/,
      ],
      ["a user name", { erp: { ...webhook, url: "https://a:b@erp.example.com" } }, /without a user name/],
      ["no secret", { erp: { ...webhook, secrets: [] } }, /`webhooks\.erp\.secrets` has 0 secrets/],
      ["three secrets", { erp: { ...webhook, secrets: [newer, older, newer] } }, /has 3 secrets/],
      [
        "another secret",
        { erp: { ...webhook, secrets: ["hunter2"] } },
        /`webhooks\.erp\.secrets\[0\]` has another form; /,
      ],
      ["a long time-out", { erp: { ...webhook, timeoutSeconds: 20 } }, /between 1 and 10/],
      [
        "no address",
        { erp: { secrets: webhook.secrets } as never },
        /`webhooks\.erp\.url` is null; it must be an https/,
      ],
      ["a customer", { erp: { ...webhook, customerIds: "c-1" as never } }, /`webhooks\.erp\.customerIds` is no list/],
      ["no customer", { erp: { ...webhook, customerIds: [] } }, /`webhooks\.erp\.customerIds` is empty/],
      [
        "too many customers",
        { erp: { ...webhook, customerIds: Array.from({ length: 151 }, (_, index) => `c-${index}`) } },
        /has more than 150 ids/,
      ],
      ["a misspelt field", { erp: { ...webhook, secret: newer } as never }, /unknown field "secret"/],
    ];
    for (const [what, webhooks, sentence] of refused) {
      it(`refuses ${what}`, () =>
        expectRefusal("OrderService", () => new OrderService("orders", { ...usual, webhooks }), sentence));
    }
  });
});
