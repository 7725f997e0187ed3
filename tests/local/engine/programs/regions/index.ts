import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// Smallest program of two Regions that share a table, a key and a domain.
const region = new pulumi.Config("aws").require("region");
const isPrimary = region === "us-east-1";
const peer = isPrimary ? "us-west-2" : "us-east-1";
const zoneId = "Z0123456789ABCDEFGHIJ";
const name = "notes.api.stayopen.test";

const certificate = new aws.acm.Certificate("api", { domainName: "*.api.stayopen.test", validationMethod: "DNS" });
const proof = certificate.domainValidationOptions.apply(([only]) => only!);
const proofs = isPrimary
  ? [
      new aws.route53.Record("proof", {
        zoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 300,
      }),
    ]
  : [];
const validation = new aws.acm.CertificateValidation(
  "api",
  { certificateArn: certificate.arn, validationRecordFqdns: isPrimary ? proofs.map(({ fqdn }) => fqdn) : undefined },
  { dependsOn: proofs },
);
const api = new aws.apigatewayv2.Api("notes", { protocolType: "HTTP" });
const stage = new aws.apigatewayv2.Stage("notes", { apiId: api.id, name: "$default", autoDeploy: true });
const domainName = new aws.apigatewayv2.DomainName("notes", {
  domainName: name,
  domainNameConfiguration: {
    certificateArn: validation.certificateArn,
    endpointType: "REGIONAL",
    securityPolicy: "TLS_1_2",
  },
});
new aws.apigatewayv2.ApiMapping("notes", { apiId: api.id, domainName: domainName.id, stage: stage.id });
const healthCheck = new aws.route53.HealthCheck("notes", {
  type: "HTTPS",
  fqdn: `${region}.api.stayopen.test`,
  port: 443,
  resourcePath: "/health",
  requestInterval: 10,
  failureThreshold: 3,
});
const target = domainName.domainNameConfiguration;
new aws.route53.Record("notes", {
  zoneId,
  name,
  type: "A",
  setIdentifier: region,
  failoverRoutingPolicies: [{ type: isPrimary ? "PRIMARY" : "SECONDARY" }],
  healthCheckId: healthCheck.id,
  aliases: [{ name: target.targetDomainName, zoneId: target.hostedZoneId, evaluateTargetHealth: true }],
});

const assets = new aws.s3.Bucket("assets", { bucket: `regions-assets-${region}` });
const versions = new aws.s3.BucketVersioning("assets", {
  bucket: assets.id,
  versioningConfiguration: { status: "Enabled" },
});

function shared() {
  if (!isPrimary) {
    // Needs both buckets, so the stack that is deployed second has it.
    new aws.s3.BucketReplicationConfig(
      "back",
      {
        region: peer,
        bucket: `regions-assets-${peer}`,
        role: "arn:aws:iam::000000000000:role/replication",
        rules: [
          {
            id: "media",
            status: "Enabled",
            filter: { prefix: "media/" },
            deleteMarkerReplication: { status: "Enabled" },
            destination: { bucket: assets.arn },
          },
        ],
      },
      { dependsOn: versions },
    );
    const names = new pulumi.StackReference("organization/regions/east").requireOutput("shared") as pulumi.Output<{
      table: string;
      key: string;
    }>;
    const table = aws.dynamodb.getTableOutput({ name: names.table });
    const publicKey = aws.kms.getPublicKeyOutput({ keyId: names.key });
    return { table: names.table, key: names.key, streamArn: table.streamArn, publicKey: publicKey.publicKeyPem };
  }
  const key = new aws.kms.Key("card", {
    customerMasterKeySpec: "RSA_2048",
    keyUsage: "ENCRYPT_DECRYPT",
    multiRegion: true,
  });
  const replica = new aws.kms.ReplicaKey("card", { primaryKeyArn: key.arn, region: peer });
  const table = new aws.dynamodb.Table("notes", {
    billingMode: "PAY_PER_REQUEST",
    hashKey: "id",
    attributes: [
      { name: "id", type: "S" },
      { name: "openIn", type: "S" },
    ],
    globalSecondaryIndexes: [
      { name: "openIn", keySchemas: [{ attributeName: "openIn", keyType: "HASH" }], projectionType: "KEYS_ONLY" },
    ],
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
    ttl: { attributeName: "expires", enabled: true },
    replicas: [{ regionName: peer, pointInTimeRecovery: true }],
  });
  const publicKey = aws.kms.getPublicKeyOutput({ keyId: key.id });
  return {
    table: table.name,
    key: replica.keyId,
    replicas: table.replicas,
    streamArn: table.streamArn,
    publicKey: publicKey.publicKeyPem,
    keyRegion: replica.region,
  };
}

const together = shared();

export { together as shared };
export const validationName = proof.resourceRecordName;
export const targetDomainName = target.targetDomainName;
if (new pulumi.Config("regions").get("dropped") === undefined) {
  new aws.cloudwatch.LogGroup("kept", { name: "/kept" }, { retainOnDelete: true });
}
