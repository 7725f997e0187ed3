import * as pulumi from "@pulumi/pulumi";
import { AuthLayer, SearchService } from "stayopen";

const config = new pulumi.Config("shop");
const auth = new AuthLayer("sign-in", { provider: { oidc: { issuer: config.require("issuer"), audience: "shop" } } });
const search = new SearchService("things", { auth, protectData: false });

export const url = search.url;
export const productsTable = search.products.tableName;
