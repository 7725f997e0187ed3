import { Readable } from "node:stream";
import { type GetObjectCommandOutput, S3, S3ServiceException } from "@aws-sdk/client-s3";
import { type Deployment, resourcesOfType } from "../../deployment/deployment";
import { allows } from "./bucketPolicy";
import type { Origin } from "./distribution";
import { type EdgeRequest, type EdgeResponse, OriginFailure, scaledLimit } from "./exchange";

/** Policies are cached for this long. */
const policyAgeMs = 5_000;

/** Reads the deployments' buckets as CloudFront does under an origin access control, subject to the bucket's policy. */
export class BucketOrigins {
  private readonly clients = new Map<Pick<Deployment, "endpoint">, S3>();
  private readonly policies = new Map<string, { text: string | undefined; readAt: number }>();

  constructor(
    private deployments: readonly Deployment[],
    private readonly timeScale = 1,
  ) {}

  /** Replaces the buckets by those of these deployments. */
  update(deployments: readonly Deployment[]): void {
    this.destroy();
    this.deployments = deployments;
  }

  /** @throws OriginFailure if the bucket's Region does not respond. */
  async fetch(origin: Origin, distributionArn: string, request: EdgeRequest): Promise<EdgeResponse> {
    const bucket = bucketOf(origin.domainName);
    const deployment = this.deployments.find((one) =>
      resourcesOfType(one, "aws:s3/bucket:Bucket").some(({ outputs, id }) => (outputs["bucket"] ?? id) === bucket),
    );
    if (bucket === undefined) throw new OriginFailure(502, `${origin.domainName} is not the name of a bucket.`);
    // The peer's bucket before the peer is deployed.
    if (!deployment) return xml(404, "NoSuchBucket", "The specified bucket does not exist");
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.ask(deployment, origin, bucket, distributionArn, request);
      } catch (error) {
        if (error instanceof S3ServiceException && (error.$metadata.httpStatusCode ?? 0) < 500) throw error;
        if (attempt < origin.connectionAttempts && !(error instanceof S3ServiceException)) continue;
        throw new OriginFailure(isTimeout(error) ? 504 : 502, `The bucket's Region did not respond: ${String(error)}`);
      }
    }
  }

  private async ask(
    deployment: Deployment,
    origin: Origin,
    bucket: string,
    distributionArn: string,
    request: EdgeRequest,
  ): Promise<EdgeResponse> {
    const client = this.clientOf(deployment, origin);
    const policy = await this.policyOf(client, bucket);
    const sourceArn = origin.signed ? distributionArn : undefined;
    const key = `${origin.originPath}${request.uri}`.slice(1);
    const object = decoded(key);
    if (object === undefined || object === "") return xml(403, "AccessDenied", "Access Denied");
    const arn = `arn:aws:s3:::${bucket}`;
    if (!allows(policy, { action: "s3:GetObject", resource: `${arn}/${object}`, sourceArn })) {
      return xml(403, "AccessDenied", "Access Denied");
    }
    const answer = await this.read(client, bucket, object, request);
    // S3 answers 403 for a missing key if the caller may not list the bucket.
    if (answer.status === 404 && !allows(policy, { action: "s3:ListBucket", resource: arn, sourceArn })) {
      return xml(403, "AccessDenied", "Access Denied");
    }
    return answer;
  }

  destroy(): void {
    for (const client of this.clients.values()) client.destroy();
    this.clients.clear();
    this.policies.clear();
  }

  private async read(client: S3, bucket: string, key: string, request: EdgeRequest): Promise<EdgeResponse> {
    const header = (name: string) => request.headers[name] as string | undefined;
    const since = header("if-modified-since");
    const input = {
      Bucket: bucket,
      Key: key,
      Range: header("range"),
      // The edge weakens the tag of a compressed response, and viewers return it weakened.
      IfNoneMatch: header("if-none-match")?.replace(/^W\//, ""),
      IfModifiedSince: since === undefined || Number.isNaN(Date.parse(since)) ? undefined : new Date(since),
    };
    try {
      const output: Partial<GetObjectCommandOutput> & Pick<GetObjectCommandOutput, "$metadata"> =
        request.method === "HEAD" ? await client.headObject(input) : await client.getObject(input);
      return {
        status: output.ContentRange ? 206 : 200,
        headers: headersOf(output),
        body: output.Body instanceof Readable ? output.Body : Buffer.alloc(0),
      };
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 304) return { status, headers: {}, body: Buffer.alloc(0) };
      if (status === 404) return xml(404, "NoSuchKey", "The specified key does not exist.");
      if (status === 416) return xml(416, "InvalidRange", "The requested range is not satisfiable");
      throw error;
    }
  }

  private async policyOf(client: S3, bucket: string): Promise<string | undefined> {
    const known = this.policies.get(bucket);
    if (known && Date.now() - known.readAt < policyAgeMs) return known.text;
    const text = await client.getBucketPolicy({ Bucket: bucket }).then(
      ({ Policy: policy }) => policy,
      (error: unknown) => {
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
        throw error;
      },
    );
    this.policies.set(bucket, { text, readAt: Date.now() });
    return text;
  }

  private clientOf(deployment: Deployment, origin: Origin): S3 {
    const known = this.clients.get(deployment);
    if (known) return known;
    const { region, endpoint, credentials } = deployment;
    const client = new S3({
      region,
      endpoint,
      credentials,
      forcePathStyle: true,
      // fetch() retries, up to the origin's connection attempts.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: scaledLimit(origin.connectionTimeoutMs, this.timeScale),
        requestTimeout: scaledLimit(origin.readTimeoutMs, this.timeScale),
        throwOnRequestTimeout: true,
      },
    });
    this.clients.set(deployment, client);
    return client;
  }
}

function bucketOf(domainName: string): string | undefined {
  return /^(.+)\.s3(?:[.-][\w-]+)?\.amazonaws\.com$/.exec(domainName)?.[1];
}

function decoded(key: string): string | undefined {
  try {
    return decodeURIComponent(key);
  } catch {
    return undefined;
  }
}

function headersOf(output: Partial<GetObjectCommandOutput>): EdgeResponse["headers"] {
  const headers: Record<string, string | undefined> = {
    "content-type": output.ContentType ?? "binary/octet-stream",
    "content-length": output.ContentLength === undefined ? undefined : String(output.ContentLength),
    "content-range": output.ContentRange,
    "content-encoding": output.ContentEncoding || undefined,
    "content-disposition": output.ContentDisposition || undefined,
    "content-language": output.ContentLanguage || undefined,
    "cache-control": output.CacheControl || undefined,
    etag: output.ETag,
    "last-modified": output.LastModified?.toUTCString(),
    "accept-ranges": "bytes",
    server: "AmazonS3",
  };
  for (const [name, value] of Object.entries(output.Metadata ?? {})) headers[`x-amz-meta-${name}`] = value;
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Builds an error response in S3's format. */
function xml(status: number, code: string, message: string): EdgeResponse {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    status,
    headers: {
      "content-type": "application/xml",
      "content-length": String(Buffer.byteLength(text)),
      server: "AmazonS3",
    },
    body: Buffer.from(text),
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
