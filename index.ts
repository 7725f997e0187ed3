import "./untraced";

import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  AuditTrail,
  AuthLayer,
  applyPermissionsBoundary,
  Backups,
  checkFailoverSettings,
  checkOrderSettings,
  checkSearchDomain,
  checkSiteBuild,
  metricsNamespace,
  Observability,
  ORDER_INDEXES,
  OrderService,
  RegionalFailover,
  RegionState,
  reservedBucketName,
  SearchService,
  StaticSite,
} from "./components";
import { readConfig } from "./config";
import { readPrimaryStack } from "./primaryStack";

/** One Region's stack. Nothing is registered before the configuration and the primary's outputs are checked. */
export = async () => {
  const config = readConfig();
  const { region, peer, protectData } = config;
  if (config.permissionsBoundaryArn) applyPermissionsBoundary(config.permissionsBoundaryArn);

  // Components check these too, but each only after the ones before it have registered their resources.
  const build = path.join(__dirname, "web", "dist");
  checkSiteBuild("site", build);
  checkSearchDomain("catalogue", config.search);
  checkOrderSettings("orders", { waits: config.orderWaits, deadlines: config.orderDeadlines });
  const checkKey = await new Promise<string>((resolve) => config.checkKey.apply(resolve));
  checkFailoverSettings("failover", { domain: config.domain, timings: config.failoverTimings, checkKey });

  // Both Regions name the other's buckets, so names of buckets must be known beforehand.
  const { accountId } = await aws.getCallerIdentity();
  const assetsIn = (there: string) =>
    reservedBucketName(`${pulumi.getProject()}-${peer?.primaryStack ?? pulumi.getStack()}-assets`, accountId, there);
  const assets = peer && { own: assetsIn(region), peer: assetsIn(peer.region) };

  // One Region alone; the primary of two, which owns what they share; or the secondary, which finds it.
  const primary =
    peer?.primaryStack === undefined
      ? undefined
      : await readPrimaryStack({
          stack: peer.primaryStack,
          region,
          primaryRegion: peer.region,
          domain: config.domain?.name ?? "",
          hasCustomers: config.oidc === undefined,
        });
  const replicaRegions = peer && !primary ? [peer.region] : undefined;

  const operation = {
    // Both Regions count into one namespace, which no other stack of the account has.
    metricsNamespace: metricsNamespace(peer?.primaryStack),
    runbooks: config.operation.runbooks,
  };

  const regions = new RegionState("regions", { existing: primary?.regions, replicaRegions, protectData });

  const auth = new AuthLayer("auth", {
    provider: config.oidc
      ? { oidc: config.oidc }
      : {
          cognito: {
            deletionProtection: protectData,
            email: config.mailIdentityArn ? { identityArn: config.mailIdentityArn, from: config.mailFrom } : undefined,
          },
        },
    regions: regions.table,
    directory: config.oidc
      ? undefined
      : primary?.directory && peer
        ? { existing: { ...primary.directory, regions: [peer.region] } }
        : { replicaRegions },
    // Codes to sign in with; an issuer of one's own signs people in itself.
    mail: config.oidc ? undefined : { from: config.mailFrom },
    protectData,
  });

  const search = new SearchService("catalogue", {
    auth,
    domain: config.search,
    existingTable: primary?.products,
    replicaRegions,
    regions: peer && regions.table,
    ...operation,
    protectData,
  });

  const orders = new OrderService("orders", {
    auth,
    catalogue: search.products,
    payment: config.payment,
    shipping: config.shipping,
    mail: { from: config.mailFrom },
    existing: primary?.orders,
    replicaRegions,
    peerRegions: peer ? [peer.region] : [],
    regions: peer && regions.table,
    waits: config.orderWaits,
    deadlines: config.orderDeadlines,
    checkConcurrency: config.checkConcurrency,
    ...operation,
    protectData,
  });

  const failover = new RegionalFailover("failover", {
    state: regions.table,
    peerRegion: peer?.region,
    services: {
      orders: { api: orders.api, check: orders.functions.check },
      catalogue: { api: search.nodes.api },
      ...(auth.api && { auth: { api: auth.api } }),
    },
    checkKey: config.checkKey,
    checkConcurrency: config.checkConcurrency,
    takeover: orders.functions.takeover,
    settings: { currency: config.currency, card: orders.card, auth: auth.settings },
    domain: config.domain && { ...config.domain, primary: !primary },
    timings: config.failoverTimings,
    globalAlarmTopicArns: primary?.globalAlarmTopicArns,
    ...operation,
    onReturn: [
      { functionArn: orders.functions.sweeper.arn },
      { stateMachineArn: search.rebuild.stateMachineArn, when: "rebuild" },
    ],
  });
  const { urls, viewerCertificateArn } = failover;

  const site = new StaticSite("site", {
    build,
    bucketName: assets?.own,
    settings: { region, currency: config.currency, auth: auth.settings, card: orders.card },
    forceDestroy: !protectData,
    ...(primary && assets
      ? {
          deliveredBy: primary.site,
          mediaReplication: { bucketName: assets.peer, region: peer.region },
        }
      : {
          apis: {
            "/api/orders*": { url: urls.orders },
            "/api/catalogue*": { url: urls.catalogue, cache: true },
            "/api/config": { url: urls.config, cache: true },
            ...(urls.auth && { "/api/auth*": { url: urls.auth } }),
          },
          domain: config.domain &&
            viewerCertificateArn && {
              name: `www.${config.domain.name}`,
              certificateArn: viewerCertificateArn,
              zoneId: config.domain.zoneId,
            },
          signInRegions: auth.customers ? [region, ...(peer ? [peer.region] : [])] : undefined,
          connectOrigins: auth.connectOrigins,
          peer: assets && { bucketName: assets.peer, region: peer.region },
        }),
  });

  // Each Region backs its own replicas up: when the other one is lost, backups go on.
  const backups = protectData
    ? new Backups("backups", {
        tables: {
          orders: orders.data.orders.arn,
          products: search.products.tableArn,
          ...(auth.directory && { customers: auth.directory.table.arn }),
        },
        buckets: { media: site.bucket.arn },
      })
    : undefined;

  const observability = new Observability("observability", {
    region,
    peerRegion: peer?.region,
    bothRegions: peer && !primary,
    orders: {
      api: orders.api,
      functions: orders.functions,
      stateMachineArn: orders.stateMachine.arn,
      workflowLog: orders.workflowLog,
      tables: { orders: orders.data.orders.name, cards: orders.data.cards.name },
      indexes: { orders: ORDER_INDEXES },
      alarms: orders.alarms,
    },
    search: {
      api: search.nodes.api,
      functions: search.nodes.functions,
      tables: { products: search.products.tableName },
      domainName: search.nodes.domain?.domainName,
      alarms: search.alarms,
    },
    signIn: {
      functions: { authorizer: auth.authorizer, ...auth.functions },
      tables: auth.codes && { "sign-in-codes": auth.codes.name },
    },
    failover,
    tables: { regions: regions.table.tableName, ...(auth.directory && { customers: auth.directory.table.name }) },
    backups: backups && { vaultName: backups.vault.name },
    distributionId: region === "us-east-1" ? site.distribution?.id : undefined,
    mails: config.operation.alarmMails,
    ...operation,
    costAnomaly: config.operation.costAnomalyUsd ? { aboveUsd: config.operation.costAnomalyUsd } : undefined,
  });

  if (config.operation.auditTrail) new AuditTrail("audit", { region });

  return {
    /** Where customers go. */
    url: site.url,
    ordersUrl: orders.url,
    catalogueUrl: search.url,
    /** For `npm run catalogue`. */
    productsTable: search.products.tableName,
    catalogueRebuild: search.rebuild.stateMachineArn,
    /** For `npm run region`. */
    regionsTable: regions.table.tableName,
    storeRegions: [region, ...(peer ? [peer.region] : [])],
    /** Every status change of every order is told here. */
    orderTopic: orders.topicArn,
    /** What a release bakes under, and who hears of alarms. */
    releaseAlarms: observability.releaseAlarms,
    alarmTopic: observability.topicArn,
    /** For `npm run rehearse-restore`: what has a past, which the cards have not. */
    recoverableTables: {
      orders: orders.data.orders.name,
      products: search.products.tableName,
      regions: regions.table.tableName,
      ...(auth.directory && { customers: auth.directory.table.name }),
    },
    /** Where this Region's backups are, and the role that restores them beside the store. */
    ...(backups && { backupVault: backups.vault.name, restoreRole: backups.restoreRole.arn }),
    /** What the secondary finds the primary's data by. */
    ...(peer &&
      !primary && {
        shared: {
          tables: {
            regions: regions.table.tableName,
            orders: orders.data.orders.name,
            cards: orders.data.cards.name,
            products: search.products.tableName,
          },
          cardKeyArn: orders.data.cardKey.arn,
          customers: auth.directory && { table: auth.directory.table.name, keyArn: auth.directory.key.arn },
          distributionArn: site.distribution?.arn,
          siteUrl: site.url,
          alarmTopic: observability.topicArn,
          domain: config.domain?.name ?? "",
        },
      }),
  };
};
