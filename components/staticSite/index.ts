export { type SiteApi, StaticSite, type StaticSiteArgs } from "./staticSite";
