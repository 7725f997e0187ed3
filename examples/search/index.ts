import * as pulumi from "@pulumi/pulumi";
import { AuthLayer } from "../../components/authLayer";
import { SearchService } from "../../components/searchService";

// Product search alone. An issuer that the shop already has signs its merchandisers in.

const config = new pulumi.Config("shop");
const auth = new AuthLayer("sign-in", { provider: { oidc: { issuer: config.require("issuer"), audience: "shop" } } });
const pages = config.get("pages");
const search = new SearchService("things", {
  auth,
  // Pages of the shop's own site call the API from another origin.
  cors: pages === undefined ? undefined : { allowOrigins: [pages] },
  protectData: config.getBoolean("protectData"),
});

/** Address of the API: `GET /api/catalogue/search?q=…`. */
export const url = search.url;
/** Table to write products to. */
export const productsTable = search.products.tableName;
