export type { Deliverer, MediaReplicationArgs, OtherBucket, SiteApi, StaticSiteArgs } from "./args";
export { StaticSite } from "./staticSite";
