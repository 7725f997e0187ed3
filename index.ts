import * as path from "node:path";
import { AuthLayer, OrderService, SearchService, StaticSite } from "./components";
import { readConfig } from "./config";

const config = readConfig();

const auth = new AuthLayer("auth", {
  provider: config.oidc
    ? { oidc: config.oidc }
    : {
        cognito: {
          deletionProtection: config.protectData,
          email: config.mailIdentityArn ? { identityArn: config.mailIdentityArn, from: config.mailFrom } : undefined,
        },
      },
});

const search = new SearchService("catalogue", { auth, domain: config.search, protectData: config.protectData });

const orders = new OrderService("orders", {
  auth,
  catalogue: search.products,
  payment: config.payment,
  shipping: config.shipping,
  mail: { from: config.mailFrom, identityArn: config.mailIdentityArn },
  waits: config.orderWaits,
  deadlines: config.orderDeadlines,
  protectData: config.protectData,
});

const site = new StaticSite("site", {
  build: path.join(__dirname, "web", "dist"),
  apis: { "/api/orders*": { url: orders.url }, "/api/catalogue*": { url: search.url, cache: true } },
  signInRegions: auth.customers ? [config.region] : undefined,
  connectOrigins: auth.connectOrigins,
  settings: { region: config.region, currency: config.currency, auth: auth.settings, card: orders.card },
  forceDestroy: !config.protectData,
});

/** Where customers go. */
export const url = site.url;
export const ordersUrl = orders.url;
export const catalogueUrl = search.url;
/** For `npm run catalogue`. */
export const productsTable = search.products.tableName;
export const catalogueRebuild = search.rebuild.stateMachineArn;
/** Every status change of every order is told here. */
export const orderTopic = orders.topicArn;
