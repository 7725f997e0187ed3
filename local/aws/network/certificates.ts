import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { emulatorPython } from "../emulator/python";

/** Certificate trusted by this run's functions only. */
export interface Certificates {
  /** File of the authority's certificate, for NODE_EXTRA_CA_CERTS. */
  authorityFile: string;
  /** The server's certificate and private key, PEM. */
  cert: string;
  key: string;
}

const renewBeforeMs = 7 * 24 * 3600 * 1000;

/**
 * Returns the certificate for AWS's host names of these Regions, the store's own (`*.api.example.com`) and localhost. Creates it if
 * it is missing, for other names or about to expire. The authority's private key is never written.
 */
export async function localCertificates(
  folder: string,
  regions: readonly string[],
  hostNames: readonly string[] = [],
): Promise<Certificates> {
  const names = ["localhost", "127.0.0.1", ...hostNames];
  for (const region of regions) names.push(`*.${region}.amazonaws.com`, `*.execute-api.${region}.amazonaws.com`);
  const files = {
    authorityFile: join(folder, "authority.pem"),
    cert: join(folder, "server.pem"),
    key: join(folder, "server.key"),
  };
  if (!isGood(files.authorityFile, files.cert, files.key, names)) {
    await promisify(execFile)(emulatorPython(), [join(__dirname, "certificates.py"), folder, ...names], {
      timeout: 30_000,
    });
  }
  return {
    authorityFile: files.authorityFile,
    cert: readFileSync(files.cert, "utf8"),
    key: readFileSync(files.key, "utf8"),
  };
}

function isGood(authorityFile: string, certFile: string, keyFile: string, names: string[]): boolean {
  if (![authorityFile, certFile, keyFile].every((file) => existsSync(file))) return false;
  const certificate = new X509Certificate(readFileSync(certFile));
  const authority = new X509Certificate(readFileSync(authorityFile));
  return (
    certificate.verify(authority.publicKey) &&
    Date.parse(certificate.validTo) > Date.now() + renewBeforeMs &&
    names.every((name) =>
      certificate.subjectAltName?.split(", ").includes(/^\d/.test(name) ? `IP Address:${name}` : `DNS:${name}`),
    )
  );
}
