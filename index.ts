import "./disablePromiseTraces";

import { existsSync } from "node:fs";
import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  AuditTrail,
  AuthLayer,
  applyPermissionsBoundary,
  Backups,
  checkEdgeSecrets,
  checkFailoverSettings,
  checkOrderSettings,
  checkSearchDomain,
  checkSiteBuild,
  checkWaf,
  DIRECTORY_INDEXES,
  metricsNamespace,
  Observability,
  ORDER_INDEXES,
  OrderService,
  RegionalFailover,
  RegionState,
  type RenderPage,
  reservedBucketName,
  SearchService,
  StaticSite,
  type StaticSiteArgs,
  TableKey,
} from "./components";
import { readConfig } from "./config";
import { DEFAULT_STORE_NAME } from "./domain/order";
import { readPrimaryStack, readSecondaryStack } from "./primaryStack";
import { PAGES, RENDERED_PAGES, SITEMAP } from "./web/pages";

/** One Region's stack. The configuration and the primary's outputs are checked before the first resource is registered. */
export = async () => {
  const config = readConfig();
  const { region, topology, protectData } = config;
  if (config.permissionsBoundaryArn) applyPermissionsBoundary(config.permissionsBoundaryArn);

  // Components check these too, but only after earlier components have registered their resources.
  const build = path.join(__dirname, "web", "dist");
  checkSiteBuild("site", build);
  const renderPage = loadRenderer();
  checkWaf("site", config.waf);
  checkSearchDomain("catalogue", config.search);
  const { shippingMethods, tax } = config;
  checkOrderSettings("orders", { waits: config.orderWaits, deadlines: config.orderDeadlines, shippingMethods, tax });
  const checkKey = await new Promise<string>((resolve) => config.checkKey.apply(resolve));
  if (config.edgeSecrets)
    checkEdgeSecrets("auth", await new Promise<string[]>((resolve) => config.edgeSecrets!.apply(resolve)));
  checkFailoverSettings("failover", { domain: config.domain, timings: config.failoverTimings, checkKey });

  // The topology is read here only. The primary owns the shared resources; the secondary reads them from its outputs.
  const peerRegion = topology.kind === "single" ? undefined : topology.peerRegion;
  const peerRegions = peerRegion === undefined ? [] : [peerRegion];
  const replicaRegions = topology.kind === "primary" ? peerRegions : undefined;
  const primaryStack = topology.kind === "secondary" ? topology.primaryStack : undefined;
  const primary =
    topology.kind === "secondary"
      ? await readPrimaryStack({
          stack: topology.primaryStack,
          region,
          primaryRegion: topology.peerRegion,
          domain: config.domain?.name ?? "",
          hasCustomers: config.oidc === undefined,
        })
      : undefined;

  // Without a domain the peer's addresses are known only once it is deployed.
  const secondaryUrls =
    topology.kind === "primary" && topology.secondaryStack
      ? await readSecondaryStack(topology.secondaryStack)
      : undefined;

  // Each Region refers to the peer's assets, and the audit trail to all, so names of buckets must be known beforehand.
  const { accountId } = await aws.getCallerIdentity();
  const assetsIn = (bucketRegion: string) =>
    reservedBucketName(`${pulumi.getProject()}-${primaryStack ?? pulumi.getStack()}-assets`, accountId, bucketRegion);
  const peerAssets = peerRegion === undefined ? undefined : { bucketName: assetsIn(peerRegion), region: peerRegion };
  const invoicesIn = (bucketRegion: string) =>
    reservedBucketName(`${pulumi.getProject()}-${primaryStack ?? pulumi.getStack()}-invoices`, accountId, bucketRegion);

  const operation = {
    // Both Regions publish to one namespace, which is unique to the store within the account.
    metricsNamespace: metricsNamespace(primaryStack),
    runbooks: config.operation.runbooks,
  };

  const regions = new RegionState("regions", { existingTable: primary?.regions, replicaRegions, protectData });

  // Of all tables with personal data. Each Region has a key of its own.
  const tableKey = config.tableKey
    ? new TableKey("data", { region, replicaRegions, breakGlassRoleArn: config.breakGlassRoleArn, protectData })
    : undefined;
  const tableKeyArn = tableKey?.arn ?? primary?.tableKeyArn;

  const auth = new AuthLayer("auth", {
    provider: config.oidc
      ? { oidc: config.oidc }
      : {
          cognito: {
            email: config.mailIdentityArn ? { identityArn: config.mailIdentityArn, from: config.mailFrom } : undefined,
          },
        },
    regions: regions.table,
    edgeSecrets: config.edgeSecrets,
    // An OpenID Connect issuer needs no directory: it is the same in every Region.
    ...(!config.oidc && { tableKey, replicaRegions, existingDirectory: primary?.directory, peerRegions }),
    // Sends sign-in codes; with an own OIDC issuer the issuer signs customers in.
    mail: config.oidc ? undefined : { from: config.mailFrom },
    protectData,
  });

  // The two services need each other's tables: orders read prices, the catalogue shows what is left.
  const [stock, setStock] = pulumi.deferredOutput<{ name: string; arn: string; streamArn: string }>();
  const [siteBuild, setSiteBuild] = pulumi.deferredOutput<string>();
  const search = new SearchService("catalogue", {
    auth,
    pages: { render: renderPage, build: siteBuild },
    stock: { name: stock.name, arn: stock.arn, streamArn: stock.streamArn },
    domain: config.search,
    existingTable: primary?.products,
    replicaRegions,
    regions: peerRegion === undefined ? undefined : regions.table,
    ...operation,
    protectData,
  });

  const orders = new OrderService("orders", {
    auth,
    catalogue: search.products,
    accounts: auth.customers &&
      auth.directory && { userPool: auth.customers.userPool, directory: auth.directory.table },
    payment: config.payment,
    shipping: config.shipping,
    mail: { from: config.mailFrom, gatherSeconds: config.mailGatherSeconds },
    shippingMethods,
    tax,
    textMessages: config.textMessages,
    webhooks: config.webhooks,
    ordersPerCustomerDay: config.ordersPerCustomerDay,
    invoices: peerRegion === undefined ? undefined : { bucketName: invoicesIn(region) },
    existingData: primary?.orders,
    cardKeys: config.cardKeys,
    breakGlassRoleArn: config.breakGlassRoleArn,
    tableKey,
    replicaRegions,
    peerRegions,
    regions: peerRegion === undefined ? undefined : regions.table,
    waits: config.orderWaits,
    deadlines: config.orderDeadlines,
    functions: { check: { reservedConcurrency: config.checkConcurrency } },
    ...operation,
    protectData,
  });

  const { name, arn, streamArn } = orders.data.stock;
  setStock(pulumi.output({ name, arn, streamArn }));

  const paymentElement = orders.paymentElement?.settings;
  const settings = {
    currency: config.currency,
    card: orders.card,
    ...(paymentElement && { paymentElement }),
    ...((shippingMethods || tax) && { quotes: true }),
    auth: auth.settings,
  };

  const failover = new RegionalFailover("failover", {
    regions: regions.table,
    peerRegions,
    services: {
      orders: { api: orders.api, check: orders.functions.check },
      catalogue: { api: search.api },
      ...(auth.api && { auth: { api: auth.api } }),
    },
    checkKey: config.checkKey,
    functions: { checks: { reservedConcurrency: config.checkConcurrency } },
    takeover: orders.functions.takeover,
    edge: auth.edge,
    settings,
    domain: config.domain && { ...config.domain, primary: !primary },
    timings: config.failoverTimings,
    globalAlarmTopicArns: primary?.globalAlarmTopicArns,
    ...operation,
    onReturn: [
      { functionArn: orders.functions.sweeper.arn },
      { stateMachineArn: search.rebuild.stateMachineArn, when: "rebuild" },
    ],
  });
  const { urls, ownUrls, viewerCertificateArn } = failover;
  const peerUrls = failover.peerUrls?.[peerRegion ?? ""] ?? secondaryUrls;

  const site = new StaticSite("site", {
    build,
    bucketName: peerAssets && assetsIn(region),
    settings: { region, ...settings, storeRegions: [region, ...peerRegions] },
    sitemap: SITEMAP,
    protectData,
    ...(primary
      ? { existingDistribution: primary.site, mediaReplication: peerAssets }
      : {
          pages: PAGES,
          rendered: { url: urls.catalogue, ...RENDERED_PAGES },
          apis: apiPaths(urls),
          regionApis:
            peerRegion === undefined || peerUrls === undefined
              ? undefined
              : { [region]: apiPaths(ownUrls), [peerRegion]: apiPaths(peerUrls) },
          domain: config.domain &&
            viewerCertificateArn && {
              name: `www.${config.domain.name}`,
              certificateArn: viewerCertificateArn,
              zoneId: config.domain.zoneId,
            },
          edgeSecret: config.edgeSecrets?.apply(([first]) => first!),
          signInRegions: auth.customers ? [region, ...peerRegions] : undefined,
          connectOrigins: auth.connectOrigins,
          paymentOrigins: orders.paymentElement?.origins,
          peerBucket: peerAssets,
          waf: config.waf,
          accessLog: config.operation.accessLog ? {} : undefined,
        }),
  });

  setSiteBuild(site.buildId);

  // Each Region backs up its own replicas, so that backups continue when the peer is lost.
  const backups = protectData
    ? new Backups("backups", {
        tables: {
          orders: orders.data.orders.arn,
          stock: orders.data.stock.arn,
          products: search.products.tableArn,
          ...(auth.directory && { customers: auth.directory.table.arn }),
        },
        buckets: { media: site.bucket.arn },
        tableKeyArns: tableKeyArn === undefined ? undefined : [tableKeyArn],
      })
    : undefined;

  // Functions of every order's life, some 30 calls each, which the order's own history and the functions' logs show too.
  const { submit, dispatcher, authorize, settle, ship, notifier, invoicer } = orders.functions;
  const ordinaryRoles = [submit, dispatcher, authorize, settle, ship, notifier, invoicer].flatMap(
    (fn) => fn?.role.name ?? [],
  );
  // Reads of secrets and uses of keys are management events, which the trail records anyway.
  const audit = config.operation.auditTrail
    ? new AuditTrail("audit", {
        region,
        tables: {
          orders: { arn: orders.data.orders.arn, ordinaryRoles },
          cards: orders.data.cards.arn,
          ...(auth.directory && { customers: auth.directory.table.arn }),
        },
        replicaRegions,
        buckets: {
          invoices: { arn: orders.invoices.arn, events: "all" },
          // CloudFront's access log has the reads. A write could replace the page's code.
          assets: { arn: site.bucket.arn, events: "writes" },
          ...(peerRegion !== undefined && {
            peerInvoices: { arn: `arn:aws:s3:::${invoicesIn(peerRegion)}`, events: "all" as const },
            peerAssets: { arn: `arn:aws:s3:::${assetsIn(peerRegion)}`, events: "writes" as const },
          }),
        },
      })
    : undefined;

  const observability = new Observability("observability", {
    region,
    peerRegions,
    allRegions: topology.kind === "primary",
    orders: {
      api: orders.api,
      functions: orders.functions,
      stateMachineArn: orders.stateMachine.arn,
      workflowLog: orders.workflowLog,
      tables: { orders: orders.data.orders.name, cards: orders.data.cards.name, stock: orders.data.stock.name },
      indexes: { orders: ORDER_INDEXES },
      alarms: orders.alarms,
    },
    search: {
      api: search.api,
      functions: search.functions,
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
    indexes: auth.directory && { customers: DIRECTORY_INDEXES.map(({ name }) => name) },
    backups: backups && { vaultName: backups.vault.name },
    // CloudFront and its WAF have metrics in us-east-1 only.
    ...(region === "us-east-1" && {
      distributionId: site.distribution?.id,
      webAcl: site.webAcl,
      siteAccessLog: site.accessLog,
    }),
    mails: config.operation.alarmMails,
    ...operation,
    security: protectData
      ? {
          keyArns: {
            cards: orders.data.cardKey.arn,
            ...Object.fromEntries(
              orders.data.acceptedCardKeys.map(({ arn }, index) => [`cards-accepted-${index}`, arn]),
            ),
            ...(tableKeyArn !== undefined && { tables: tableKeyArn }),
            ...(auth.directory && { addresses: auth.directory.key.arn }),
            ...(backups && { backups: backups.nodes.key.arn }),
          },
          auditBucketName: audit?.bucketName,
        }
      : undefined,
    costAnomaly: config.operation.costAnomalyUsd ? { aboveUsd: config.operation.costAnomalyUsd } : undefined,
  });

  return {
    /** Address of the storefront. */
    url: site.url,
    ordersUrl: ownUrls.orders,
    catalogueUrl: ownUrls.catalogue,
    /** For the primary without a domain (`readSecondaryStack`). */
    apiUrls: ownUrls,
    /** For `npm run catalogue`. */
    productsTable: search.products.tableName,
    catalogueRebuild: search.rebuild.stateMachineArn,
    /** Shares and deliveries of counted products. */
    stockTable: orders.data.stock.name,
    /** For `npm run region`. */
    regionsTable: regions.table.tableName,
    storeRegions: [region, ...peerRegions],
    /** For `npm run customer`. */
    personalData: {
      orders: orders.data.orders.name,
      cards: orders.data.cards.name,
      stock: orders.data.stock.name,
      invoices: orders.invoices.bucket,
      storeName: DEFAULT_STORE_NAME,
      accounts:
        auth.customers && auth.directory
          ? { userPoolId: auth.customers.userPool.id, directory: auth.directory.table.name }
          : undefined,
    },
    /** Receives an event for every status change of an order. */
    orderTopic: orders.topicArn,
    /** Alarms that a release bakes under, and the topic that alarms notify. */
    releaseAlarms: observability.releaseAlarms,
    alarmTopic: observability.topicArn,
    /** For `npm run rehearse-restore`: tables with point-in-time recovery (cards have none). */
    recoverableTables: {
      orders: orders.data.orders.name,
      stock: orders.data.stock.name,
      products: search.products.tableName,
      regions: regions.table.tableName,
      ...(auth.directory && { customers: auth.directory.table.name }),
    },
    /** Vault of this Region's backups, and the role that restores them beside the store. */
    ...(backups && { backupVault: backups.vault.name, restoreRole: backups.restoreRole.arn }),
    /** Shared resources for the secondary (`readPrimaryStack`). */
    ...(topology.kind === "primary" && {
      shared: {
        tables: {
          regions: regions.table.tableName,
          orders: orders.data.orders.name,
          cards: orders.data.cards.name,
          stock: orders.data.stock.name,
          products: search.products.tableName,
        },
        cardKeyArn: orders.data.cardKey.arn,
        cardKeys: [orders.data.cardKey, ...orders.data.acceptedCardKeys].map(({ arn, suffix }) => ({ arn, suffix })),
        tableKeys: tableKey?.replicas,
        customers: auth.directory && { table: auth.directory.table.name, keyArn: auth.directory.key.arn },
        distributionArn: site.distribution?.arn,
        siteUrl: site.url,
        alarmTopic: observability.topicArn,
        domain: config.domain?.name ?? "",
      },
    }),
  };
};

/** Loads the part of the storefront's build that renders pages in a function. */
function loadRenderer(): RenderPage {
  const file = path.join(__dirname, "web", "renderer", "dist", "renderPage.js");
  if (!existsSync(file)) throw new pulumi.RunError(`${file} does not exist; run: npm run build:web`);
  return (require(file) as { renderPage: RenderPage }).renderPage;
}

type UrlsByService = Record<"orders" | "catalogue" | "config", pulumi.Input<string>> & { auth?: pulumi.Input<string> };

/** Paths of the services' APIs below the site's address. */
function apiPaths({ orders, catalogue, config, auth }: UrlsByService): NonNullable<StaticSiteArgs["apis"]> {
  return {
    "/api/orders*": { url: orders },
    // For merchandisers alone, so never from CloudFront's cache.
    "/api/catalogue/rules": { url: catalogue },
    "/api/catalogue*": { url: catalogue, cache: true },
    "/api/config": { url: config, cache: true },
    ...(auth && { "/api/auth*": { url: auth } }),
  };
}
