export type {
  ExistingDistribution,
  MediaReplicationArgs,
  PeerBucket,
  SiteApi,
  StaticSiteArgs,
} from "./args";
export { checkSiteBuild, StaticSite } from "./staticSite";
