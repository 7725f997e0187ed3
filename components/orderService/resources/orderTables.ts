import { createPublicKey } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform } from "../../arguments/overrides";
import { createDataTable, type DataTableShape } from "../../infrastructure/dataTable";
import { administered, changedOnlyBy, rootOf } from "../../infrastructure/keyPolicy";
import type { ExistingCardKey, OrderServiceArgs } from "../args";
import { CUSTOMER_INDEX, OPEN_INDEX, PLACED_INDEX } from "../handlers/orderStore";

/** Tables of orders, cards and stock and the cards' key, created here or passed in. */
export interface OrderData {
  orders: { name: pulumi.Output<string>; arn: pulumi.Output<string>; streamArn: pulumi.Output<string> };
  cards: { name: pulumi.Output<string>; arn: pulumi.Output<string> };
  stock: { name: pulumi.Output<string>; arn: pulumi.Output<string>; streamArn: pulumi.Output<string> };
  /** Key that the page encrypts cards with. */
  cardKey: CardKeyReference;
  /** Other keys whose cards are accepted, during a rotation. */
  acceptedCardKeys: readonly CardKeyReference[];
  /** The resources, where this component has made them. */
  nodes: {
    ordersTable?: aws.dynamodb.Table;
    cardsTable?: aws.dynamodb.Table;
    stockTable?: aws.dynamodb.Table;
    cardKey?: aws.kms.Key;
    /** Replicas of all card keys. */
    cardKeyReplicas?: aws.kms.ReplicaKey[];
  };
}

interface CardKeyReference {
  keyId: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  /** Suffix of the key's resources: empty for the first generation. */
  suffix: string;
}

/** Public key that the page encrypts cards with. */
export interface CardKey {
  /** `kid` of the JWE. */
  keyId: string;
  /** The public key, for `importJWK`. */
  jwk: { kty: string; n: string; e: string };
}

export function createOrderTables(name: string, args: OrderServiceArgs, parent: pulumi.Resource): OrderData {
  const { existingData: existing } = args;
  if (existing) {
    return {
      orders: {
        name: pulumi.output(existing.orders.name),
        arn: pulumi.output(existing.orders.arn),
        streamArn: pulumi.output(existing.orders.streamArn),
      },
      cards: { name: pulumi.output(existing.cards.name), arn: pulumi.output(existing.cards.arn) },
      stock: {
        name: pulumi.output(existing.stock.name),
        arn: pulumi.output(existing.stock.arn),
        streamArn: pulumi.output(existing.stock.streamArn),
      },
      cardKey: existingKey(existing.cardKey),
      acceptedCardKeys: (existing.acceptedCardKeys ?? []).map(existingKey),
      nodes: {},
    };
  }
  const orders = createDataTable(`${name}-orders`, ORDERS, args, args.transform?.ordersTable, parent);
  const cards = createDataTable(`${name}-cards`, CARDS, args, args.transform?.cardsTable, parent);
  const stock = createDataTable(`${name}-stock`, STOCK, args, args.transform?.stockTable, parent);
  const { current, accepted = [] } = args.cardKeys ?? { current: 1 };
  const create = (generation: number) => {
    const suffix = generation === 1 ? "" : `-${generation}`;
    const isCurrent = generation === current;
    const key = cardEncryptionKey(name, suffix, isCurrent, args, parent);
    const replicas = (args.replicaRegions ?? []).map((region) =>
      replicaIn(region, name, suffix, isCurrent, args, key, parent),
    );
    return { key, replicas, reference: { keyId: key.keyId, arn: key.arn, suffix } };
  };
  const newest = create(current);
  const others = accepted.map(create);
  return {
    orders,
    cards,
    stock,
    cardKey: newest.reference,
    acceptedCardKeys: others.map(({ reference }) => reference),
    nodes: {
      ordersTable: orders,
      cardsTable: cards,
      stockTable: stock,
      cardKey: newest.key,
      cardKeyReplicas: [newest, ...others].flatMap(({ replicas }) => replicas),
    },
  };
}

/** Names the resources of an existing key by its id, because its generation is known to the stack that created it only. */
const existingKey = ({ keyId, arn, suffix = "" }: ExistingCardKey): CardKeyReference => ({
  keyId: pulumi.output(keyId),
  arn: pulumi.output(arn),
  suffix,
});

const ORDERS: DataTableShape = {
  hashKey: "orderId",
  rangeKey: "region",
  // A takeover and a sweep read the whole order anyway, and every status change would write a copy.
  indexes: [
    { name: OPEN_INDEX, hashKey: "openIn", rangeKey: "sweepAt" },
    { name: CUSTOMER_INDEX, hashKey: "customerId", rangeKey: "createdAt" },
    // Its keys never change, so an order writes it once.
    { name: PLACED_INDEX, hashKey: "placedIn", rangeKey: "createdAt" },
  ],
  // Of the items that count a customer's limits (domain/order/dailyLimits.ts); orders have no such attribute.
  expiresAt: "expiresAt",
};

const CARDS: DataTableShape = {
  hashKey: "orderId",
  rangeKey: "region",
  expiresAt: "expiresAt",
  stream: "replicated",
  // A card's verification code may not outlive the authorization, not even encrypted in a backup.
  backups: false,
};

/** Shares and deliveries of counted products (`domain/stock`). Costs nothing while no product is counted. */
const STOCK: DataTableShape = { hashKey: "productId", rangeKey: "entry" };

/** Multi-Region, so that a card encrypted for one Region can be authorized in the other. */
function cardEncryptionKey(
  name: string,
  suffix: string,
  isCurrent: boolean,
  args: OrderServiceArgs,
  parent: pulumi.Resource,
): aws.kms.Key {
  const protect = args.protectData ?? true;
  return new aws.kms.Key(
    `${name}-card-key${suffix}`,
    applyTransform<aws.kms.KeyArgs>(
      {
        description: "Card data on its way from the page to the authorizing step; the public half is in the page.",
        keyUsage: "ENCRYPT_DECRYPT",
        customerMasterKeySpec: "RSA_2048",
        multiRegion: true,
        deletionWindowInDays: protect ? 30 : 7,
      },
      args.transform?.cardKey,
    ),
    // An accepted key leaves the program at the end of its rotation, which Pulumi would refuse for a protected resource. AWS keeps it.
    { parent, protect: protect && isCurrent, retainOnDelete: protect },
  );
}

/**
 * Creates the key's replica in another Region, under the same id. No role can decrypt with it until that Region's stack,
 * which owns its policy, sets it.
 */
function replicaIn(
  region: string,
  name: string,
  suffix: string,
  isCurrent: boolean,
  args: OrderServiceArgs,
  key: aws.kms.Key,
  parent: pulumi.Resource,
): aws.kms.ReplicaKey {
  const protect = args.protectData ?? true;
  return new aws.kms.ReplicaKey(
    `${name}-card-key${suffix}-${region}`,
    {
      region,
      primaryKeyArn: key.arn,
      description: "Card data on its way from the page to the authorizing step; a replica of the primary Region's key.",
      deletionWindowInDays: protect ? 30 : 7,
      policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [administered(accountOf(key.arn))] }),
    },
    { parent, protect: protect && isCurrent, retainOnDelete: protect, ignoreChanges: ["policy"] },
  );
}

/**
 * The policy of the key in this Region: administrators may do everything with it but decrypt; only the authorizing role
 * may do that. Named by its ARN in a condition, since a principal is remembered by its id and would be lost if the role
 * were recreated.
 *
 * It stays when the stack goes: a key whose policy is deleted gets AWS's default, by which the whole account may decrypt.
 */
export function restrictCardKeyTo(
  role: aws.iam.Role,
  name: string,
  key: CardKeyReference,
  { breakGlassRoleArn, replicas = [] }: { breakGlassRoleArn?: string; replicas?: aws.kms.ReplicaKey[] },
  parent: pulumi.Resource,
): aws.kms.KeyPolicy {
  return new aws.kms.KeyPolicy(
    `${name}-card-key${key.suffix}`,
    {
      keyId: key.keyId,
      ...(breakGlassRoleArn && { bypassPolicyLockoutSafetyCheck: true }),
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          administered(accountOf(key.arn)),
          {
            Sid: "DecryptToAuthorize",
            Effect: "Allow",
            Principal: { AWS: rootOf(accountOf(key.arn)) },
            Action: "kms:Decrypt",
            Resource: "*",
            Condition: { ArnEquals: { "aws:PrincipalArn": role.arn } },
          },
          ...(breakGlassRoleArn ? changedOnlyBy(breakGlassRoleArn, "none") : []),
        ],
      }),
    },
    // The policy may deny the replication of the key.
    { parent, retainOnDelete: true, dependsOn: replicas },
  );
}

const accountOf = (arn: pulumi.Output<string>) => arn.apply((text) => text.split(":")[4]!);

/** The public half as the page takes it. */
export function readPublicKey({ keyId, arn }: CardKeyReference, parent: pulumi.Resource): pulumi.Output<CardKey> {
  const { publicKey } = aws.kms.getPublicKeyOutput({ keyId: arn }, { parent });
  return pulumi.all([keyId, publicKey]).apply(([id, der]) => ({ keyId: id, jwk: jwkOf(der) }));
}

function jwkOf(der: string): CardKey["jwk"] {
  const key = createPublicKey({ key: Buffer.from(der, "base64"), format: "der", type: "spki" });
  const { kty = "", n = "", e = "" } = key.export({ format: "jwk" });
  return { kty, n, e };
}
