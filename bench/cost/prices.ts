/**
 * AWS's list prices in US dollars, us-east-1, as known in mid 2025, without free tiers and discounts. Look them up again
 * before you decide anything by them: https://aws.amazon.com/pricing
 */
export const PRICES_AS_OF = "2025-06";

export const PRICES = {
  /** HTTP API, a request. */
  apiRequest: 1.0 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  /** arm64, a GB-second. */
  lambdaGbSecond: 0.0000133334,
  /** Step Functions Standard, a state transition. */
  transition: 0.025 / 1_000,
  /** DynamoDB on demand, a unit; a replicated write costs the same in each Region. */
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  /** A GB and month; point-in-time recovery besides. */
  tableGbMonth: 0.25,
  recoveryGbMonth: 0.2,
  /** RSA 2048, a decryption. */
  kmsAsymmetric: 0.03 / 1e4,
  snsPublish: 0.5 / 1e6,
  sqsRequest: 0.4 / 1e6,
  mail: 0.1 / 1_000,
  /** A text message in the United States; elsewhere up to fifteen times as much. */
  textMessage: 0.00645,
  logGb: 0.5,
  logGbMonth: 0.03,
  /** S3 Standard. */
  objectPut: 0.005 / 1e3,
  objectGbMonth: 0.023,
  /** X-Ray, a recorded trace. */
  trace: 5.0 / 1e6,
  betweenRegionsGb: 0.02,
} as const;

/** What an emulator can't tell. Each is a round figure; what it is for is in `bill.ts`. */
export const ASSUMED = {
  /** A call of DynamoDB, Step Functions, SNS … from a function, in milliseconds. */
  awsCallMs: 6,
  /** A call of a payment or shipping system. */
  outsideCallMs: 250,
  /** Memory that buys a function one whole processor. */
  processorMb: 1_769,
  /** A line of the API's access log, with what CloudWatch adds. */
  accessLogBytes: 420,
} as const;

const SECONDS_A_MONTH = 730 * 3_600;
/** Route 53 asks from some 16 places, every 10 s each. */
const HEALTH_REQUESTS = (16 / 10) * SECONDS_A_MONTH;

/** What one Region of the store costs a month before anybody orders; `both` are there once. */
export const FIXED = {
  region: {
    "search domain: 2 × r7g.large.search (0.167 an hour) and 2 × 10 GB gp3": 2 * 0.167 * 730 + 20 * 0.122,
    "alarms (about 70 metrics at 0.10, 7 composites at 0.50)": 70 * 0.1 + 7 * 0.5,
    dashboard: 3,
    "own metrics (about 25 at 0.30)": 25 * 0.3,
    "KMS keys (card and customers)": 2,
    "health checks: HTTPS at 10 s, the peer's word, and both together": 2 * 2.75 + 0.5,
    "requests of two health checks, each with its function call (10 ms) and 1 KB of log":
      2 *
      HEALTH_REQUESTS *
      (PRICES.apiRequest + PRICES.lambdaRequest + 0.01 * 0.5 * PRICES.lambdaGbSecond + PRICES.logGb / 1_048_576),
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
    "pipeline and its key": 2,
  },
} as const;
