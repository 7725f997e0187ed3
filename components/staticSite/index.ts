export type { Deliverer, MediaReplicationArgs, OtherBucket, SiteApi, StaticSiteArgs } from "./args";
export { checkSiteBuild, StaticSite } from "./staticSite";
