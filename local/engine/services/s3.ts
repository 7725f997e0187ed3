import {
  type BucketLocationConstraint,
  type BucketVersioningStatus,
  type LifecycleRule,
  S3,
  type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import { assetBytes } from "../archive";
import {
  asset,
  type DeployContext,
  type Inputs,
  type Made,
  optionalBoolean,
  optionalNumber,
  optionalRecord,
  optionalText,
  type ResourceHandler,
  records,
  request,
  type ServiceHandlers,
  text,
  texts,
  unavailable,
} from "../handler";
import { checkName, checkOneOf, checkPolicy, names } from "../rules";

export const s3: ServiceHandlers = {
  "aws:s3/bucket:Bucket": {
    autoName: { property: "bucket", maxLength: 63, transform: (name) => name.toLowerCase() },
    check: (inputs) => [
      checkName(inputs, "bucket", names.bucket),
      /^\d+\.\d+\.\d+\.\d+$|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3)$/.test(
        String(inputs["bucket"]),
      ) && `The bucket "${String(inputs["bucket"])}" has a form that S3 keeps for itself.`,
      [
        "acl",
        "policy",
        "versioning",
        "lifecycleRules",
        "serverSideEncryptionConfiguration",
        "website",
        "corsRules",
        "replicationConfiguration",
      ]
        .filter((key) => inputs[key] !== undefined)
        .map((key) => `The argument "${key}" is deprecated: use the resource of its own.`),
    ],
    async create({ inputs }, context) {
      const Bucket = text(inputs, "bucket");
      await context.client(S3).createBucket({
        Bucket,
        CreateBucketConfiguration:
          context.region === "us-east-1"
            ? undefined
            : { LocationConstraint: context.region as BucketLocationConstraint },
        ObjectLockEnabledForBucket: optionalBoolean(inputs, "objectLockEnabled"),
      });
      return bucketOf(Bucket, context);
    },
    async update({ inputs }, earlier, context) {
      if (inputs["bucket"] !== earlier.id)
        throw new Error("has another name than the kept bucket: start with --fresh.");
      return bucketOf(earlier.id, context);
    },
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting(["rule"], async (Bucket, inputs, client) => {
    const ownership = text(optionalRecord(inputs, "rule") ?? {}, "objectOwnership");
    const Rules = [{ ObjectOwnership: ownership as "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter" }];
    await client.putBucketOwnershipControls({ Bucket, OwnershipControls: { Rules } });
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting([], async (Bucket, inputs, client) => {
    await client.putPublicAccessBlock({
      Bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: optionalBoolean(inputs, "blockPublicAcls") ?? false,
        BlockPublicPolicy: optionalBoolean(inputs, "blockPublicPolicy") ?? false,
        IgnorePublicAcls: optionalBoolean(inputs, "ignorePublicAcls") ?? false,
        RestrictPublicBuckets: optionalBoolean(inputs, "restrictPublicBuckets") ?? false,
      },
    });
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting(
    ["rules"],
    async (Bucket, inputs, client) => {
      const Rules = records(inputs, "rules").map((rule): ServerSideEncryptionRule => {
        const by = optionalRecord(rule, "applyServerSideEncryptionByDefault") ?? {};
        return {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: text(by, "sseAlgorithm") as "AES256" | "aws:kms",
            KMSMasterKeyID: optionalText(by, "kmsMasterKeyId"),
          },
          BucketKeyEnabled: optionalBoolean(rule, "bucketKeyEnabled"),
        };
      });
      await client.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
    },
  ),
  "aws:s3/bucketVersioning:BucketVersioning": setting(["versioningConfiguration"], async (Bucket, inputs, client) => {
    const status = text(optionalRecord(inputs, "versioningConfiguration") ?? {}, "status");
    if (status === "Disabled") return;
    const VersioningConfiguration = { Status: status as BucketVersioningStatus };
    await client.putBucketVersioning({ Bucket, VersioningConfiguration });
  }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting(
    ["rules"],
    async (Bucket, inputs, client) => {
      const Rules = records(inputs, "rules").map(lifecycleRule);
      await client.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
    },
  ),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": setting(["corsRules"], async (Bucket, inputs, client) => {
    const CORSRules = records(inputs, "corsRules").map((rule) => ({
      AllowedMethods: texts(rule, "allowedMethods"),
      AllowedOrigins: texts(rule, "allowedOrigins"),
      AllowedHeaders: texts(rule, "allowedHeaders"),
      ExposeHeaders: texts(rule, "exposeHeaders"),
      MaxAgeSeconds: optionalNumber(rule, "maxAgeSeconds"),
    }));
    await client.putBucketCors({ Bucket, CORSConfiguration: { CORSRules } });
  }),
  "aws:s3/bucketPolicy:BucketPolicy": {
    ...setting(["policy"], async (Bucket, inputs, client) => {
      await client.putBucketPolicy({ Bucket, Policy: withoutTls(text(inputs, "policy")) });
    }),
    check: (inputs) => checkPolicy(inputs, "policy", "resource"),
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    required: ["bucket"],
    check: (inputs) => [
      ["source", "content", "contentBase64"].filter((key) => inputs[key] !== undefined).length > 1 &&
        `Only one of "source", "content" and "contentBase64" can be given.`,
      Buffer.byteLength(String(inputs["key"] ?? "")) > 1024 && "The key is longer than the 1,024 bytes that S3 allows.",
    ],
    create: async ({ name, inputs }, context) => await putObject(name, inputs, context),
    update: async ({ name, inputs }, _earlier, context) => await putObject(name, inputs, context),
    remove: ({ id, inputs }, context) => context.client(S3).deleteObject({ Bucket: text(inputs, "bucket"), Key: id }),
  },
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": setting([], async (Bucket, inputs, client) => {
    const retention = optionalRecord(optionalRecord(inputs, "rule") ?? {}, "defaultRetention");
    await client.putObjectLockConfiguration({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: retention && {
          DefaultRetention: {
            Mode: text(retention, "mode") as "GOVERNANCE" | "COMPLIANCE",
            Days: optionalNumber(retention, "days"),
            Years: optionalNumber(retention, "years"),
          },
        },
      },
    });
  }),
  "aws:s3/bucketNotification:BucketNotification": unavailable(
    "The local run emulates no bucket notifications.",
    ({ inputs }) => ({ id: text(inputs, "bucket") }),
  ),
  "aws:s3/bucketLogging:BucketLogging": unavailable("Access logs are not written here.", ({ inputs }) => ({
    id: text(inputs, "bucket"),
  })),
};

/** Handles a resource that is one setting of a bucket: its id is the bucket's name, and an update is another put. */
function setting(
  required: string[],
  put: (bucket: string, inputs: Inputs, client: S3) => Promise<void>,
): ResourceHandler {
  const apply = async ({ inputs }: { inputs: Inputs }, context: DeployContext): Promise<Made> => {
    const bucket = text(inputs, "bucket");
    await put(bucket, inputs, context.client(S3));
    return { id: bucket };
  };
  return {
    required: ["bucket", ...required],
    create: apply,
    update: async (resource, _earlier, context) => await apply(resource, context),
    async remove() {},
  };
}

/**
 * Removes statements that refuse requests without TLS. The emulator enforces them, but functions and signed URLs use plain HTTP
 * over loopback.
 */
function withoutTls(policy: string): string {
  const document = JSON.parse(policy) as { Statement: Record<string, unknown>[] };
  const Statement = document.Statement.filter(({ Effect, Condition }) => {
    const onlyTls = JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}';
    return !(Effect === "Deny" && onlyTls);
  });
  // A policy needs at least one statement: one with no others stays unchanged.
  return Statement.length > 0 ? JSON.stringify({ ...document, Statement }) : policy;
}

function bucketOf(bucket: string, { region }: DeployContext): Made {
  return {
    id: bucket,
    outputs: {
      arn: `arn:aws:s3:::${bucket}`,
      bucketDomainName: `${bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
      bucketRegion: region,
      region,
      hostedZoneId: "Z3AQBSTGFYJSTF",
    },
  };
}

function lifecycleRule(rule: Inputs): LifecycleRule {
  const faults = checkOneOf(rule, "status", ["Enabled", "Disabled"]);
  if (faults.length > 0) throw new Error(faults.join(" "));
  const expiration = optionalRecord(rule, "expiration");
  const noncurrent = optionalRecord(rule, "noncurrentVersionExpiration");
  const abort = optionalRecord(rule, "abortIncompleteMultipartUpload");
  return {
    ID: text(rule, "id"),
    Status: text(rule, "status") as "Enabled" | "Disabled",
    Filter: { Prefix: optionalText(optionalRecord(rule, "filter") ?? {}, "prefix") ?? "" },
    Expiration: expiration && {
      Days: optionalNumber(expiration, "days"),
      ExpiredObjectDeleteMarker: optionalBoolean(expiration, "expiredObjectDeleteMarker"),
    },
    NoncurrentVersionExpiration: noncurrent && {
      NoncurrentDays: optionalNumber(noncurrent, "noncurrentDays"),
      NewerNoncurrentVersions: optionalNumber(noncurrent, "newerNoncurrentVersions"),
    },
    AbortIncompleteMultipartUpload: abort && { DaysAfterInitiation: optionalNumber(abort, "daysAfterInitiation") },
  };
}

async function putObject(name: string, inputs: Inputs, context: DeployContext): Promise<Made> {
  const source = asset(inputs, "source");
  const Key = optionalText(inputs, "key") ?? name;
  const Bucket = text(inputs, "bucket");
  const base64 = optionalText(inputs, "contentBase64");
  const Body = source
    ? assetBytes(source, context.directory)
    : base64 === undefined
      ? Buffer.from(optionalText(inputs, "content") ?? "")
      : Buffer.from(base64, "base64");
  const headers = ["contentType", "cacheControl", "contentEncoding", "contentLanguage", "contentDisposition"];
  const Metadata = optionalRecord(inputs, "metadata") as Record<string, string> | undefined;
  const made = await context.client(S3).putObject(request(inputs, headers, { Bucket, Key, Body, Metadata }));
  const outputs = {
    arn: `arn:aws:s3:::${Bucket}/${Key}`,
    key: Key,
    etag: made.ETag?.replaceAll('"', ""),
    versionId: made.VersionId,
  };
  return { id: Key, outputs };
}
