export type {
  ExistingDistribution,
  MediaReplicationArgs,
  PeerBucket,
  RenderedPages,
  SiteApi,
  StaticSiteArgs,
  WafArgs,
  WafRateLimits,
} from "./args";
export { checkWaf } from "./resources/webAcl";
export { checkSiteBuild, StaticSite } from "./staticSite";
