import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PaymentOrigins } from "../../../domain/order";
import { TWO_YEARS_IN_SECONDS } from "../functions/edgeFunctions";

export interface AllowedOrigins {
  /** Additional origins that the page may call: `https://login.example.com`. */
  connect: pulumi.Input<pulumi.Input<string>[]>;
  /** Additional origins of images. */
  images: pulumi.Input<pulumi.Input<string>[]>;
  /** Origins of the payment provider's own card fields. */
  payment?: PaymentOrigins;
}

/** Creates the policy with the security headers of every response of the site. */
export function createSecurityHeaders(
  name: string,
  allowed: AllowedOrigins,
  hasDomain: boolean,
  parent: pulumi.Resource,
) {
  return new aws.cloudfront.ResponseHeadersPolicy(
    `${name}-security`,
    {
      comment: `Security headers of ${name}`,
      securityHeadersConfig: {
        contentSecurityPolicy: {
          contentSecurityPolicy: pulumi
            .all([allowed.connect, allowed.images])
            .apply(([connect, images]) => contentSecurityPolicy(connect, images, allowed.payment)),
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: true },
        referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: true },
        strictTransportSecurity: {
          accessControlMaxAgeSec: TWO_YEARS_IN_SECONDS,
          includeSubdomains: true,
          // A consent of the domain's owner: https://hstspreload.org lists a domain only on request.
          preload: hasDomain,
          override: true,
        },
      },
      customHeadersConfig: {
        items: [
          { header: "Cross-Origin-Opener-Policy", value: "same-origin", override: true },
          { header: "Cross-Origin-Resource-Policy", value: "same-origin", override: true },
          { header: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()", override: true },
        ],
      },
    },
    { parent },
  );
}

/**
 * Returns a policy that allows only the site's own files, no inline script or style, and no framing; and the payment provider's card
 * fields, if there are any.
 *
 * @example
 * contentSecurityPolicy(["https://login.example.com"], []);
 */
export function contentSecurityPolicy(connect: string[], images: string[], payment?: PaymentOrigins): string {
  const directives: Record<string, readonly string[]> = {
    "default-src": ["'none'"],
    "script-src": ["'self'", ...(payment?.scripts ?? [])],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:", ...images],
    "font-src": ["'self'"],
    "connect-src": ["'self'", ...connect, ...(payment?.connections ?? [])],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'"],
    ...(payment && { "frame-src": payment.frames }),
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(" "))
    .join("; ");
}
