import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** A received request with its whole body. */
export interface SignedRequest {
  method: string;
  /** Path and query, as on the request line. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Secret of an access key, and the session token of a session's key. */
export type SecretOf = (accessKeyId: string) => { secretAccessKey: string; sessionToken?: string } | undefined;

export type Verification = { ok: true; accessKeyId: string } | { ok: false; reason: string };

const maxSkewMs = 5 * 60_000;
const authorizationForm =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Verifies a request's Signature Version 4, as the service would: key, time, scope, signed host, body. */
export function verifySignature(
  request: SignedRequest,
  expected: { region: string; service: string },
  secretOf: SecretOf,
): Verification {
  const match = authorizationForm.exec(request.headers.authorization ?? "");
  if (match === null) return { ok: false, reason: "The request is not signed." };
  const [, accessKeyId = "", day = "", region = "", service = "", signedHeaders = "", signature = ""] = match;
  const secret = secretOf(accessKeyId);
  if (secret === undefined) return { ok: false, reason: "The security token included in the request is invalid." };
  if (region !== expected.region || service !== expected.service) {
    return { ok: false, reason: `Credential should be scoped to ${expected.region}/${expected.service}.` };
  }
  const date = header(request, "x-amz-date");
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(Date.now() - time) <= maxSkewMs) || !date.startsWith(day))
    return { ok: false, reason: "Signature expired." };
  if (secret.sessionToken !== undefined && header(request, "x-amz-security-token") !== secret.sessionToken) {
    return { ok: false, reason: "The security token included in the request is invalid." };
  }
  const names = signedHeaders.split(";");
  if (!names.includes("host")) return { ok: false, reason: "The host is not signed." };
  const bodyHash = sha256(request.body);
  const declared = header(request, "x-amz-content-sha256");
  if (declared !== "" && declared !== bodyHash)
    return { ok: false, reason: "The body is not the one that was signed." };

  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (previous, part) => hmac(previous, part),
    `AWS4${secret.secretAccessKey}`,
  );
  const [path = "/", query = ""] = request.url.split("?");
  const headerLines = names.map((name) => `${name}:${header(request, name).trim().replace(/ +/g, " ")}\n`).join("");
  // All services except S3 sign the path encoded twice; paths without special characters are the same either way.
  const isRight = [path, encodePath(path)].some((canonicalPath) => {
    const canonical = [request.method, canonicalPath, canonicalQuery(query), headerLines, signedHeaders, bodyHash].join(
      "\n",
    );
    const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(Buffer.from(canonical))].join("\n");
    return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex"));
  });
  return isRight
    ? { ok: true, accessKeyId }
    : { ok: false, reason: "The request signature we calculated does not match the signature you provided." };
}

function header({ headers }: SignedRequest, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : (value ?? "");
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [encode(decode(name)), encode(decode(value.join("=")))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map((pair) => pair.join("="))
    .join("&");
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodePath(path: string): string {
  return path.split("/").map(encode).join("/");
}

const sha256 = (data: string | Buffer): string => hash("sha256", data, "hex");

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}
