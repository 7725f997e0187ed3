import { rmSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { expect } from "chai";
import { stripe } from "../../../../components/orderService";
import { checkoutElement } from "../../../../components/orderService/payment/resources";
import type { StaticSiteArgs } from "../../../../components/staticSite";
import { pageFallback } from "../../../../components/staticSite/functions/edgeFunctions";
import { makeBuild, registerSite } from "../../../kit/siteStand";

interface HeadersPolicy {
  securityHeadersConfig: {
    contentSecurityPolicy: { contentSecurityPolicy: string; override: boolean };
    contentTypeOptions: { override: boolean };
    frameOptions: { frameOption: string; override: boolean };
    referrerPolicy: { referrerPolicy: string; override: boolean };
    strictTransportSecurity: {
      accessControlMaxAgeSec: number;
      includeSubdomains: boolean;
      preload: boolean;
      override: boolean;
    };
  };
  customHeadersConfig: { items: { header: string; value: string; override: boolean }[] };
}

const HALF_A_YEAR_IN_SECONDS = 15_768_000;
const domain = { name: "www.example.com", certificateArn: "arn:certificate", zoneId: "Z1" };

describe("Security headers of the site", () => {
  let build: string;

  beforeEach(() => {
    build = makeBuild();
  });

  afterEach(() => rmSync(build, { recursive: true }));

  const register = (args: Omit<StaticSiteArgs, "build"> = {}) => registerSite({ build, ...args });
  const policyOf = async (args: Omit<StaticSiteArgs, "build"> = {}) => {
    const { one } = await register(args);
    return one("ResponseHeadersPolicy") as unknown as HeadersPolicy;
  };

  // The rules by which securityheaders.com and Mozilla's HTTP Observatory give their best grade.
  it("set what the usual grades require", async () => {
    const { securityHeadersConfig: headers, customHeadersConfig } = await policyOf({ domain });
    expect(headers.strictTransportSecurity.accessControlMaxAgeSec).to.be.at.least(HALF_A_YEAR_IN_SECONDS);
    expect(headers.strictTransportSecurity).to.include({ includeSubdomains: true, preload: true });
    expect(headers.frameOptions.frameOption).to.equal("DENY");
    expect(headers.referrerPolicy.referrerPolicy).to.match(/^(no-referrer|same-origin|strict-origin)/);
    const custom = Object.fromEntries(customHeadersConfig.items.map(({ header, value }) => [header, value]));
    expect(custom).to.include({
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
    expect(custom["Permissions-Policy"]).to.include("camera=()");
  });

  it("override those of origins", async () => {
    const { securityHeadersConfig, customHeadersConfig } = await policyOf({ domain });
    const all = [...Object.values(securityHeadersConfig), ...customHeadersConfig.items];
    expect(all).to.have.length(8);
    expect(all.filter(({ override }) => !override)).to.deep.equal([]);
  });

  it("allow no inline code, no evaluated code, no plug-in and no frame", async () => {
    const { securityHeadersConfig } = await policyOf();
    const { contentSecurityPolicy } = securityHeadersConfig.contentSecurityPolicy;
    const directives = Object.fromEntries(
      contentSecurityPolicy.split("; ").map((directive) => {
        const [name = "", ...sources] = directive.split(" ");
        return [name, sources];
      }),
    );
    expect(contentSecurityPolicy).not.to.match(/unsafe-|\*|\bhttps?:(?!\/\/)/);
    expect(directives).to.deep.include({
      "default-src": ["'none'"],
      "script-src": ["'self'"],
      "style-src": ["'self'"],
      "base-uri": ["'none'"],
      "form-action": ["'self'"],
      "frame-ancestors": ["'none'"],
    });
    // Falls back to default-src.
    expect(directives).not.to.have.property("object-src");
  });

  it("admit the payment provider's card fields only where the store has them, and then nothing else", async () => {
    const policy = async (args: Omit<StaticSiteArgs, "build"> = {}) => {
      const { contentSecurityPolicy } = (await policyOf(args)).securityHeadersConfig.contentSecurityPolicy;
      return contentSecurityPolicy.split("; ");
    };
    const usual = await policy({ connectOrigins: ["https://login.example.com"] });
    expect(usual).to.deep.equal([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self' https://login.example.com",
      "manifest-src 'self'",
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]);
    const stripeArgs = { apiKey: "sk_test_1", webhookSecrets: ["whsec_1"], returnUrl: "https://www.example.com/" };
    expect(checkoutElement(stripe(stripeArgs))).to.equal(undefined);
    const { origins } = checkoutElement(stripe({ ...stripeArgs, publishableKey: "pk_test_1" }))!;
    const withFields = await policy({ connectOrigins: ["https://login.example.com"], paymentOrigins: origins });
    // Stripe's own list: https://docs.stripe.com/security/guide#content-security-policy
    expect(withFields.filter((each) => !usual.includes(each))).to.deep.equal([
      "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
      "connect-src 'self' https://login.example.com https://api.stripe.com",
      "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    ]);
    expect(withFields).to.have.length(usual.length + 1);
  });

  it("do not offer AWS's own name for preloading", async () => {
    const { securityHeadersConfig } = await policyOf();
    expect(securityHeadersConfig.strictTransportSecurity).to.include({ includeSubdomains: true, preload: false });
  });

  it("are part of the responses that the edge generates", () => {
    const context = createContext({ event: { request: { uri: "/api/unknown", headers: {} } } });
    const { headers } = runInContext(`${pageFallback([])}; handler(event)`, context) as {
      headers: Record<string, { value: string }>;
    };
    expect(headers["strict-transport-security"]!.value).to.match(/^max-age=\d{8}; includeSubDomains$/);
    expect(headers["content-security-policy"]!.value).to.equal("default-src 'none'; frame-ancestors 'none'");
    expect(headers["x-content-type-options"]!.value).to.equal("nosniff");
    expect(headers["cross-origin-resource-policy"]!.value).to.equal("same-origin");
  });

  it("require TLS 1.2 of viewers and origins", async () => {
    const { one } = await register({ domain, apis: { "/api/orders*": { url: "https://a.example" } } });
    const { viewerCertificate, origins } = one("Distribution") as unknown as {
      viewerCertificate: { minimumProtocolVersion: string };
      origins: { customOriginConfig?: { originSslProtocols: string[]; originProtocolPolicy: string } }[];
    };
    expect(viewerCertificate.minimumProtocolVersion).to.match(/^TLSv1\.2_20(21|25)$/);
    const custom = origins.flatMap(({ customOriginConfig }) => customOriginConfig ?? []);
    expect(custom.length).to.be.greaterThan(0);
    for (const { originSslProtocols, originProtocolPolicy } of custom) {
      expect(originSslProtocols).to.deep.equal(["TLSv1.2"]);
      expect(originProtocolPolicy).to.equal("https-only");
    }
  });
});
