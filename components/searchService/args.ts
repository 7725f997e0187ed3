import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { SearchLanguage } from "../../domain/catalogue/search/searchText";
import type { Transform } from "../arguments/overrides";
import type { CorsArgs } from "../infrastructure/cors";
import type { FunctionSettingsByName } from "../infrastructure/functionSettings";
import type { Authorization } from "../infrastructure/httpApi";
import type { RegionStateTable } from "../regionalFailover/regionState";
import type { RenderPage } from "./handlers/api/pagesApi";
import type { SEARCH_FUNCTIONS } from "./searchFunctions";

/** A new OpenSearch domain. */
export interface SearchDomainArgs {
  /** Physical name: 3 to 28 lower-case letters, digits and hyphens. Default: `NAME-STACK`. */
  name?: string;
  /** Default: `t3.small.search`, which is for development and small shops. */
  instanceType?: pulumi.Input<string>;
  /** Data nodes: 1, an even number (two zones) or a multiple of 3 (three zones). With 1 an update interrupts searches. Default: 1. */
  instanceCount?: number;
  /** Volume of each node in GiB, gp3. 100,000 products take less than 1. Default: 10. */
  volumeGiB?: pulumi.Input<number>;
}

/** An existing OpenSearch domain (2.19 or later). Its access policy must allow the functions' roles. */
export interface ExistingDomain {
  /** Host name or `https://` URL. */
  endpoint: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  /** Copies of each shard besides the first: at most one less than the domain has data nodes. Default: 0. */
  replicas?: number;
}

/** The table of counted products' stock (`domain/stock`), such as an `OrderService`'s `data.stock`. */
export interface StockTable {
  name: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  streamArn: pulumi.Input<string>;
}

/** An existing product table: the replica that the peer Region's stack has created here. */
export interface ExistingTable {
  name: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  streamArn: pulumi.Input<string>;
}

/** Pages that a function renders with their products. */
export interface PagesArgs {
  /** Renders a page. An export of a file that imports nothing of Pulumi, such as one of the storefront's build. */
  render: RenderPage;
  /** Id of the storefront's build (`StaticSite.buildId`): the function is updated after the files that its pages name. */
  build: pulumi.Input<string>;
}

export interface SearchServiceArgs {
  /** Authorizes merchandisers; an `AuthLayer` is one. */
  auth: Authorization;
  /** The domain to create. Default: a small one. Not together with `existingDomain`. */
  domain?: SearchDomainArgs;
  /** An existing domain to use instead of a new one. Default: a new domain. */
  existingDomain?: ExistingDomain;
  /** Regions that the product table is replicated to. Default: none. Not together with `existingTable`. */
  replicaRegions?: string[];
  /** An existing table to use instead of a new one. Default: a new table. */
  existingTable?: ExistingTable;
  /**
   * A `RegionState`'s table. It holds the address of each product's home Region, to which changes are forwarded.
   * Default: none; changes to another Region's products are refused with 409.
   */
  regions?: RegionStateTable;
  /**
   * Stock of counted products: searches and products show what is sold out, and how many units are left when these are few. Default:
   * none; counted products are shown as the others.
   */
  stock?: StockTable;
  /** Most units of a counted product that are shown as a number, "Only 3 left"; 0 shows none. Default: 5. */
  fewLeft?: number;
  /** Language of the products' texts: stems, stop words and elisions. After a change, rebuild the index. Default: `english`. */
  language?: SearchLanguage;
  /**
   * Synonyms in Solr's format: `a, b` are equal, `a => b` replaces a by b. They replace the default: add `...SYNONYMS` to keep it. After a change,
   * rebuild the index. Default: `SYNONYMS` in English, none in other languages.
   */
  synonyms?: readonly string[];
  /**
   * Renders the storefront's pages with their products, for crawlers and the first load, and writes the sitemap. CloudFront calls it
   * (`StaticSite`'s `rendered`). Default: none.
   */
  pages?: PagesArgs;
  /** Protects the table and the domain from deletion. Default: true. */
  protectData?: boolean;
  /** Hours for which indexing a change is retried while the domain is unavailable, 1 to 24. After that only a rebuild indexes it. Default: 23. */
  indexingPatienceHours?: number;
  /** Topics that the alarms notify. Default: none; the alarms exist anyway. */
  alarmTopicArns?: pulumi.Input<string>[];
  /** Requests per second and burst, for each route; callers above it get 429. Default: that of `HttpApi`. */
  throttle?: { requestsPerSecond: number; burst: number };
  /** Prefix of `docs/runbooks/NAME.md` in every alarm: the URL at which the repository is read. Default: none. */
  runbooks?: string;
  /** CloudWatch namespace of the component's own metrics. Default: `metricsNamespace()`; a secondary Region passes the primary's. */
  metricsNamespace?: string;
  /** Lets pages of other origins call the API; see `HttpApi`. Default: none; only pages of the site's own origin. */
  cors?: CorsArgs;
  /** Days that logs are kept. Default: 30. */
  logRetentionDays?: number;
  /** Memory, time-out, concurrency, network, processor and layers of the functions: `{ all: { vpc } }`. Default: their own. */
  functions?: FunctionSettingsByName<typeof SEARCH_FUNCTIONS>;
  /** Overrides for the underlying resources. */
  transform?: {
    table?: Transform<aws.dynamodb.TableArgs>;
    domain?: Transform<aws.opensearch.DomainArgs>;
    deadLetters?: Transform<aws.sqs.QueueArgs>;
  };
}
