/**
 * AWS's list prices in US dollars, us-east-1, without free tiers, discounts and volume prices, each with its source and date. AWS's pages
 * have few prices in their text, so most come from copies of AWS's Price List. No source was found for those marked "from memory". Check
 * prices before you decide by them: https://aws.amazon.com/pricing
 *
 * CALC is https://github.com/FahadMustafa/aws-calc/tree/main/references/service-modules, which quotes the Price List of us-east-2
 * (2026-05 to 2026-09); these services cost the same there.
 */
export const PRICES_AS_OF = "2026";

export const PRICES = {
  /** HTTP API, a request of the first 300 million a month. Price List, SKU FC2TWT2UEPTBKVBX, effective 2025-07-01. */
  apiRequest: 1.0 / 1e6,
  /** https://cloudchipr.com/blog/aws-lambda-pricing (2024), and the same in copies of 2026-05. */
  lambdaRequest: 0.2 / 1e6,
  /** arm64, a GB-second of the first 7.5 billion a month; as above. */
  lambdaGbSecond: 0.0000133334,
  /** Step Functions Standard, a state transition: https://aws.amazon.com/step-functions/pricing/ (an undated copy). */
  transition: 0.025 / 1_000,
  /** DynamoDB on demand, a unit; a replicated write costs the same in each Region. CALC, dynamodb.md; us-east-1 on 2026-07-31. */
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  /** A GB and month; point-in-time recovery besides. CALC, dynamodb.md. */
  tableGbMonth: 0.25,
  recoveryGbMonth: 0.2,
  /** RSA 2048, a decryption (every other asymmetric key: five times as much). Price List, usage type KMS-Requests-Asymmetric-RSA_2048. */
  kmsAsymmetric: 0.03 / 1e4,
  /** CALC, sns.md; what SNS delivers to SQS costs nothing. */
  snsPublish: 0.5 / 1e6,
  /** CALC, sqs.md. */
  sqsRequest: 0.4 / 1e6,
  /** A recipient. Price List, usage type USE1-Recipients, published 2026-09-11. */
  mail: 0.1 / 1_000,
  /** A text message in the United States, carriers' fees not included; elsewhere up to fifteen times as much. From memory. */
  textMessage: 0.00645,
  /** CALC, cloudwatch.md, checked there on 2026-09-24. */
  logGb: 0.5,
  /** S3 Standard. Price List of 2026-09-28 the first; the second from memory, and so in many copies. */
  objectPut: 0.005 / 1e3,
  objectGbMonth: 0.023,
  /** X-Ray, a recorded trace. Price List, usage type XRay-TracesStored; a bill of 2026-08 has it too. */
  trace: 5.0 / 1e6,
  /** CloudTrail, a data event. From memory. */
  dataEvent: 0.1 / 1e5,
  /** us-east-1 to us-west-2. Price List, usage type USE1-USW2-AWS-Out-Bytes. */
  betweenRegionsGb: 0.02,
} as const;

/** Assumptions for what an emulator cannot measure, in round figures; used in `bill.ts`. */
export const ASSUMED = {
  /** A call of DynamoDB, Step Functions, SNS … from a function, in milliseconds. */
  awsCallMs: 6,
  /** A call of a payment or shipping provider. */
  providerCallMs: 250,
  /** Memory that buys a function one whole processor. */
  processorMb: 1_769,
  /** A line of the API's access log, with what CloudWatch adds. */
  accessLogBytes: 420,
} as const;

const SECONDS_A_MONTH = 730 * 3_600;
/** Route 53 checks from about 16 locations, every 10 s each. */
const HEALTH_REQUESTS = (16 / 10) * SECONDS_A_MONTH;
/** A function call (512 MB for 10 ms) and 1 KB of log. */
const CHECK_CALL = PRICES.lambdaRequest + 0.01 * 0.5 * PRICES.lambdaGbSecond + PRICES.logGb / 1_048_576;
/** A request to the health API with its function call. */
const CHECKED = PRICES.apiRequest + CHECK_CALL;

/**
 * Monthly cost of one Region without orders; `both` are charged once per store. The search domain's prices: Price List,
 * AmazonES, read in 2026-10 and 2026-06. CloudWatch's: CALC, cloudwatch.md. A key and each of its replicas: https://aws.amazon.com/kms/pricing/
 * (an undated copy). Route 53's: CALC, route53.md, and the Price List on 2026-10-01, where the first 50 checks of endpoints on AWS are free;
 * that a calculated check costs as much as a plain one, and that an API's own domain counts as an endpoint on AWS (otherwise 4.75 a
 * check), is from memory. CodePipeline's: CALC, codepipeline.md.
 */
export const FIXED = {
  region: {
    "search domain: 2 × r7g.large.search (0.178 an hour) and 2 × 10 GB gp3 (0.122)": 2 * 0.178 * 730 + 20 * 0.122,
    "alarms (about 75 metrics at 0.10, 8 composites at 0.50)": 75 * 0.1 + 8 * 0.5,
    dashboard: 3,
    "own metrics (about 25 at 0.30)": 25 * 0.3,
    "KMS keys (card, customers, alarms, tables, backups)": 5,
    "health checks: two (0.50) by HTTPS (1.00) at 10 s (1.00), and both together (0.50)": 2 * 2.5 + 0.5,
    "requests of two health checks, each with its function call (10 ms) and 1 KB of log, and a read by one of them":
      2 * HEALTH_REQUESTS * CHECKED + HEALTH_REQUESTS * PRICES.readUnit,
    "the order service's check function behind them, at most every 2 s, likewise without a request":
      (SECONDS_A_MONTH / 2) * CHECK_CALL,
    "deep health: two items written every 5 s, and the same replicated": (SECONDS_A_MONTH / 5) * 4 * PRICES.writeUnit,
    "watch: 256 MB all the time": SECONDS_A_MONTH * 0.25 * PRICES.lambdaGbSecond,
    "heartbeats every 10 s, in two Regions": (SECONDS_A_MONTH / 10) * 2 * PRICES.writeUnit,
    "empty queues: 2, asked by 5 readers every 20 s": 2 * 5 * (SECONDS_A_MONTH / 20) * PRICES.sqsRequest,
    "sweeper: 16 queries every 5 minutes":
      (SECONDS_A_MONTH / 300) * (16 * 0.5 * PRICES.readUnit + PRICES.lambdaRequest),
  },
  both: {
    "dashboard of both Regions": 3,
    "hosted zone": 0.5,
    "pipeline (500 minutes of actions at 0.002) and its key": 2,
    "WAF: a web ACL (5) and 8 rules (1 each), both from memory": 5 + 8 * 1,
  },
} as const;
