import type { Deployment } from "../../deployment/deployment";
import type { OriginAddress } from "./webOrigin";

/**
 * Resolves AWS's domain names of HTTP APIs and Cognito to the emulator of their Region.
 *
 * @example
 * emulatedOrigin([deployment])("a1b2c3.execute-api.us-east-1.amazonaws.com"); // { url: "http://127.0.0.1:4566", hostHeader: … }
 */
export function emulatedOrigin(
  deployments: readonly Pick<Deployment, "region" | "endpoint">[],
): (domainName: string) => OriginAddress | undefined {
  return (domainName) => {
    const match = /^(?:([\w-]+)\.)?(execute-api|cognito-idp)\.([\w-]+)\.amazonaws\.com$/.exec(domainName);
    const deployment = deployments.find(({ region }) => region === match?.[3]);
    if (!match || !deployment) return undefined;
    const { endpoint } = deployment;
    if (match[2] === "cognito-idp") return { url: endpoint, hostHeader: domainName };
    return { url: endpoint, hostHeader: `${match[1]}.execute-api.localhost:${new URL(endpoint).port}` };
  };
}
