import { createServer } from "node:https";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { localCertificates } from "../../../local/aws/network/certificates";
import { closeServer, listen } from "../../../local/servers/listen";

/** A local OpenID Connect issuer. */
export interface Issuer {
  issuer: string;
  /** Signs a token for the audience `shop`. */
  token(subject: string, claims?: Record<string, unknown>): Promise<string>;
  /** Uses the certificate of the local run in this folder, which the run's functions trust. */
  joinRun(dataDir: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "1", alg: "RS256", use: "sig" };
  let issuer = "";
  const server = createServer((request, response) => {
    const documents: Record<string, unknown> = {
      "/.well-known/openid-configuration": { issuer, jwks_uri: `${issuer}keys` },
      "/keys": { keys: [jwk] },
    };
    const document = documents[request.url ?? ""];
    response.writeHead(document ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(document ?? {}));
  });
  issuer = (await listen(server, 0, "issuer")).replace("http://127.0.0.1", "https://localhost") + "/";
  return {
    issuer,
    token: (subject, claims = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", kid: "1" })
        .setIssuer(issuer)
        .setAudience("shop")
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime("10m")
        .sign(privateKey),
    async joinRun(dataDir) {
      const { cert, key } = await localCertificates(join(dataDir, "certificates"), ["us-east-1"]);
      server.setSecureContext({ cert, key });
    },
    stop: () => closeServer(server),
  };
}
