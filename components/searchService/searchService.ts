import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SEARCH_LANGUAGES, synonymFault } from "../../domain/catalogue/search/searchText";
import { ArgumentChecks } from "../arguments/checks";
import { checkCors } from "../infrastructure/cors";
import { checkFunctionSettings } from "../infrastructure/functionSettings";
import type { HttpApi } from "../infrastructure/httpApi";
import type { InlineFunction } from "../inlineFunction";
import type { SearchServiceArgs } from "./args";
import { createIndexerFunction } from "./functions/indexer";
import { createPagesFunction } from "./functions/pages";
import { createProductReadFunction } from "./functions/productRead";
import { createProductWriteFunction } from "./functions/productWrite";
import { createRebuildFunction } from "./functions/rebuild";
import { createSearchFunction } from "./functions/search";
import { createSearchAlarms } from "./resources/alarms";
import { createCatalogueApi } from "./resources/catalogueApi";
import { connectStreams, createDeadLetterQueue } from "./resources/indexStream";
import { createProductTable, type ProductData } from "./resources/productTable";
import { createRebuildStateMachine } from "./resources/rebuildStateMachine";
import { allowAccess, checkSearchDomain, createSearchEngine, type Engine } from "./resources/searchDomain";
import { SEARCH_FUNCTIONS, type SearchFunction } from "./searchFunctions";

/**
 * Product search and the catalogue behind it: a product table, whose stream keeps an OpenSearch index up to date, and
 * an HTTP API to search without signing in and to change products as a merchandiser.
 *
 * The table is the source of truth; the index is derived from it. `rebuild` fills a new index beside the old one while
 * searches and changes continue.
 *
 * With two Regions each has its own index, filled from its own replica of the table. A product is written in its home
 * Region only; the peer Region forwards changes there, so that versions never tie.
 *
 * Cost: the OpenSearch domain by the hour (a `t3.small.search` node and its volume), everything else by use.
 *
 * @example
 * const search = new SearchService("search", { auth, domain: { instanceType: "r7g.large.search", instanceCount: 2 } });
 * export const url = search.url;
 */
export class SearchService extends pulumi.ComponentResource {
  /** Address of the API, without a trailing slash; its paths begin with `/api/catalogue`. */
  public readonly url: pulumi.Output<string>;
  /** The product table, to read prices from. The peer Region's stack finds its replica by the name. Only this service writes it. */
  public readonly products: { tableName: pulumi.Output<string>; tableArn: pulumi.Output<string> };
  /** The state machine that rebuilds the index; it takes no input. */
  public readonly rebuild: { stateMachineArn: pulumi.Output<string> };
  /** Queue of products that can't be indexed, with the reason, and of stream batches that were given up. */
  public readonly deadLetters: { queueUrl: pulumi.Output<string>; queueArn: pulumi.Output<string> };
  /** The catalogue API, below `/api/catalogue`. */
  public readonly api: HttpApi;
  /** The functions by name. `pages` exists with the argument of that name. */
  public readonly functions: Readonly<Record<Exclude<SearchFunction, "pages">, InlineFunction>> & {
    readonly pages?: InlineFunction;
  };
  /** Alarms that need an operator. */
  public readonly alarms: readonly aws.cloudwatch.MetricAlarm[];

  private readonly data: ProductData;
  private readonly queue: aws.sqs.Queue;
  private readonly engine: Engine;
  private readonly stateMachine: aws.sfn.StateMachine;

  constructor(name: string, args: SearchServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:SearchService", name, {}, opts);

    this.data = createProductTable(name, args, this);
    this.queue = createDeadLetterQueue(name, args, this);
    this.engine = createSearchEngine(name, args, this);
    const context = { products: this.data, engine: this.engine, deadLetters: this.queue };
    this.functions = {
      search: createSearchFunction(name, args, this.engine, this.data, this),
      productRead: createProductReadFunction(name, args, this.data, this),
      productWrite: createProductWriteFunction(name, args, this.data, this),
      indexer: createIndexerFunction(name, args, context, this),
      rebuild: createRebuildFunction(name, args, context, this),
      ...(args.pages && { pages: createPagesFunction(name, args, args.pages, context, this) }),
    };
    this.api = createCatalogueApi(name, args, this.functions, this);
    const { domain, rights } = this.engine;
    // AWS takes minutes to apply a domain's policy: without this, a joining Region would start its rebuild too early, and fail.
    const dependsOn = domain ? [allowAccess(name, domain, rights, this.functions, this)] : [];
    connectStreams(name, args, context, this.functions.indexer, { parent: this, dependsOn });
    this.stateMachine = createRebuildStateMachine(name, args, this.functions.rebuild, { parent: this, dependsOn });
    this.alarms = createSearchAlarms(
      name,
      {
        indexer: this.functions.indexer,
        deadLetters: this.queue,
        rebuild: this.stateMachine,
        runbooks: args.runbooks,
      },
      args.alarmTopicArns ?? [],
      this,
    );

    this.url = this.api.url;
    this.products = { tableName: this.data.name, tableArn: this.data.arn };
    this.rebuild = { stateMachineArn: this.stateMachine.arn };
    this.deadLetters = { queueUrl: this.queue.url, queueArn: this.queue.arn };
    this.registerOutputs({
      url: this.url,
      products: this.products,
      rebuild: this.rebuild,
      deadLetters: this.deadLetters,
    });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { queue: deadLetters, api, functions, stateMachine, alarms } = this;
    return { table: this.data.table, deadLetters, domain: this.engine.domain, api, functions, stateMachine, alarms };
  }
}

function checkArgs(name: string, args: SearchServiceArgs): void {
  const { domain, existingDomain, existingTable, replicaRegions, indexingPatienceHours, fewLeft } = args;
  const { language, synonyms } = args;
  const checks = new ArgumentChecks("SearchService", name);
  checkFunctionSettings(checks, args.functions, SEARCH_FUNCTIONS);
  checkCors(checks, args.cors);
  checks.atMostOne({ domain, existingDomain }, "the service uses one domain");
  checks.atMostOne({ existingTable, replicaRegions }, "the stack that creates the table creates its replicas");
  if (!existingDomain) checkSearchDomain(name, domain ?? {});
  checks.wholeNumber({ fewLeft }, [0]);
  checks.oneOf({ language }, SEARCH_LANGUAGES);
  for (const [index, rule] of (synonyms ?? []).entries()) {
    const fault = synonymFault(rule);
    if (fault !== undefined) {
      const form = 'have the form "sofa, couch" or "color => colour"';
      throw checks.violation(`synonyms[${index}]`, `is "${rule}" and ${fault}`, form);
    }
  }
  checks.between({ indexingPatienceHours }, [1, 24], "a stream keeps its records for a day");
}
