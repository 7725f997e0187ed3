import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readConfig } from "../config";

const complete = {
  "aws:region": "us-east-1",
  "stayopen:currency": "USD",
  "stayopen:mailFrom": "orders@example.com",
  "stayopen:paymentEndpoint": "https://payment.example.com",
  "stayopen:paymentApiKey": "key",
  "stayopen:paymentWebhookSecret": "whsec_a",
  "stayopen:shippingEndpoint": "https://shipping.example.com",
  "stayopen:shippingApiKey": "key",
  "stayopen:shippingWebhookSecret": "whsec_b",
  "stayopen:searchInstanceType": "t3.small.search",
};

/** Settings of a store with a domain. */
const DOMAIN = {
  "stayopen:domain": "example.com",
  "stayopen:zoneId": "Z0123456789ABCDEFGHIJ",
  "stayopen:edgeSecrets": "sent,accepted",
};

function read(change: Record<string, string | undefined>) {
  const config = Object.entries({ ...complete, ...change }).filter((entry): entry is [string, string] => !!entry[1]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config));
  return readConfig();
}

describe("readConfig", () => {
  after(() => pulumi.runtime.setAllConfig({}));

  it("refuses a currency that ISO 4217 does not list", () => {
    expect(() => read({ "stayopen:currency": "QQQ" })).to.throw(pulumi.RunError, /"QQQ"/);
    expect(read({ "stayopen:currency": "HUF" }).currency).to.equal("HUF");
  });

  it("fills in the defaults", () => {
    expect(read({})).to.deep.include({
      search: { instanceType: "t3.small.search", instanceCount: 1, volumeGiB: 10 },
      protectData: true,
      oidc: undefined,
    });
  });

  it("reads shipping methods and taxes, which the storefront has quoted", () => {
    const methods = [{ id: "standard", name: "Standard", price: { USD: 490 } }];
    const tax = { pricesIncludeTax: true, rates: [{ name: "Sales tax", percent: 8 }] };
    const given = { "stayopen:shippingMethods": JSON.stringify(methods), "stayopen:tax": JSON.stringify(tax) };
    expect(read(given)).to.deep.include({ shippingMethods: methods, tax });
    expect(read({})).to.deep.include({ shippingMethods: undefined, tax: undefined });
    expect(() => read({ ...given, "stayopen:currency": "EUR" })).to.throw('no price of "standard" in EUR');
    // The component refuses it, with a sentence.
    expect(read({ "stayopen:shippingMethods": "[null]" }).shippingMethods).to.deep.equal([null]);
  });

  it("reads the alarms' mail addresses, and leaves cost monitoring off by default", () => {
    expect(read({}).operation).to.deep.equal({
      alarmMails: undefined,
      runbooks: undefined,
      costAnomalyUsd: undefined,
      auditTrail: true,
      accessLog: true,
    });
    expect(read({ "stayopen:alarmMails": "a@example.com,b@example.com" }).operation.alarmMails).to.deep.equal([
      "a@example.com",
      "b@example.com",
    ]);
    expect(() => read({ "stayopen:alarmMails": "a@example.com, b@example.com" })).to.throw(/alarmMails/);
  });

  it("records the account's API calls by default where data are protected, in the stack that is no secondary", () => {
    const isOn = (change: Record<string, string>) => read(change).operation.auditTrail;
    const secondary = { "stayopen:primaryStack": "prod-east", "stayopen:peerRegion": "us-west-2" };
    expect(isOn({})).to.equal(true);
    expect(isOn({ "stayopen:auditTrail": "false" })).to.equal(false);
    expect(isOn({ "stayopen:protectData": "false" })).to.equal(false);
    expect(isOn({ "stayopen:protectData": "false", "stayopen:auditTrail": "true" })).to.equal(true);
    expect(isOn(secondary)).to.equal(false);
    expect(() => isOn({ ...secondary, "stayopen:auditTrail": "true" })).to.throw(
      pulumi.RunError,
      /auditTrail" is "true", but the primary's stack has a trail that records this Region too\. Remove it: pulumi config rm/,
    );
  });

  it("logs requests with viewers' addresses by default where data are protected, in the stack with the distribution", () => {
    const isOn = (change: Record<string, string>) => read(change).operation.accessLog;
    const secondary = { "stayopen:primaryStack": "prod-east", "stayopen:peerRegion": "us-west-2" };
    expect(isOn({})).to.equal(true);
    expect(isOn({ "stayopen:accessLog": "false" })).to.equal(false);
    expect(isOn({ "stayopen:protectData": "false" })).to.equal(false);
    expect(isOn(secondary)).to.equal(false);
    expect(() => isOn({ ...secondary, "stayopen:accessLog": "true" })).to.throw(/primary's stack has the distribution/);
  });

  it("encrypts tables with own keys by default where data are protected, in the stack that creates them", () => {
    const secondary = { "stayopen:primaryStack": "prod-east", "stayopen:peerRegion": "us-west-2" };
    expect(read({}).tableKey).to.equal(true);
    expect(read({ "stayopen:tableKey": "false" }).tableKey).to.equal(false);
    expect(read({ "stayopen:protectData": "false" }).tableKey).to.equal(false);
    expect(read(secondary).tableKey).to.equal(false);
    expect(() => read({ ...secondary, "stayopen:tableKey": "true" })).to.throw(/creates the tables with their keys/);
  });

  for (const key of Object.keys(complete)) {
    it(`names the key and an example when ${key} is missing`, () => {
      expect(() => read({ [key]: undefined }))
        .to.throw(pulumi.RunError)
        .with.property("message")
        .that.matches(new RegExp(`"${key}" is missing\\. Set it.*pulumi config set .*${key} \\S+`));
    });
  }

  const wrong: [string, string][] = [
    ["aws:region", "east"],
    ["stayopen:currency", "dollars"],
    ["stayopen:mailFrom", "orders"],
    ["stayopen:mailIdentityArn", "orders@example.com"],
    ["stayopen:paymentEndpoint", "http://payment.example.com"],
    ["stayopen:paymentEndpoint", "https://payment.example.com/"],
    ["stayopen:shippingEndpoint", "ftp://shipping.example.com"],
    ["stayopen:searchInstanceType", "t3.small"],
    ["stayopen:searchInstanceCount", "0"],
    ["stayopen:searchVolumeGiB", "many"],
    ["stayopen:protectData", "yes"],
    ["stayopen:orderWaits", "60"],
    ["stayopen:orderWaits", "{"],
    ["stayopen:waf", "yes"],
    ["stayopen:waf", "[]"],
    ["stayopen:peerRegion", "west"],
    ["stayopen:peerRegion", "us-east-1"],
    ["stayopen:domain", "https://example.com"],
    ["stayopen:textMessageCountries", "49"],
    ["stayopen:textMessageCountries", "+49, +43"],
    ["stayopen:textMessageCountries", "+0"],
    ["stayopen:ordersPerCustomerDay", "0"],
    ["stayopen:ordersPerCustomerDay", "many"],
    ["stayopen:mailGatherSeconds", "901"],
  ];
  for (const [key, value] of wrong) {
    it(`refuses "${value}" as ${key}`, () => {
      expect(() => read({ [key]: value }))
        .to.throw(pulumi.RunError)
        .with.property("message")
        .that.matches(/for example: pulumi config set \S+ \S+/)
        .and.includes(`"${key}" is "${value}"`);
    });
  }

  it("reads text messages, which are off by default, and refuses a wrong limit or flag", () => {
    const countries = { "stayopen:textMessageCountries": "+49,+43" };
    expect(read({}).textMessages).to.equal(undefined);
    expect(read({}).ordersPerCustomerDay).to.equal(undefined);
    expect(read(countries).textMessages).to.deep.equal({
      countries: ["+49", "+43"],
      unverified: false,
      perCustomerDay: undefined,
    });
    for (const [key, value] of [
      ["stayopen:textMessagesUnverified", "yes"],
      ["stayopen:textMessagesPerCustomerDay", "0"],
      ["stayopen:textMessagesPerCustomerDay", "1001"],
    ] as const) {
      expect(() => read({ ...countries, [key]: value })).to.throw(pulumi.RunError, `"${key}" is "${value}"`);
    }
  });

  describe("webhooks", () => {
    const endpoints = { "stayopen:webhooks": '{"erp":{"url":"https://erp.example.com","customerIds":["c-1"]}}' };
    const secretsOf = (webhookSecrets: string) =>
      new Promise<unknown>((resolve, reject) => {
        const { webhooks } = read({ ...endpoints, "stayopen:webhookSecrets": webhookSecrets });
        const secrets = pulumi.output(webhooks!["erp"]!.secrets) as unknown as { promise(): Promise<unknown> };
        secrets.promise().then(resolve, reject);
      });

    it("are off by default, and have secrets in a setting of their own", async () => {
      expect(read({}).webhooks).to.equal(undefined);
      expect(() => read(endpoints)).to.throw('"stayopen:webhookSecrets" is missing');
      expect(await secretsOf('{"erp":["whsec_bmV3","whsec_b2xk"]}')).to.deep.equal(["whsec_bmV3", "whsec_b2xk"]);
      const { webhooks } = read({ ...endpoints, "stayopen:webhookSecrets": '{"erp":["whsec_bmV3"]}' });
      expect(webhooks!["erp"]).to.deep.include({ url: "https://erp.example.com", customerIds: ["c-1"] });
    });

    for (const wrong of ["hunter2", '{"erp":"hunter2"}', '{"erp":[]}', '{"erp":["hunter2"]}']) {
      it(`refuse the secrets ${wrong} without showing them`, async () => {
        const message = await secretsOf(wrong).then(String, (error: Error) => error.message);
        expect(message).to.contain('"stayopen:webhookSecrets" must be').and.not.contain("hunter2");
      });
    }

    it("refuse an endpoint without a secret", async () => {
      const message = await secretsOf('{"crm":["whsec_bmV3"]}').then(String, (error: Error) => error.message);
      expect(message).to.contain('has no secret for "erp"');
    });

    it("refuse an endpoint without a secret that is named as a method of every object", () => {
      const webhook = { "stayopen:webhooks": '{"constructor":{"url":"https://erp.example.com"}}' };
      const { webhooks } = read({ ...webhook, "stayopen:webhookSecrets": "{}" });
      const secrets = pulumi.output(webhooks!["constructor"]!.secrets) as unknown as { promise(): Promise<unknown> };
      return secrets.promise().then(
        () => expect.fail("It was accepted."),
        (error: Error) => expect(error.message).to.contain('has no secret for "constructor"'),
      );
    });
  });

  it("accepts a loopback endpoint without TLS", () => {
    const endpoint = "http://127.0.0.1:9001";
    expect(read({ "stayopen:paymentEndpoint": endpoint }).payment).to.include({ endpoint });
  });

  it("reads Stripe's account in place of an endpoint", () => {
    const returnUrl = "https://www.example.com/orders/{orderId}";
    const chosen = {
      "stayopen:paymentProvider": "stripe",
      "stayopen:paymentEndpoint": undefined,
      "stayopen:paymentReturnUrl": returnUrl,
    };
    const { payment } = read(chosen);
    expect(payment).to.include({ kind: "stripe", returnUrl });
    expect(payment).to.have.property("webhookSecrets").with.length(1);
    expect(read({ ...chosen, "stayopen:paymentPublishableKey": "pk_test_1" }).payment).to.include({
      publishableKey: "pk_test_1",
    });
    // A secret key, given by mistake, is not shown.
    expect(() => read({ ...chosen, "stayopen:paymentPublishableKey": "sk_live_1" }))
      .to.throw('"stayopen:paymentPublishableKey" has the wrong format')
      .with.property("message")
      .that.does.not.contain("sk_live_1");
    expect(() => read({ "stayopen:paymentPublishableKey": "pk_test_1" })).to.throw(
      "the payment provider is not Stripe",
    );
    expect(() => read({ ...chosen, "stayopen:paymentReturnUrl": undefined })).to.throw('"stayopen:paymentReturnUrl"');
    expect(() => read({ ...chosen, "stayopen:paymentProvider": "paypal" })).to.throw('paymentProvider" is "paypal"');
    expect(() => read({ ...chosen, "stayopen:paymentEndpoint": "https://p.example.com" })).to.throw(
      "Remove it: pulumi config rm stayopen:paymentEndpoint",
    );
  });

  it("requires the other OIDC settings when oidcIssuer is set", () => {
    expect(() => read({ "stayopen:oidcIssuer": "https://login.example.com" })).to.throw(
      '"stayopen:oidcAudience" is missing',
    );
  });

  it("puts WAF before a store with a domain, unless it is off, and before others if it is set", () => {
    const domain = DOMAIN;
    expect(read({}).waf).to.equal(undefined);
    expect(read(domain).waf).to.deep.equal({});
    expect(read({ ...domain, "stayopen:waf": "off" }).waf).to.equal(undefined);
    expect(read({ "stayopen:waf": "on" }).waf).to.deep.equal({});
    const existingWebAclArn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/own/1";
    expect(read({ "stayopen:waf": existingWebAclArn }).waf).to.deep.equal({ existingWebAclArn });
    expect(read({ "stayopen:waf": '{"rateLimits":{"orders":120}}' }).waf).to.deep.equal({
      rateLimits: { orders: 120 },
    });
  });

  it("refuses WAF settings in the secondary, whose primary has the distribution", () => {
    const secondary = { "stayopen:peerRegion": "us-west-2", "stayopen:primaryStack": "prod-east" };
    const domain = DOMAIN;
    expect(read({ ...secondary, ...domain }).waf).to.equal(undefined);
    expect(() => read({ ...secondary, "stayopen:waf": "on" })).to.throw(
      pulumi.RunError,
      /"stayopen:waf" is "on", but the primary's stack has/,
    );
  });

  it("reads the topology: single, primary or secondary", () => {
    expect(read({}).topology).to.deep.equal({ kind: "single" });
    expect(read({ "stayopen:peerRegion": "us-west-2" }).topology).to.deep.equal({
      kind: "primary",
      peerRegion: "us-west-2",
    });
    expect(read({ "stayopen:peerRegion": "us-west-2", "stayopen:primaryStack": "prod-east" }).topology).to.deep.equal({
      kind: "secondary",
      peerRegion: "us-west-2",
      primaryStack: "prod-east",
    });
    expect(() => read({ "stayopen:primaryStack": "prod-east" })).to.throw('"stayopen:peerRegion" is missing');
  });

  it("reads the secondary's stack in a primary without a domain, and refuses it with one", () => {
    const primary = { "stayopen:peerRegion": "us-west-2", "stayopen:secondaryStack": "prod-west" };
    expect(read(primary).topology).to.have.property("secondaryStack", "prod-west");
    expect(() => read({ ...primary, ...DOMAIN })).to.throw(
      'The setting "stayopen:secondaryStack" is "prod-west", but with a domain the peer\'s addresses are known. Remove it: ' +
        "pulumi config rm stayopen:secondaryStack",
    );
  });

  it("derives checkKey from the payment webhook secret unless it is set", async () => {
    const keyOf = (config: ReturnType<typeof readConfig>) =>
      new Promise<string>((resolve) => config.checkKey.apply(resolve));
    const region = {
      "aws:region": "us-west-2",
      "stayopen:peerRegion": "us-east-1",
      "stayopen:primaryStack": "prod-east",
    };
    const derived = await keyOf(read({}));
    expect(derived).to.match(/^[0-9a-f]{64}$/);
    expect(await keyOf(read(region))).to.equal(derived);
    expect(await keyOf(read({ "stayopen:paymentWebhookSecret": "whsec_b3RoZXI=" }))).not.to.equal(derived);
    expect(await keyOf(read({ "stayopen:checkKey": "given" }))).to.equal("given");
    expect(await pulumi.isSecret(read({}).checkKey)).to.equal(true);
    expect(() => read({ "stayopen:checkConcurrency": "0" })).to.throw('"stayopen:checkConcurrency" is "0"');
  });

  it("requires the edge secrets with a domain, each a secret, and ignores them without one", async () => {
    const { "stayopen:edgeSecrets": _without, ...domain } = DOMAIN;
    expect(() => read(domain)).to.throw('"stayopen:edgeSecrets" is missing. Set it: pulumi config set --secret');
    const { edgeSecrets } = read(DOMAIN);
    expect(await new Promise((resolve) => edgeSecrets!.apply(resolve))).to.deep.equal(["sent", "accepted"]);
    expect(await pulumi.isSecret(edgeSecrets!)).to.equal(true);
    expect(read({ "stayopen:edgeSecrets": "sent" }).edgeSecrets).to.equal(undefined);
  });

  it("reads generations of the card key, in the stack that creates it only", () => {
    expect(read({}).cardKeys).to.equal(undefined);
    expect(read({ "stayopen:cardKeys": "2,1" }).cardKeys).to.deep.equal({ current: 2, accepted: [1] });
    expect(() => read({ "stayopen:cardKeys": "2," })).to.throw('"stayopen:cardKeys" is "2,"');
    const secondary = { "stayopen:peerRegion": "us-west-2", "stayopen:primaryStack": "prod-east" };
    expect(() => read({ ...secondary, "stayopen:cardKeys": "2,1" })).to.throw("the primary's stack creates the keys");
  });

  it("requires the hosted zone when a domain is set", () => {
    const domain = { ...DOMAIN, "stayopen:domain": "shop.example.com" };
    expect(() => read({ "stayopen:domain": "example.com" })).to.throw('"stayopen:zoneId" is missing');
    const { name, zoneId } = read(domain).domain!;
    expect({ name, zoneId }).to.deep.equal({ name: "shop.example.com", zoneId: "Z0123456789ABCDEFGHIJ" });
    expect(read(domain).domain?.routing).to.equal(undefined);
    expect(read({ ...domain, "stayopen:routing": "weighted", "stayopen:weight": "40" }).domain).to.include({
      routing: "weighted",
      weight: 40,
    });
    expect(() => read({ ...domain, "stayopen:routing": "nearest" })).to.throw('"stayopen:routing" is "nearest"');
    expect(() => read({ ...domain, "stayopen:weight": "256" })).to.throw('"stayopen:weight" is "256"');
  });

  for (const stack of ["dev", "prod-east", "prod-west"]) {
    it(`needs only the secrets that Pulumi.${stack}.yaml names`, () => {
      const text = fs.readFileSync(path.join(__dirname, "..", `Pulumi.${stack}.yaml`), "utf8");
      const settings = [...text.matchAll(/^ {2}([\w:]+): "?([^"\n]+)"?$/gm)].map((m) => [m[1], m[2]]);
      const secrets = [...text.matchAll(/--secret ([\w:]+)/g)].map((m) => [m[1], "secret"]);
      expect(secrets).to.have.length(4);
      pulumi.runtime.setAllConfig(Object.fromEntries([...settings, ...secrets]));
      expect(readConfig().currency).to.equal("USD");
    });
  }
});
