import * as pulumi from "@pulumi/pulumi";
import { AuthLayer } from "../../components/authLayer";
import { SearchService } from "../../components/searchService";

// Product search alone. An issuer that the shop already has signs its merchandisers in.

const config = new pulumi.Config("shop");
const auth = new AuthLayer("sign-in", { provider: { oidc: { issuer: config.require("issuer"), audience: "shop" } } });
const search = new SearchService("things", { auth, protectData: config.getBoolean("protectData") });

/** Address of the API: `GET /api/catalogue/search?q=…`. */
export const url = search.url;
/** Table to write products to. */
export const productsTable = search.products.tableName;
