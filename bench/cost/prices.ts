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
  /** X-Ray, a recorded trace. */
  trace: 5.0 / 1e6,
  betweenRegionsGb: 0.02,
} as const;

/** What one Region of the store costs a month before anybody orders; `both` are there once. */
export const FIXED = {
  region: {
    "search domain: 2 × r7g.large.search (0.167 an hour) and 2 × 10 GB gp3": 2 * 0.167 * 730 + 20 * 0.122,
    "alarms (about 70 metrics at 0.10, 7 composites at 0.50)": 70 * 0.1 + 7 * 0.5,
    dashboard: 3,
    "own metrics (about 25 at 0.30)": 25 * 0.3,
    "KMS keys (card and customers)": 2,
    "health check: HTTPS, 10 s, and the peer's word": 2 * 2.75,
    "heartbeats: 260,000 writes, in two Regions, and probes": 0.26 * 0.625 * 2 + 0.6,
  },
  both: {
    "dashboard of both Regions": 3,
    "hosted zone": 0.5,
    "pipeline and its key": 2,
  },
} as const;
