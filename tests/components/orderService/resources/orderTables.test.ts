import { expect } from "chai";
import type { PolicyStatement } from "../../../../components/deliveryPipeline/policyStatement";
import { OrderService } from "../../../../components/orderService";
import { isPermitted } from "../../../kit/isPermitted";
import {
  functions,
  onUsualStore,
  type Registered,
  register,
  type Statement,
  usual,
} from "../../../kit/orderServiceStand";
import { expectRefusal } from "../../../kit/refusals";

describe("The tables and keys of an OrderService", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("creates the order table by id and Region, with key-only indexes, a stream, deletion protection and recovery", () => {
    const table = stand.made.named("Table", "orders-orders");
    expect(table).to.deep.include({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "orderId",
      rangeKey: "region",
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
    });
    const indexes = table["globalSecondaryIndexes"] as { name: string; projectionType: string; keySchemas: unknown }[];
    expect(indexes.map(({ name, projectionType }) => [name, projectionType])).to.deep.equal([
      ["open", "KEYS_ONLY"],
      ["byCustomer", "KEYS_ONLY"],
      ["byMonth", "KEYS_ONLY"],
    ]);
    expect(indexes[0]?.keySchemas).to.deep.equal([
      { attributeName: "openIn", keyType: "HASH" },
      { attributeName: "sweepAt", keyType: "RANGE" },
    ]);
  });

  it("creates the card table with an expiry and without backups", () => {
    const table = stand.made.named("Table", "orders-cards");
    expect(table).to.deep.include({
      pointInTimeRecovery: { enabled: false },
      ttl: { enabled: true, attributeName: "expiresAt" },
    });
    expect(table).to.not.have.property("streamEnabled");
  });

  it("protects and backs up nothing with `protectData: false`", async () => {
    const { named } = await register({ protectData: false });
    expect(named("Table", "orders-orders")).to.deep.include({
      deletionProtectionEnabled: false,
      pointInTimeRecovery: { enabled: false },
    });
    expect(named("Table", "orders-cards")).to.deep.include({ pointInTimeRecovery: { enabled: false } });
  });

  it("allows only the authorizing function to decrypt cards, administrators excluded", () => {
    expect(stand.made.named("Key", "orders-card-key")).to.include({
      keyUsage: "ENCRYPT_DECRYPT",
      customerMasterKeySpec: "RSA_2048",
      multiRegion: true,
    });
    for (const name of functions) {
      const decrypts = stand.made.actions(name).some((action) => action.startsWith("kms:"));
      expect(decrypts, name).to.equal(name === "authorize");
    }
    const policy = JSON.parse(String(stand.made.named("KeyPolicy", "orders-card-key")["policy"])) as {
      Statement: Statement[];
    };
    const [administer, decrypt] = policy.Statement;
    expect(administer?.Action).to.not.include.members(["kms:*"]);
    expect([administer?.Action].flat().join()).to.not.match(/crypt|kms:Sign|kms:Generate/i);
    // A grant would allow decryption too.
    expect([administer?.Action].flat().join()).to.not.match(/kms:Create(\*|Grant)/);
    expect(decrypt).to.deep.include({
      Action: "kms:Decrypt",
      Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam:us-east-1:123456789012:orders-authorize-role" } },
    });
  });

  describe("with a break-glass role", () => {
    const breakGlassRoleArn = "arn:aws:iam::123456789012:role/break-glass";
    const everything = [{ Effect: "Allow" as const, Action: "*", Resource: "*" }];
    let guarded: Registered;
    before(async () => {
      guarded = await register({ breakGlassRoleArn, replicaRegions: ["us-west-2"] });
    });
    /** Decides as KMS does for a principal of the account whose own policies allow everything. */
    const may = (action: string, principal: string) => {
      const { Statement } = JSON.parse(String(guarded.named("KeyPolicy", "orders-card-key")["policy"]));
      return isPermitted(
        { action, resource: "key", context: { "aws:PrincipalArn": principal } },
        everything,
        Statement as PolicyStatement[],
      );
    };
    const changes = ["kms:PutKeyPolicy", "kms:ReplicateKey", "kms:CreateGrant", "kms:UpdatePrimaryRegion"];

    it("lets no administrator and no release change the card key's policy, replicate it or grant its use", () => {
      for (const role of ["admin", "release-production-deploy"]) {
        const principal = `arn:aws:iam::123456789012:role/${role}`;
        for (const action of [...changes, "kms:Decrypt"]) expect(may(action, principal), action).to.equal(false);
        for (const action of ["kms:DescribeKey", "kms:ScheduleKeyDeletion", "kms:GetPublicKey"]) {
          expect(may(action, principal), action).to.equal(true);
        }
      }
    });

    it("lets that role change the policy and replicate the key, and not decrypt", () => {
      expect(may("kms:PutKeyPolicy", breakGlassRoleArn)).to.equal(true);
      expect(may("kms:ReplicateKey", breakGlassRoleArn)).to.equal(true);
      expect(may("kms:Decrypt", breakGlassRoleArn)).to.equal(false);
    });

    it("lets KMS synchronize the replica, and the authorizing function decrypt", () => {
      const serviceRole =
        "arn:aws:iam::123456789012:role/aws-service-role/mrk.kms.amazonaws.com/AWSServiceRoleForKeyManagementServiceMultiRegionKeys";
      expect(may("kms:SynchronizeMultiRegionKey", serviceRole)).to.equal(true);
      expect(may("kms:Decrypt", "arn:aws:iam:us-east-1:123456789012:orders-authorize-role")).to.equal(true);
    });

    it("bypasses the check of KMS that would refuse such a policy, and only then", () => {
      expect(guarded.named("KeyPolicy", "orders-card-key")["bypassPolicyLockoutSafetyCheck"]).to.equal(true);
      expect(stand.made.named("KeyPolicy", "orders-card-key")).not.to.have.property("bypassPolicyLockoutSafetyCheck");
    });
  });

  describe("with keys for its tables", () => {
    const tableKey = {
      arn: "arn:aws:kms:us-east-1:1:key/e",
      replicas: { "us-west-2": "arn:aws:kms:us-west-2:1:key/w" },
    };

    it("encrypts orders, cards and stock and their replicas with them", async () => {
      const keyed = await register({ tableKey, replicaRegions: ["us-west-2"] });
      expect(keyed.of("Table")).to.have.length(3);
      for (const { name, inputs } of keyed.of("Table")) {
        expect(inputs["serverSideEncryption"], name).to.deep.equal({ enabled: true, kmsKeyArn: tableKey.arn });
        const replicas = inputs["replicas"] as { kmsKeyArn: string }[];
        expect(replicas.map(({ kmsKeyArn }) => kmsKeyArn)).to.deep.equal([tableKey.replicas["us-west-2"]]);
      }
    });

    it("refuses a replica without a key of its Region", async () => {
      const args = { ...usual, tableKey, replicaRegions: ["eu-west-1"] };
      await expectRefusal(
        "OrderService",
        () => new OrderService("orders", args),
        /`tableKey\.replicas` has no key of eu-west-1; it must have one for each of `replicaRegions`, because DynamoDB/,
      );
    });
  });

  describe("during a rotation of the card key", () => {
    const setting = (of: Registered, name: string, key: string) => {
      const { variables } = of.named("Function", `orders-${name}-function`)["environment"] as {
        variables: Record<string, string>;
      };
      return JSON.parse(variables[key]!) as string[];
    };

    it("keeps the first key's resources at every step, and has accepted and current keys in both functions", async () => {
      const steps = [{ current: 1 }, { current: 1, accepted: [2] }, { current: 2, accepted: [1] }, { current: 2 }];
      const keysOf = { 1: "orders-card-key", 2: "orders-card-key-2" };
      for (const cardKeys of steps) {
        const step = await register({ cardKeys, replicaRegions: ["us-west-2"] });
        const names = [cardKeys.current, ...(cardKeys.accepted ?? [])].map((n) => keysOf[n as 1 | 2]);
        expect(step.of("Key").map(({ name }) => name)).to.deep.equal(names);
        expect(step.of("ReplicaKey").map(({ name }) => name)).to.deep.equal(names.map((n) => `${n}-us-west-2`));
        expect(step.of("KeyPolicy").map(({ name }) => name)).to.have.members(names);
        expect(setting(step, "submit", "CARD_KEY_IDS")).to.have.length(names.length);
        expect(setting(step, "authorize", "CARD_KEY_ARNS").map((arn) => arn.split(":").at(-1))).to.deep.equal(names);
        const decrypts = step.statements("authorize").filter(({ Action }) => [Action].flat().includes("kms:Decrypt"));
        expect(decrypts.flatMap(({ Resource }) => Resource)).to.have.length(names.length);
      }
    });

    for (const [what, cardKeys, sentence] of [
      ["a generation twice", { current: 1, accepted: [1] }, /`cardKeys` names 1, 1; it must name each generation once/],
      ["a generation of zero", { current: 0 }, /`cardKeys` is 0/],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const given = { ...usual, cardKeys: cardKeys as { current: number } };
        await expectRefusal("OrderService", () => new OrderService("orders", given), sentence);
      });
    }
  });

  it("uses existing tables and an existing key, and creates none", async () => {
    const arn = "arn:aws:dynamodb:us-west-2:123456789012:table/orders";
    const { of, named, statements } = await register({
      existingData: {
        orders: { name: "orders", arn, streamArn: `${arn}/stream/1` },
        cards: { name: "cards", arn: "arn:aws:dynamodb:us-west-2:123456789012:table/cards" },
        stock: { name: "stock", arn, streamArn: `${arn}/stream/2` },
        cardKey: { keyId: "mrk-2", arn: "arn:aws:kms:us-west-2:123456789012:key/mrk-2" },
      },
    });
    expect([of("Table"), of("Key"), of("ReplicaKey")].map((found) => found.length)).to.deep.equal([0, 0, 0]);
    expect(JSON.stringify(statements("authorize"))).to.contain("key/mrk-2");
    // The replica's key policy belongs to this Region: only its own authorizing role may decrypt.
    const { keyId, policy } = named("KeyPolicy", "orders-card-key");
    expect(keyId).to.equal("mrk-2");
    const { Statement } = JSON.parse(String(policy)) as { Statement: Statement[] };
    expect(Statement.find(({ Action }) => Action === "kms:Decrypt")?.Condition).to.deep.equal({
      ArnEquals: { "aws:PrincipalArn": "arn:aws:iam:us-east-1:123456789012:orders-authorize-role" },
    });
  });

  describe("as the primary of two Regions", () => {
    let primary: Registered;
    before(async () => {
      primary = await register({ replicaRegions: ["us-west-2"] });
    });
    const replica = { regionName: "us-west-2", consistencyMode: "EVENTUAL", propagateTags: true };

    it("protects both replicas, and backs up the one of the orders only", () => {
      expect(primary.named("Table", "orders-orders")["replicas"]).to.deep.equal([
        { ...replica, deletionProtectionEnabled: true, pointInTimeRecovery: true },
      ]);
      expect(primary.named("Table", "orders-cards")["replicas"]).to.deep.equal([
        { ...replica, deletionProtectionEnabled: true, pointInTimeRecovery: false },
      ]);
    });

    it("gives the card table the stream that replication needs, without readers", () => {
      expect(primary.named("Table", "orders-cards")).to.include({
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
      });
      const read = primary.of("EventSourceMapping").map(({ inputs }) => String(inputs["eventSourceArn"]));
      expect(read.filter((arn) => arn.includes("orders-cards"))).to.deep.equal([]);
    });

    it("creates the key's replica, with which no role can decrypt until the peer Region's stack allows it", () => {
      const key = primary.named("ReplicaKey", "orders-card-key-us-west-2");
      expect(key).to.include({ region: "us-west-2" });
      const { Statement } = JSON.parse(String(key["policy"])) as { Statement: Statement[] };
      expect(Statement).to.have.length(1);
      expect([Statement[0]?.Action].flat().join()).to.not.match(/crypt|kms:\*|kms:Sign|kms:Generate/i);
    });

    it("lets the service-linked role of KMS synchronize key and replica", () => {
      const synchronized = (policy: unknown) =>
        (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement.some(
          ({ Action, Condition }) => Action.includes("kms:SynchronizeMultiRegionKey") && !Condition,
        );
      expect(synchronized(primary.named("ReplicaKey", "orders-card-key-us-west-2")["policy"])).to.equal(true);
      expect(synchronized(primary.named("KeyPolicy", "orders-card-key")["policy"])).to.equal(true);
    });

    it("refuses to replicate existing tables and keys", async () => {
      const arn = "arn:aws:dynamodb:us-west-2:123456789012:table/orders";
      const existingData = {
        orders: { name: "orders", arn, streamArn: `${arn}/stream/1` },
        cards: { name: "cards", arn },
        stock: { name: "stock", arn, streamArn: `${arn}/stream/2` },
        cardKey: { keyId: "mrk-2", arn },
      };
      await expectRefusal(
        "OrderService",
        () => new OrderService("orders", { ...usual, existingData, replicaRegions: ["us-west-2"] }),
        /`existingData` and `replicaRegions` are given; give at most one/,
      );
    });
  });
});
