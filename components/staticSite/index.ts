export type {
  ExistingDistribution as Deliverer,
  MediaReplicationArgs,
  PeerBucket as OtherBucket,
  SiteApi,
  StaticSiteArgs,
} from "./args";
export { checkSiteBuild, StaticSite } from "./staticSite";
