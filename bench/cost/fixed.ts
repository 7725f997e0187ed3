import { PRICES } from "../../local/aws/prices";

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
/** Each metric of an alarm's expression is billed; `tests/program/stack.test.ts` counts them. */
export const ALARMS = { metrics: 175, composites: 8 };

export const FIXED = {
  region: {
    "search domain: 2 × r7g.large.search (0.178 an hour) and 2 × 10 GB gp3 (0.122)": 2 * 0.178 * 730 + 20 * 0.122,
    [`alarms (${ALARMS.metrics} metrics at 0.10, ${ALARMS.composites} composites at 0.50)`]:
      ALARMS.metrics * 0.1 + ALARMS.composites * 0.5,
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
